"""Photos for tests, made as they are needed."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Blue, with its upper left quarter red."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    return image


def saved(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """An image as a file."""
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def jpeg(width: int = 60, height: int = 40, **options: Any) -> bytes:
    """`picture` as a JPEG."""
    return saved(picture(width, height), quality=95, **options)


def png_that_claims(width: int, height: int) -> bytes:
    """A small PNG whose header says that it is this large."""
    octets = bytearray(saved(Image.new("L", (1, 1)), "PNG"))
    octets[16:24] = struct.pack(">II", width, height)
    octets[29:33] = struct.pack(">I", zlib.crc32(octets[12:29]))
    return bytes(octets)


def animated(format_: str) -> bytes:
    """Two pictures that follow each other."""
    return saved(picture(), format_, save_all=True, append_images=[Image.new("RGB", (60, 40))])


def is_like(colour: Any, expected: tuple[int, int, int]) -> bool:
    """Whether a colour is nearly this one: the formats lose a little."""
    return all(abs(a - b) < 40 for a, b in zip(colour, expected, strict=True))
