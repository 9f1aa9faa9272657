"""The cart: lines in the order they were added, and the time of the last change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from shop.core.errors import QuantityRefused

MAX_NUMBER = 9_999_999
"""The largest cookie number a cart may hold."""
MAX_LINE_QUANTITY = 999_999
"""The largest quantity that a line can hold. What a shopper may order is the shop's own, smaller
`max_quantity`; the largest quantity in the real orders is 74,215."""

MAX_COUPON = 2**24 - 1
"""The largest number of a coupon that a cart may have."""
MAX_TIME = 99_999_999_999
"""The latest time a cart may carry, in Unix seconds: the year 5138, which a date can hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one product, which is known by its cookie number."""

    number: int
    quantity: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MAX_NUMBER:
            raise ValueError(f"cookie number {self.number} is out of range")
        if not 1 <= self.quantity <= MAX_LINE_QUANTITY:
            raise ValueError(f"quantity {self.quantity} is out of range")


@dataclass(frozen=True, slots=True)
class Cart:
    """Lines without duplicates, oldest first; `changed_at` is Unix time in seconds, `coupon` the
    number of a coupon, or 0.

    Every change gives a new cart. Nothing here knows a name or a price.
    """

    lines: tuple[Line, ...] = ()
    changed_at: int = 0
    coupon: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.changed_at <= MAX_TIME:
            raise ValueError("the time of the last change is out of range")
        if not 0 <= self.coupon <= MAX_COUPON:
            raise ValueError("the number of the coupon is out of range")
        if len({line.number for line in self.lines}) != len(self.lines):
            raise ValueError("two lines of one product")

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def pieces(self) -> int:
        """The quantities of all lines together."""
        return sum(line.quantity for line in self.lines)

    def quantity_of(self, number: int) -> int:
        """How many of this product the cart holds; 0 when it has no such line."""
        return next((line.quantity for line in self.lines if line.number == number), 0)

    def is_less_than(self, other: Cart) -> bool:
        """Whether it has fewer pieces than the other cart, and no more of any product."""
        held = {line.number: line.quantity for line in other.lines}
        is_within = all(line.quantity <= held.get(line.number, 0) for line in self.lines)
        return is_within and self.pieces < other.pieces

    def add(self, number: int, quantity: int, *, now: int, max_quantity: int) -> Cart:
        """The cart with more of a product: its line grows in place, or a new line is added last.

        Raises QuantityRefused when the quantity is below 1 or the line would exceed
        `max_quantity`; the cart is as it was.
        """
        held = self.quantity_of(number)
        if quantity < 1 or held + quantity > max_quantity:
            raise QuantityRefused(quantity, max_quantity, held)
        if held:
            return self._with(Line(number, held + quantity), now)
        return replace(self, lines=(*self.lines, Line(number, quantity)), changed_at=now)

    def set_quantity(self, number: int, quantity: int, *, now: int, max_quantity: int) -> Cart:
        """The cart with the quantity of one line replaced; unchanged when it has no such line.

        Raises QuantityRefused when the quantity is not between 1 and `max_quantity`.
        """
        if not 1 <= quantity <= max_quantity:
            raise QuantityRefused(quantity, max_quantity)
        if not self.quantity_of(number):
            return self
        return self._with(Line(number, quantity), now)

    def remove(self, number: int, *, now: int) -> Cart:
        """The cart without that product's line; unchanged when it has no such line."""
        kept = tuple(line for line in self.lines if line.number != number)
        if len(kept) == len(self.lines):
            return self
        return replace(self, lines=kept, changed_at=now)

    def without(self, numbers: Collection[int]) -> Cart:
        """The cart without the lines of these products; its time stays."""
        return replace(self, lines=tuple(line for line in self.lines if line.number not in numbers))

    def merged_with(self, other: Cart, *, now: int) -> Cart:
        """This cart's lines, then the other's lines that it lacks. A product that both hold gets
        the larger quantity. No line of either is lost. The coupon is this cart's, or else the
        other's."""
        others = {line.number: line.quantity for line in other.lines}
        merged = [
            Line(line.number, max(line.quantity, others.pop(line.number, 0))) for line in self.lines
        ]
        merged += (Line(number, quantity) for number, quantity in others.items())
        return Cart(tuple(merged), now, self.coupon or other.coupon)

    def with_coupon(self, number: int) -> Cart:
        """The same lines with another coupon, or with none: 0."""
        return replace(self, coupon=number)

    def touched(self, now: int) -> Cart:
        """The same lines, as if they had been changed now: the cart's life starts again."""
        return replace(self, changed_at=now)

    def _with(self, changed: Line, now: int) -> Cart:
        lines = (changed if line.number == changed.number else line for line in self.lines)
        return replace(self, lines=tuple(lines), changed_at=now)
