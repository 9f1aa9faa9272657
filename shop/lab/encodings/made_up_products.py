"""Made-up SKUs, names and prices for numbers that no product has.

They depend on the number only, so that a demonstration is the same every time, and are about as
long as those of a real shop, since the size of an encoding depends on them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from shop.lab.encodings.encodings import PlainLine

FIRST = (
    "Small", "Large", "Round", "Square", "Tall", "Low", "Striped", "Plain",
    "Painted", "Folding", "Hanging", "Woven", "Ribbed", "Oval", "Slim", "Double",
)  # fmt: skip
SECOND = (
    "oak", "ash", "beech", "walnut", "linen", "cotton", "wool", "felt",
    "stoneware", "porcelain", "enamel", "glass", "brass", "copper", "tin", "paper",
)  # fmt: skip
THIRD = (
    "tray", "bowl", "jug", "lantern", "basket", "cushion cover", "serving dish", "candle holder",
    "table runner", "storage jar", "coat hook", "picture frame", "plant pot", "napkin ring",
    "egg cup", "letter rack",
)  # fmt: skip


@lru_cache(maxsize=16_384)
def line(number: int) -> PlainLine:
    """A line of one piece; its SKU contains the number, so that no two are the same."""
    dice = hashlib.sha256(b"%d" % number).digest()
    words = [choice[die % 16] for choice, die in zip((FIRST, SECOND, THIRD), dice, strict=False)]
    sku = f"{words[2].partition(' ')[0].upper()}-{number}"
    return PlainLine(sku, " ".join(words), 95 + 50 * dice[3], 1)
