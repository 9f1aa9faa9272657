"""Money: a whole number of minor units and a currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass


def round_half_up(numerator: int, denominator: int) -> int:
    """The nearest integer to numerator / denominator, halves away from zero.

    Raises ValueError unless the denominator is positive.
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (2 * rest >= denominator)
    return rounded if numerator >= 0 else -rounded


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency, in its minor unit (pence, cents; whole yen).

    Arithmetic between two currencies raises ValueError.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is a whole number of minor units")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"not a currency code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def times(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)


def contained_vat(gross_minor: int, basis_points: int) -> int:
    """The VAT inside a gross amount at a rate in basis points (2000 is 20 %), in minor units.

    Half-up to the minor unit: gross * rate / (100 % + rate).
    """
    return round_half_up(gross_minor * basis_points, 10_000 + basis_points)


_DECIMAL = re.compile(r"(\d{1,9})(?:\.(\d{1,30}))?", re.ASCII)


def parse(text: str, currency: str, exponent: int) -> Money:
    """The amount written as a decimal in major units: `2.5` GBP (exponent 2) is 250 pence.

    Further zeros are ignored. Raises ValueError on anything but digits and one point, on a
    negative amount, and on more decimals than the currency has.
    """
    match = _DECIMAL.fullmatch(text.strip())
    if match is None:
        raise ValueError("write a price as digits and a point, such as 12.50")
    decimals = (match[2] or "").rstrip("0")
    if len(decimals) > exponent:
        raise ValueError(f"{currency} has {exponent or 'no'} decimals")
    return Money(int(match[1] + decimals.ljust(exponent, "0")), currency)


def plain(money: Money, exponent: int) -> str:
    """The inverse of `parse`, for files: 250 pence is `2.50`."""
    if exponent == 0:
        return str(money.minor)
    major, minor = divmod(money.minor, 10**exponent)
    return f"{major}.{minor:0{exponent}d}"
