"""Money, dates and notices in a shopper's words."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, format_percent, get_currency_precision
from flask_babel import format_date, format_datetime, to_user_timezone

from shop.core.catalogue import Product
from shop.core.cookie import Expired
from shop.core.coupons import Obstacle
from shop.core.errors import CartTooLarge, CookieRefused, QuantityRefused, Tampered, UnknownVersion
from shop.core.money import Money
from shop.core.pricing import Quote
from shop.core.variants import Choice
from shop.web.languages.language import Language
from shop.web.languages.texts import current

ENGLISH = Locale("en")
NOT_CHARGED = "not charged"
"""What stands in place of a line's total when the line is left out of the sum."""
MOST_CHANGES_NAMED = 3
"""More would make the message too long: it travels to the next page in a cookie."""


_REPLACED = "Your new cart has taken its place."
_LEFT_ALONE = "We have left its cookie alone. You can start a new cart, which takes its place."
_NEWER_VERSION = (
    "Your cart was saved by another version of this shop and could not be read. We have left its "
    "cookie alone, so that the other version can still read it."
)


def money(amount: Money) -> str:
    """An amount as the language writes it: £2.95."""
    return _money(amount.minor, amount.currency, current())


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, language: Language) -> str:
    precision = get_currency_precision(currency)
    major = Decimal(minor).scaleb(-precision)
    return format_currency(major, currency, locale=language.locale)


def number(figure: int) -> str:
    """A whole number with the language's grouping: 4,096."""
    return current().number(figure)


def day(moment: int) -> str:
    """A Unix time as a day in the shop's time zone: 3 May 2026."""
    written: str = format_date(datetime.fromtimestamp(moment, UTC), "long", rebase=True)
    return written


def moment(at: int) -> str:
    """A Unix time as a day and a time in the shop's time zone: 3 May 2026 at 14:05."""
    written: str = format_datetime(datetime.fromtimestamp(at, UTC), "d MMMM y 'at' HH:mm")
    return written


def iso_day(at: int) -> str:
    """A Unix time as a day in the shop's time zone, for the names of files: 2026-05-03."""
    local: datetime = to_user_timezone(datetime.fromtimestamp(at, UTC))
    return local.date().isoformat()


def counted(figure: int, one: str, other: str) -> str:
    """A number with its noun: 1 item, 1,200 items. The nouns are English, and so is the plural."""
    return f"{number(figure)} {one if ENGLISH.plural_form(figure) == 'one' else other}"


def percent(basis_points: int) -> str:
    """A rate in basis points as the language writes it: 2000 is 20%."""
    return _percent(basis_points, current().locale)


@lru_cache(maxsize=64)
def _percent(basis_points: int, locale: Locale) -> str:
    share = Decimal(basis_points).scaleb(-4)
    return format_percent(share, locale=locale, decimal_quantization=False)


def refusal(refused: CookieRefused, *, is_replaced: bool = False) -> str:
    """Why a cart could not be read, what became of its cookie, and what to do. `is_replaced` says
    that a new cart took its place."""
    if isinstance(refused, Expired):
        return (
            f"Your cart from {day(refused.cart.changed_at)} has expired and could not be kept. "
            "You can start a new one."
        )
    if isinstance(refused, UnknownVersion):
        return _NEWER_VERSION
    if isinstance(refused, Tampered):
        reason = "The cart in this browser was not signed by this shop, so we could not trust it."
    else:
        reason = "The cart in this browser is damaged, or not this shop’s, and could not be read."
    return f"{reason} {_REPLACED if is_replaced else _LEFT_ALONE}"


def not_renewed(expires_at: int) -> str:
    """That a full cart's life could not start again, how long it is kept, and what to do."""
    return (
        "Your cart is too full to be renewed: it is kept until "
        f"{day(expires_at)}. To keep it longer, remove a line."
    )


def expired_offer(day_written: str) -> str:
    """The question whether to restore an expired cart, last changed on this day."""
    return f"Your cart from {day_written} has expired. Restore it?"


def price_change(price: Money, earlier: Money) -> str:
    """A price now, and what it was."""
    return f"Now {money(price)}, was {money(earlier)} when you last looked."


def price_changes(changes: list[tuple[str, Money, Money]]) -> str:
    """Changed prices: each by name if there are few, otherwise how many."""
    if len(changes) > MOST_CHANGES_NAMED:
        return (
            f"{number(len(changes))} prices in your cart have changed since you last looked. "
            "The totals below use the new prices."
        )
    return " ".join(
        f"{name} is now {money(price)}, was {money(earlier)} when you last looked."
        for name, price, earlier in changes
    )


def variant(choice: Choice, chosen: Product) -> str:
    """What is different about a variant, seen from the chosen one: “in Slate, £19.50, sold out”. Of
    the chosen one itself, the page says whether there is any."""
    product = choice.product
    if choice.is_chosen:
        return ""
    notes = [f"in {', '.join(choice.instead)}"] if choice.instead else []
    if product.price != chosen.price:
        notes.append(money(product.price))
    if product.is_sold_out:
        notes.append("sold out")
    return ", ".join(notes)


def coupon_obstacle(quote: Quote) -> str:
    """Why a cart's coupon takes nothing off, and what would help. The quote has an obstacle."""
    coupon, obstacle = quote.coupon, quote.obstacle
    if coupon is None or obstacle is None:
        return "The code in your cart is no longer valid, so nothing is taken off."
    code = coupon.code
    if obstacle is Obstacle.ENDED and coupon.ends_at is not None:
        return f"{code} ended on {day(coupon.ends_at - 1)}, so nothing is taken off."
    if obstacle is Obstacle.TOO_LITTLE:
        subtotal = quote.sums.subtotal
        missing = Money(coupon.from_subtotal.minor - subtotal.minor, subtotal.currency)
        return f"{code} applies from {money(coupon.from_subtotal)} on: {money(missing)} to go."
    if obstacle is Obstacle.USED_UP:
        return f"{code} has been used already, so nothing is taken off."
    return f"{code} is not in this shop’s currency, so nothing is taken off."


def too_large(overflow: CartTooLarge, product: str) -> str:
    """Which line did not fit, what it needed and what to do."""
    return (
        f"“{product}” does not fit into your cart. With it the cart would need "
        f"{number(overflow.needed_bytes)} bytes, and only {number(overflow.limit_bytes)} can be "
        "kept. "
        "Nothing was changed: your cart is as it was. Place an order first, or remove a line to "
        "make room."
    )


def quantity(refused: QuantityRefused) -> str:
    """Why a quantity was refused."""
    if refused.held and refused.quantity > 0:
        return (
            f"You already have {number(refused.held)} of these in your cart, and the limit is "
            f"{number(refused.maximum)}. Your cart is as it was."
        )
    return quantity_range(refused.maximum)


def quantity_range(maximum: int) -> str:
    """The range of a quantity."""
    return f"Please enter a whole number from 1 to {number(maximum)}. Your cart is as it was."
