"""The picture of a product: its photo or, without one, a drawing made of its SKU and its name.

The same SKU always gives the same picture: its hash chooses background, shape and colours. The
picture shows two initials of the name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from markupsafe import escape

from shop.core.catalogue import Photo, Product

PHOTO_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
"""The media type of each format of a photo, by the ending of its files."""

GROUNDS = (
    ("#f0dfc9", "#e8d2b5", "#3a2c1f", "#453524"),
    ("#dfe7d7", "#d0dbc6", "#28322a", "#313d32"),
    ("#dce3e8", "#ccd6dd", "#27303a", "#303b47"),
    ("#e9e2d6", "#dcd2c1", "#332e27", "#3d372e"),
    ("#f7e8be", "#efdaa0", "#3a3219", "#463d21"),
    ("#f2dcd3", "#e8cabe", "#3d2a25", "#4a342d"),
)
"""Background and table, light and dark: one pair for each category of the demo shop."""

PAPERS = (
    ("#b5713a", "#8a4f22"),
    ("#5c7658", "#3f5b44"),
    ("#465b6b", "#2f3f4c"),
    ("#a8503c", "#84392a"),
    ("#93692a", "#6e4d1b"),
)
"""A paper shape and its shaded side. The paper colour #fffaf1 has a contrast of at least 3 on
each."""

SHAPES = (
    ("M96 190a104 104 0 0 1 208 0v122H96z", "M244 96a104 104 0 0 1 60 94v122h-48z"),
    (
        "M200 92a110 110 0 1 1 0 220 110 110 0 0 1 0-220z",
        "M244 102a110 110 0 0 1-16 208q64-104 16-208z",
    ),
    ("M104 116q96-18 192 0l12 180q-108 26-216 0z", "M250 108q24 2 46 8l12 180q-30 7-48 9z"),
    (
        "M200 84c70 60 112 110 112 150 0 52-46 78-112 78s-112-26-112-78c0-40 42-90 112-150z",
        "M238 118c46 46 74 84 74 116 0 42-30 66-78 75 34-54 34-128 4-191z",
    ),
)
"""An arch, a round, a sack and a drop, each with its shaded side."""


@dataclass(frozen=True, slots=True)
class Source:
    """A photo in one format, in all its widths: what a `source` element says."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The address of a picture that every browser shows and, of a photo, its size in pixels, its
    other files, the best format first, and what it shows."""

    address: str
    size: tuple[int, int] | None = None
    sources: tuple[Source, ...] = ()
    text: str = ""


def of_photo(photo: Photo, before_photo: str) -> Picture:
    """A photo as a picture; `before_photo` is the beginning of the addresses of all photos."""
    folder = f"{before_photo}{photo.name}"
    sources = tuple(
        Source(
            PHOTO_TYPES[ending],
            ", ".join(f"{folder}/{width}.{ending} {width}w" for width in photo.widths),
        )
        for ending in photo.formats
    )
    address = f"{folder}/{photo.width}.jpg"
    return Picture(address, (photo.width, photo.height), sources, photo.text)


def version(product: Product) -> str:
    """A version that changes whenever the drawing would."""
    return hashlib.sha256(drawing(product).encode("utf-8")).hexdigest()[:12]


def drawing(product: Product) -> str:
    """The picture as SVG, 400 by 400."""
    seed = hashlib.sha256(product.sku.encode("utf-8")).digest()
    ground, table, night_ground, night_table = GROUNDS[seed[0] % len(GROUNDS)]
    paper, shade = PAPERS[seed[1] % len(PAPERS)]
    outline, side = SHAPES[seed[2] % len(SHAPES)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">'
        "<style>@media(prefers-color-scheme:dark){"
        f".b{{fill:{night_ground}}}.t{{fill:{night_table}}}}}</style>"
        f'<rect class="b" width="400" height="400" fill="{ground}"/>'
        f'<path class="t" fill="{table}" d="M0 292c90-10 310-10 400 0v108H0z"/>'
        '<ellipse cx="212" cy="314" rx="112" ry="13" fill="#221d18" opacity=".12"/>'
        f'<path fill="{paper}" d="{outline}"/><path fill="{shade}" d="{side}"/>'
        '<text x="200" y="232" text-anchor="middle" fill="#fffaf1" font-size="84" '
        "font-family=\"'Iowan Old Style','Palatino Linotype',Palatino,Georgia,serif\">"
        f"{escape(initials(product.name))}</text></svg>"
    )


def initials(name: str) -> str:
    """The first letters of the first two words, capital: ET for “Enamel teapot”."""
    words = ("".join(filter(str.isalnum, word)) for word in name.split())
    return "".join(word[0].upper() for word in words if word)[:2]
