"""Makes the files of a photo: a few widths, each in every format that this machine can write."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from PIL import Image

from shop.core.catalogue import Photo
from shop.storage.photos import reading

WIDTHS = (180, 360, 720)
"""In pixels: twice that of a picture in the cart, of a card on a phone, and of a card elsewhere.
The photo itself, of at most `reading.LONGEST_SIDE`, is the largest."""
EDITION = 1
"""Raise it when the same file would be rendered differently: then imports render it again."""
NAME_CHARACTERS = 32
"""Hexadecimal digits of SHA-256, which nobody finds another content for."""

_WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 60, "speed": 6}),
    "webp": ("WEBP", {"quality": 80}),
    "jpg": ("JPEG", {"quality": 82, "progressive": True, "optimize": True}),
}
"""Pillow's name and options for each ending; the one that takes the fewest bytes is first."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A photo and its files, by their names, such as `360.webp`."""

    photo: Photo
    files: Mapping[str, bytes]


def render(octets: bytes) -> Rendering:
    """The files of a photo. The same file gives the same ones. Raises PhotoRefused."""
    image = reading.read(octets)
    files = {}
    widths = (*(width for width in WIDTHS if width < image.width), image.width)
    for width in widths:
        height = max(1, round(image.height * width / image.width))
        small = image.resize((width, height), Image.Resampling.LANCZOS)
        for ending in formats():
            files[f"{width}.{ending}"] = _written(small, ending)
    return Rendering(Photo(_name(files), image.height, widths, formats()), files)


def source(octets: bytes) -> str:
    """What the files of a photo would be made from, and how: hexadecimal digits of SHA-256."""
    recipe = f"{EDITION} {WIDTHS} {reading.LONGEST_SIDE} {formats()}\n"
    return hashlib.sha256(recipe.encode("ascii") + octets).hexdigest()


@cache
def formats() -> tuple[str, ...]:
    """The endings of the formats that this machine can write, the best first."""
    return tuple(filter(_can_write, _WRITERS))


def missing_formats() -> tuple[str, ...]:
    """The formats that this machine cannot write."""
    return tuple(_WRITERS[ending][0] for ending in _WRITERS if ending not in formats())


def _can_write(ending: str) -> bool:
    # A library that is there may have been built without its encoder.
    try:
        return bool(_written(Image.new("RGB", (8, 8)), ending))
    except (KeyError, OSError, ValueError):
        return False


def _written(image: Image.Image, ending: str) -> bytes:
    format_, options = _WRITERS[ending]
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def _name(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, octets in files.items():
        digest.update(f"{name} {len(octets)}\n".encode("ascii") + octets)
    return digest.hexdigest()[:NAME_CHARACTERS]
