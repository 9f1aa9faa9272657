"""QR codes as pictures within a page."""

from __future__ import annotations

from typing import Literal

import segno
from markupsafe import Markup


def drawn(text: str, error: Literal["l", "m"]) -> Markup:
    """A code as SVG, dark on light in both schemes; `error` is how much of it may be hidden: 7 % or
    15 % (ISO/IEC 18004). Raises segno.DataOverflowError for a text that is too long."""
    code = segno.make(text, error=error, micro=False)
    picture = code.svg_inline(
        omitsize=True, dark="#221d18", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(picture)  # noqa: S704  # drawn by the library, of nothing but squares
