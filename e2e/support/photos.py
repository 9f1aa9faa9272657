"""Photos for a few products of a running shop, painted as they are needed."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from e2e.support.server import RunningShop
from shop.storage.engine import connect_to
from shop.storage.photos import files, keeping

GIVEN = {
    "APRON-LINEN": ((1500, 1000), (800, 1200), (900, 900)),
    "TOWEL-TEA": ((700, 1050),),
    "THROW-WOOL": ((1400, 700),),
    "NAPKIN-SET": ((120, 90),),
}
"""The sizes of each product's photos, in pixels: wide, high, square and small."""


def give(shop: RunningShop) -> None:
    """Gives products of the shelf of textiles their photos, unless they have them."""
    engine = connect_to(f"sqlite:///{shop.database}")
    folder = shop.database.parent / files.FOLDER
    numbers = {str(sku): int(str(n)) for n, sku in shop.ask("SELECT number, sku FROM products")}
    for sku, sizes in GIVEN.items():
        kept = [keeping.keep(engine, folder, painted(*size)) for size in sizes]
        keeping.replace(engine, numbers[sku], kept)
    engine.dispose()


@cache
def painted(width: int, height: int) -> bytes:
    """A round loaf on a table before a wall, a little out of focus."""
    image = Image.new("RGB", (width, height), (206, 196, 182))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height * 0.62, width, height), fill=(150, 112, 78))
    side = min(width, height) * 0.6
    left, top = (width - side) / 2, height * 0.72 - side * 0.7
    draw.ellipse((left + side * 0.1, top + side * 0.6, left + side * 1.2, top + side * 0.95),
                 fill=(98, 70, 48))  # fmt: skip
    draw.ellipse((left, top, left + side, top + side * 0.85), fill=(186, 120, 62))
    draw.ellipse((left + side * 0.15, top + side * 0.08, left + side * 0.6, top + side * 0.4),
                 fill=(224, 170, 112))  # fmt: skip
    stream = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(side / 40)).save(stream, "JPEG", quality=90)
    return stream.getvalue()
