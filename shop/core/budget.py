"""What a cart costs in bytes: arithmetic over the cookie's codec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge
from shop.core.packing import integers

TYPICAL_LINE_BYTES = 3
"""Octets of one more line: a number of twelve or thirteen bits with its flag, and a small quantity,
are three characters. Over the 11,134 real orders a line costs 2.3 bytes on average, so an estimate
with this figure errs on the low side."""


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
    """What one line adds to a packed cookie: its part of the JSON, and how many bits; six bits
    are an octet."""

    line: Line
    text: str
    bits: int


def line_costs(cart: Cart) -> tuple[LineCost, ...]:
    """What each line adds to the lines before it. With the bits of the time, they add up to the
    packed payload, whose last octet is filled up; a deflated one is shorter."""
    width = max((line.number for line in cart.lines), default=1).bit_length()
    bits = integers.pair_bits([(line.number, line.quantity) for line in cart.lines], width)
    return tuple(
        LineCost(line, f"{line.number},{line.quantity}", len(each))
        for line, each in zip(cart.lines, bits, strict=True)
    )


def packed_bits(cart: Cart) -> int:
    """The bits of the time and of all lines, before they are packed or deflated."""
    time_bits = integers.time_length(cart.changed_at - cookie.EPOCH)
    return time_bits + sum(cost.bits for cost in line_costs(cart))


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
