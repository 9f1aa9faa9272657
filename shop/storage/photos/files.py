"""The files of photos: a folder for each photo, named by its content, in one folder of the instance
folder. A photo is there as a whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pages need none of what renders
    from shop.storage.photos.rendering import Rendering

FOLDER = "photos"
"""Its name in the instance folder."""
KEPT_SECONDS = 3_600
"""How long a photo stays that no product uses: its upload may not have ended yet."""
_NAME = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".unfinished-"


def has(folder: Path, name: str) -> bool:
    """Whether a photo of this name is there. Then it stays for at least KEPT_SECONDS."""
    try:
        os.utime(folder / name)
    except FileNotFoundError:
        return False
    return True


def store(folder: Path, rendering: Rendering) -> None:
    """Keeps a photo. Raises OSError; then nothing of it is left."""
    if has(folder, rendering.photo.name):
        return
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder, prefix=_UNFINISHED))
    try:
        for name, octets in rendering.files.items():
            with (unfinished / name).open("wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
        unfinished.chmod(0o755)  # whoever serves the shop may be somebody else
        _publish(unfinished, folder / rendering.photo.name)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def prune(folder: Path, used: Collection[str], now: float) -> int:
    """Removes photos whose names are not in use, and what an interrupted upload left; returns how
    many photos. What is younger than KEPT_SECONDS at `now`, in Unix seconds, stays."""
    removed = 0
    if not folder.is_dir():
        return removed
    for place in sorted(folder.iterdir()):
        is_photo = _NAME.fullmatch(place.name) is not None
        if not is_photo and not place.name.startswith(_UNFINISHED):
            continue  # not ours
        with suppress(FileNotFoundError):  # another process prunes too
            if place.name not in used and place.stat().st_mtime <= now - KEPT_SECONDS:
                shutil.rmtree(place)
                removed += is_photo
    return removed


def _publish(unfinished: Path, place: Path) -> None:
    _sync(unfinished)
    try:
        unfinished.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        shutil.rmtree(unfinished)  # somebody else has just stored the same
    _sync(place.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
