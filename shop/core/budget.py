"""What a cart costs in bytes: arithmetic over the cookie's codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.core import cookie, packing
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge

TYPICAL_LINE_BYTES = 4
"""Octets of one more line: a four-digit step, a one-digit quantity and two commas are
seven characters of JSON, which pack into four. Over the 11,134 real orders a line costs 3.4
bytes on average, so an estimate with this figure errs on the low side."""


@dataclass(frozen=True, slots=True)
class Meter:
    """How full a cart's cookie is, in octets of name + value."""

    used_bytes: int
    limit_bytes: int

    @property
    def free_bytes(self) -> int:
        return self.limit_bytes - self.used_bytes

    @property
    def free_permille(self) -> int:
        """The share that is free, 0 to 1000."""
        return max(0, self.free_bytes) * 1000 // self.limit_bytes

    @property
    def more_lines(self) -> int:
        """About how many more lines fit, rounded down to one significant figure."""
        lines = max(0, self.free_bytes) // TYPICAL_LINE_BYTES
        power: int = 10 ** (len(str(lines)) - 1)
        return lines // power * power


@dataclass(frozen=True, slots=True)
class LineCost:
    """What one line adds to a packed cookie: its part of the JSON, and how many octets."""

    line: Line
    text: str
    octets: int


def line_costs(cart: Cart) -> tuple[LineCost, ...]:
    """What each line adds to the lines before it. With the octets of the version and the time,
    they add up to the packed text; deflated text is shorter."""
    length = len(cookie.text_of(Cart((), cart.changed_at)))
    costs, before = [], 0
    for line in cart.lines:
        text = f"{line.number - before},{line.quantity}"
        longer = length + len(",") + len(text)
        octets = packing.packed_length(longer) - packing.packed_length(length)
        costs.append(LineCost(line, text, octets))
        length, before = longer, line.number
    return tuple(costs)


def cookie_bytes(cart: Cart, keys: cookie.Keys, *, name: str) -> int:
    """Octets of name + value that the cart needs, whether or not they fit; 0 when empty."""
    if not cart.lines:
        return 0
    try:
        return len(name) + len(cookie.encode(cart, keys, name=name))
    except CartTooLarge as overflow:
        return overflow.needed_bytes


@dataclass(frozen=True, slots=True)
class Distribution:
    """The sizes of many carts' cookies, in octets of name + value.

    `fit` is the share, 0 to 1, of those within the browser's limit. A percentile is the
    nearest rank: the smallest figure that at least that share does not exceed.
    """

    count: int
    fit: float
    mean: float
    p50: int
    p95: int
    p99: int
    max: int


def distribution(
    sizes: Sequence[int], *, limit_bytes: int = cookie.BROWSER_LIMIT_BYTES
) -> Distribution:
    """Sums up the sizes; raises ValueError when there are none."""
    if not sizes:
        raise ValueError("there is nothing to sum up")
    ranked = sorted(sizes)
    return Distribution(
        count=len(ranked),
        fit=sum(size <= limit_bytes for size in ranked) / len(ranked),
        mean=sum(ranked) / len(ranked),
        p50=_percentile(ranked, 50),
        p95=_percentile(ranked, 95),
        p99=_percentile(ranked, 99),
        max=ranked[-1],
    )


def _percentile(ranked: Sequence[int], percent: int) -> int:
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
