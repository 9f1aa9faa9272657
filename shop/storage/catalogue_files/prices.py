"""Prices as files write them: with a point or a comma, grouped or not, with more zeros.

Where a price could be read in two ways, it is refused: a wrong price costs money.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_DECIMAL_COMMA = re.compile(r"[\d .'’]*,(\d{1,2}|\d{4,})|\d{1,3}(\.\d{3})+,\d+", re.ASCII)
_SPACED = re.compile(r"\d{1,3}([ '’]\d{3})+([.,]\d+)?", re.ASCII)


def decimal_mark(prices: Iterable[str]) -> str:
    """The decimal mark of a column: a comma if any price of it can only be read so."""
    return "," if any(map(_DECIMAL_COMMA.fullmatch, prices)) else "."


def plain_price(text: str, mark: str) -> str:
    """A price as digits and a point: `1.250,00`, `1 250,00` and `1250,00` are 1250.00.

    `mark` is the decimal mark of its column. Raises ValueError with what to write instead.
    """
    digits = re.sub("[ '’]", "", text) if _SPACED.fullmatch(text) else text
    other = "." if mark == "," else ","
    grouped = rf"\d{{1,3}}([{other}]\d{{3}})+[{mark}]\d+|\d{{1,3}}([{other}]\d{{3}}){{2,}}"
    if re.fullmatch(grouped, digits, re.ASCII):
        return digits.replace(other, "").replace(mark, ".")
    if re.fullmatch(rf"\d+([{mark}]\d+)?", digits, re.ASCII):
        return digits.replace(mark, ".")
    if re.fullmatch(rf"\d{{1,3}}[{other}]\d{{3}}", digits, re.ASCII):
        whole, last = digits.split(other)
        plain = f"{whole}.{last}".rstrip("0").rstrip(".")
        raise ValueError(f"this may be {plain} or {whole}{last}, so write one or the other")
    if mark == "," and re.fullmatch(r"\d+\.\d+", digits, re.ASCII):
        raise ValueError("other prices in this file have a decimal comma, so write a comma here")
    raise ValueError("write a price as digits and a point, such as 12.50")
