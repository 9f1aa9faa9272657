"""Colours as CSS writes them, and how well one can be read on another (WCAG 2.2).

Decimals, not floats: a ratio on the edge is the same on every machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

LEAST_FOR_TEXT = Decimal("4.5")
"""The least contrast of text with what is behind it, at level AA (success criterion 1.4.3)."""
_WRITTEN = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Colour:
    """An sRGB colour of 8 bits a channel, written like `#94501c`."""

    text: str

    def __post_init__(self) -> None:
        if _WRITTEN.fullmatch(self.text) is None:
            raise ValueError("write a colour as # and six hexadecimal digits, such as #94501c")

    @property
    def luminance(self) -> Decimal:
        """The relative luminance, from 0 (black) to 1 (white), as WCAG 2.2 defines it."""
        red, green, blue = (_linear(int(self.text[at : at + 2], 16)) for at in (1, 3, 5))
        return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def contrast(one: Colour, other: Colour) -> Decimal:
    """The contrast ratio of two colours, from 1 to 21, rounded down to two decimals."""
    darker, lighter = sorted((one.luminance, other.luminance))
    glare = Decimal("0.05")
    return ((lighter + glare) / (darker + glare)).quantize(Decimal("0.01"), ROUND_DOWN)


def _linear(channel: int) -> Decimal:
    share = Decimal(channel) / 255
    if share <= Decimal("0.04045"):
        return share / Decimal("12.92")
    return Decimal(((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4"))
