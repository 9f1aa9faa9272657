"""Amounts as Stripe counts them, which is not always in the minor units of a currency."""

from __future__ import annotations

from babel.numbers import get_currency_precision

from shop.core.money import Money

WITHOUT_DECIMALS = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
"""All others have two decimals at Stripe, ISK too, which has none elsewhere
(https://docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases")."""
REFUSED = frozenset({"BHD", "JOD", "KWD", "OMR", "TND", "UGX"})
"""Those with three decimals, of which the last must be a zero; and UGX, which Stripe's
documents have counted both without decimals and with two."""


def check_currency(currency: str) -> None:
    """Raises ValueError, in a sentence, for a currency that has no sure amounts at Stripe."""
    if currency in REFUSED:
        raise ValueError("The shop cannot count amounts in this currency as Stripe does.")


def at_stripe(amount: Money) -> int:
    """The number that Stripe takes for an amount."""
    return amount.minor * _factor(amount.currency)


def from_stripe(number: int, currency: str) -> Money:
    """The amount that Stripe means by a number and its code of a currency, in any letters. Raises
    ValueError for a part of a minor unit."""
    minor, rest = divmod(number, _factor(currency.upper()))
    if rest:
        raise ValueError(f"{number} is no amount in {currency}")
    return Money(minor, currency.upper())


def _factor(currency: str) -> int:
    decimals = 0 if currency in WITHOUT_DECIMALS else 2
    more: int = decimals - get_currency_precision(currency)
    return int(10**more)
