"""Coupons: rules that make an order cheaper. A cart knows one by its number, a shopper by its code.

    percent          a share of the subtotal in basis points, rounded half-up to the minor unit
    amount           a fixed amount, at most the subtotal
    free shipping    no shipping is charged

A rule may need a subtotal to start from, end at a time, or be used up by a number of orders. The
subtotal is that before any discount. One cart has one coupon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from shop.core.money import Money, round_half_up
from shop.core.text import tidy

LONGEST_CODE = 20
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}", re.ASCII)


class Kind(Enum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free shipping"


class Obstacle(Enum):
    """Why a coupon takes nothing off."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    USED_UP = "used up"
    FOREIGN = "foreign"
    TOO_LITTLE = "too little"


@dataclass(frozen=True, slots=True)
class Coupon:
    """A rule. `number` is the small integer by which a cart knows it: given once, never reused.

    `basis_points` counts for a percentage only, `amount` for an amount only. `ends_at` is the first
    moment in Unix seconds at which it no longer applies; None is never. `uses` of at most
    `most_uses` orders have had it; None is any number.
    """

    number: int
    code: str
    kind: Kind
    basis_points: int
    amount: Money
    from_subtotal: Money
    ends_at: int | None
    most_uses: int | None
    uses: int

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= 10_000 or self.amount.minor < 0:
            raise ValueError("a coupon takes off at most everything, and never less than nothing")
        if self.amount.currency != self.from_subtotal.currency:
            raise ValueError("a coupon has one currency")


def code_of(text: str) -> str:
    """A code as it is stored, from however a person writes it: ` spring 10` is `SPRING10`.

    Raises ValueError, with a sentence, when no code can be written like this.
    """
    code = "".join(tidy(text).split()).upper()
    if _CODE.fullmatch(code) is None:
        raise ValueError(f"A code has 3 to {LONGEST_CODE} letters, digits and hyphens.")
    return code


def obstacle(coupon: Coupon | None, subtotal: Money, *, now: int) -> Obstacle | None:
    """Why a coupon does not apply to this subtotal now, if it does not. None stands for a coupon
    that there is no longer."""
    if coupon is None:
        return Obstacle.UNKNOWN
    if coupon.ends_at is not None and now >= coupon.ends_at:
        return Obstacle.ENDED
    if coupon.most_uses is not None and coupon.uses >= coupon.most_uses:
        return Obstacle.USED_UP
    if coupon.from_subtotal.currency != subtotal.currency:
        return Obstacle.FOREIGN
    return Obstacle.TOO_LITTLE if subtotal < coupon.from_subtotal else None


def discount(coupon: Coupon, subtotal: Money) -> Money:
    """What a coupon that applies takes off the goods: never more than they cost."""
    if coupon.kind is Kind.PERCENT:
        minor = round_half_up(subtotal.minor * coupon.basis_points, 10_000)
    elif coupon.kind is Kind.AMOUNT:
        minor = min(coupon.amount.minor, subtotal.minor)
    else:
        minor = 0
    return Money(minor, subtotal.currency)


def shares(amount: int, totals: Sequence[int]) -> list[int]:
    """An amount split over totals in proportion, in whole minor units that add up to it.

    Each share is the exact one rounded down, or up for those with the largest remainders, the
    earlier of two equal ones first (the largest remainder method). So no share is a whole unit away
    from the exact one, and none is more than its total. Raises ValueError unless the amount is
    between nothing and all of the totals.
    """
    whole = sum(totals)
    if not 0 <= amount <= whole:
        raise ValueError("an amount to split is at most the sum of the totals")
    if not amount:
        return [0] * len(totals)
    floors, rests = zip(*(divmod(amount * total, whole) for total in totals), strict=True)
    missing = amount - sum(floors)
    rounded_up = set(sorted(range(len(totals)), key=lambda at: -rests[at])[:missing])
    return [floor + (at in rounded_up) for at, floor in enumerate(floors)]
