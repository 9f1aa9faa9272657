"""The shop's own look: an accent colour that can be read, and two pictures, which are checked."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import imagesize

from shop.core.colour import LEAST_FOR_TEXT, Colour, contrast
from shop.core.words import Look, OwnPicture
from shop.shop_file.table import Table

LIGHT = ("#fbf7f0", "#fffdf8", "#f9e8e2", "#faf0d6", "#e9eef0")
"""What stands behind text in the light scheme: the page, its sheets and its notices, as in
`css/tokens.css`."""
DARK = ("#191410", "#221b15", "#3a211b", "#352c17", "#212a30")
"""The same in the dark scheme."""
ACCENT, ACCENT_DARK = "#94501c", "#e2a165"
"""The accents of `css/tokens.css`."""
LARGEST_LOGO = 200_000
LARGEST_SIDE = 2_000
_EXPECTED_LOGO = "a square SVG or PNG file, named from the folder of this one"
LARGEST_PREVIEW = 2_000_000
PREVIEW_SIZE = (1200, 630)
"""The size that Facebook and X ask for."""
_EXPECTED_PREVIEW = "a PNG or JPEG file of 1200 by 630 pixels, named from the folder of this one"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_ACTIVE = ("script", "foreignobject", "iframe", "handler", "listener")
_OWN = ("#", "data:image/png", "data:image/jpeg")
_SVG = "{http://www.w3.org/2000/svg}svg"


def read_look(table: Table) -> Look:
    """The look of a table; what is not stated, or wrong, is that of the style sheets."""
    accent = _accent(table, "accent", LIGHT)
    accent_dark = _accent(table, "accent_dark", DARK)
    logo, preview = _logo(table), _preview(table)
    table.finish()
    styles = ""
    if accent or accent_dark:
        styles = _STYLES.format(accent or ACCENT, accent_dark or ACCENT_DARK)
    return Look(styles, logo, preview)


# Mixed with the colour of text, an accent that is pointed at has more contrast, never less.
_STYLES = """
@layer tokens {{
  :root {{ --crust: {0}; --crust-deep: color-mix(in srgb, {0} 78%, var(--ink)); }}
  @media screen and (prefers-color-scheme: dark) {{
    :root {{ --crust: {1}; --crust-deep: color-mix(in srgb, {1} 78%, var(--ink)); }}
  }}
}}
"""


def _accent(table: Table, key: str, backgrounds: tuple[str, ...]) -> str | None:
    text = table.checked(key, lambda it: Colour(it.lower()).text, "a colour such as #94501c")
    if text is None:
        return None
    worst = min(backgrounds, key=lambda it: contrast(Colour(text), Colour(it)))
    ratio = contrast(Colour(text), Colour(worst))
    if ratio < LEAST_FOR_TEXT:
        table.note(
            key,
            f"found {text}, whose contrast with the background {worst} is {ratio}:1, expected at "
            f"least {LEAST_FOR_TEXT}:1 (WCAG AA)",
        )
        return None
    return text


def _logo(table: Table) -> OwnPicture | None:
    found = table.file_named("logo", _EXPECTED_LOGO, LARGEST_LOGO)
    if found is None:
        return None
    file, octets = found
    try:
        if octets.startswith(_PNG):
            _check_png(octets)
            return OwnPicture("own/logo.png", "image/png", octets)
        _check_svg(octets)
        return OwnPicture("own/logo.svg", "image/svg+xml", octets)
    except ValueError as problem:
        table.note("logo", f"found {file}, {problem}, expected {_EXPECTED_LOGO}")
        return None


def _preview(table: Table) -> OwnPicture | None:
    found = table.file_named("preview", _EXPECTED_PREVIEW, LARGEST_PREVIEW)
    if found is None:
        return None
    file, octets = found
    try:
        ending = _photo_ending(octets)
        size = imagesize.get(io.BytesIO(octets))
        if size != PREVIEW_SIZE:
            is_known = min(size) > 0
            raise ValueError("{} by {} pixels".format(*size) if is_known else "of unknown size")
    except ValueError as problem:
        table.note("preview", f"found {file}, {problem}, expected {_EXPECTED_PREVIEW}")
        return None
    return OwnPicture(f"own/preview.{ending}", f"image/{ending}", octets)


def _photo_ending(octets: bytes) -> str:
    for ending, start, end in (("png", _PNG, _PNG_END), ("jpeg", _JPEG, _JPEG_END)):
        if octets.startswith(start):
            if not octets.endswith(end):
                raise ValueError("a file without its end")
            return ending
    raise ValueError("which is neither PNG nor JPEG")


def _check_png(octets: bytes) -> None:
    width, height = imagesize.get(io.BytesIO(octets))
    if not octets.endswith(_PNG_END):
        raise ValueError("a PNG file without its end")
    if width != height or not 1 <= width <= LARGEST_SIDE:
        raise ValueError(f"{width} by {height} pixels")


def _check_svg(octets: bytes) -> None:
    if b"<!DOCTYPE" in octets or b"<!ENTITY" in octets:
        raise ValueError("an SVG file with a DOCTYPE, which could define entities")
    try:
        root = ElementTree.fromstring(octets)  # noqa: S314  # it has no entities
    except (ElementTree.ParseError, ValueError, LookupError):
        raise ValueError("which is neither PNG nor SVG") from None
    if root.tag != _SVG:
        raise ValueError("which is neither PNG nor SVG")
    for element in root.iter():
        if str(element.tag).rpartition("}")[2].lower() in _ACTIVE:
            raise ValueError(f"an SVG file with the element {element.tag.rpartition('}')[2]}")
        for name, text in element.attrib.items():
            plain = name.rpartition("}")[2].lower()
            if plain.startswith("on"):
                raise ValueError(f"an SVG file with the script {plain}")
            if plain == "href" and not text.strip().startswith(_OWN):
                raise ValueError("an SVG file that refers to another file")
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) != 4 or box[2] != box[3]:
        raise ValueError("an SVG file whose viewBox is not square")
