"""Renders a photo in a process of its own, for uploads.

It takes a second or more of a processor, in which a server would answer nobody else. Its memory is
free again afterwards, and a file that makes a decoder crash ends no server. The other process gets
the photo and the way to our code, and none of the shop's settings.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys

from shop.core.catalogue import Photo
from shop.core.errors import PhotoRefused
from shop.storage.photos import rendering
from shop.storage.photos.reading import AGAIN
from shop.storage.photos.rendering import Rendering

MOST_SECONDS = 60


def render(octets: bytes) -> Rendering:
    """The files of a photo, as `rendering.render` makes them. Raises PhotoRefused, which it also
    does for a photo that the other process fails at, or does not finish in MOST_SECONDS."""
    environ = {name: it for name, it in os.environ.items() if not name.startswith("SHOP_")}
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=octets,
            stdout=subprocess.PIPE,
            env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            timeout=MOST_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as problem:
        raise PhotoRefused("It could not be read on the shop’s machine.", AGAIN) from problem
    return _rendering(done.stdout)


def main() -> None:
    """Renders what is on standard input. Writes a line of JSON to standard output, and behind it
    the files, one after the other."""
    try:
        made = rendering.render(sys.stdin.buffer.read())
    except PhotoRefused as refused:
        head: dict[str, object] = {"refused": [refused.what, refused.advice]}
        files: dict[str, bytes] = {}
    else:
        files = dict(made.files)
        sizes = {name: len(octets) for name, octets in files.items()}
        head = {"photo": dataclasses.asdict(made.photo), "files": sizes}
    sys.stdout.buffer.write(
        b"\n".join([json.dumps(head).encode("ascii"), b"".join(files.values())])
    )


def _rendering(output: bytes) -> Rendering:
    line, _, rest = output.partition(b"\n")
    head = json.loads(line)
    if "refused" in head:
        what, advice = head["refused"]
        raise PhotoRefused(what, advice)
    files, at = {}, 0
    for name, size in head["files"].items():
        files[name] = rest[at : at + size]
        at += size
    lists = {"widths": tuple(head["photo"]["widths"]), "formats": tuple(head["photo"]["formats"])}
    return Rendering(Photo(**{**head["photo"], **lists}), files)


if __name__ == "__main__":
    main()
