"""Files that commands read and write."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.commands.terminal import Sentence
from shop.core.errors import FileRefused


@contextmanager
def opened(file: Path) -> Iterator[Iterator[str]]:
    """The lines of a text file, unzipped if it is a .gz. Raises FileRefused or Sentence."""
    try:
        with file.open("rb") as raw:
            octets = gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else raw
            yield io.TextIOWrapper(octets, "utf-8-sig", newline="")
    except UnicodeDecodeError as problem:
        raise FileRefused([f"{file.name} is not UTF-8 text: {problem.reason}."]) from None
    except (OSError, EOFError, zlib.error) as problem:
        raise Sentence(f"{file.name} cannot be read: {problem}") from None


def write(file: Path, text: str) -> None:
    """Writes a text file. Raises Sentence when that cannot be done."""
    try:
        file.write_text(text, "utf-8")
    except OSError as problem:
        raise Sentence(f"{file} cannot be written: {problem.strerror}.") from None
