"""Files that commands read and write."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import click

from shop.commands.terminal import Sentence
from shop.storage.catalogue_files.formats import FORMATS
from shop.storage.catalogue_files.table import ENCODINGS

ENCODING = click.Choice(ENCODINGS, case_sensitive=False)
FORMAT = click.Choice(list(FORMATS), case_sensitive=False)


def octets_of(file: Path) -> bytes:
    """What is in a file, unzipped if it is a .gz. Raises Sentence when it cannot be read."""
    try:
        octets = file.read_bytes()
        return gzip.decompress(octets) if file.suffix == ".gz" else octets
    except (OSError, EOFError, zlib.error) as problem:
        raise Sentence(f"{file.name} cannot be read: {problem}") from None


def write(file: Path, text: str) -> None:
    """Writes a text file. Raises Sentence when that cannot be done."""
    try:
        file.write_text(text, "utf-8")
    except OSError as problem:
        raise Sentence(f"{file} cannot be written: {problem.strerror}.") from None
