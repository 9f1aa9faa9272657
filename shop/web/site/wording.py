"""Money, dates and notices in a shopper's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, reduce

from babel import Locale
from babel.numbers import (
    format_currency,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
    get_minus_sign_symbol,
)
from flask_babel import format_date, format_datetime, to_user_timezone

from shop.core.catalogue import Product
from shop.core.cookie import Expired
from shop.core.coupons import Obstacle
from shop.core.errors import CartTooLarge, CookieRefused, QuantityRefused, Tampered, UnknownVersion
from shop.core.money import Money
from shop.core.pricing import Quote, Sums
from shop.core.variants import Choice
from shop.web.languages.language import Language
from shop.web.languages.texts import current, gettext, ngettext

ENGLISH = Locale("en")
ISOLATED, AS_BEFORE = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
NOT_CHARGED = "not charged"
"""What stands in place of a line's total when the line is left out of the sum."""
MOST_CHANGES_NAMED = 3
"""More would make the message too long: it travels to the next page in a cookie."""


def money(amount: Money) -> str:
    """An amount as the language writes it: £2.95."""
    return _money(amount.minor, amount.currency, current())


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, language: Language) -> str:
    precision = get_currency_precision(currency)
    major = Decimal(minor).scaleb(-precision)
    written = format_currency(major, currency, locale=language.locale)
    if language.direction == "rtl":  # else the bidirectional algorithm turns UK£ into £UK
        symbol = get_currency_symbol(currency, language.locale)
        return written.replace(symbol, f"{ISOLATED}{symbol}{AS_BEFORE}")
    return written


def deduction(amount: Money) -> str:
    """An amount that is taken off, with a minus sign."""
    language = current()
    written = _money(-amount.minor, amount.currency, language)
    # Babel writes a plain hyphen; in Arabic the sign keeps to its figure by a mark of direction.
    sign = get_minus_sign_symbol(language.locale)
    return written.replace("-", sign.replace("-", "\N{MINUS SIGN}"))


@dataclass(frozen=True, slots=True)
class WrittenSums:
    """The sums of a quote or of an order as they are shown; what is nothing is empty. `vat` pairs
    rates with amounts."""

    subtotal: str
    discount: str
    shipping: str
    total: str
    coupon: str
    vat: tuple[tuple[str, str], ...]


def written(sums: Sums) -> WrittenSums:
    """Sums as the language writes them."""
    return WrittenSums(
        subtotal=money(sums.subtotal),
        discount=deduction(sums.discount) if sums.discount.minor else "",
        shipping=money(sums.shipping) if sums.shipping.minor else "",
        total=money(sums.total),
        coupon=sums.coupon,
        vat=tuple(
            (percent(share.basis_points), money(share.amount))
            for share in sums.vat
            if share.amount.minor
        ),
    )


def number(figure: int) -> str:
    """A whole number with the language's grouping: 4,096."""
    return current().number(figure)


def day(moment: int) -> str:
    """A Unix time as a day in the shop's time zone: 3 May 2026, kept in one piece up to
    the year."""
    written: str = format_date(datetime.fromtimestamp(moment, UTC), "long", rebase=True)
    return written.replace(" ", "\N{NO-BREAK SPACE}", 1)


def moment(at: int) -> str:
    """A Unix time as a day and a time in the shop's time zone: 3 May 2026 at 14:05."""
    time: str = format_datetime(datetime.fromtimestamp(at, UTC), "HH:mm")
    return gettext("%(day)s at %(time)s", day=day(at), time=time)


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
        return gettext(
            "Your cart from %(day)s has expired and could not be kept. You can start a new one.",
            day=day(refused.cart.changed_at),
        )
    if isinstance(refused, UnknownVersion):
        return gettext(
            "Your cart was saved by another version of this shop and could not be read. We have "
            "left its cookie alone, so that the other version can still read it."
        )
    if isinstance(refused, Tampered):
        reason = gettext(
            "The cart in this browser was not signed by this shop, so we could not trust it."
        )
    else:
        reason = gettext(
            "The cart in this browser is damaged, or not this shop’s, and could not be read."
        )
    if is_replaced:
        fate = gettext("Your new cart has taken its place.")
    else:
        fate = gettext(
            "We have left its cookie alone. You can start a new cart, which takes its place."
        )
    return f"{reason} {fate}"


def not_renewed(expires_at: int) -> str:
    """That a full cart's life could not start again, how long it is kept, and what to do."""
    return gettext(
        "Your cart is too full to be renewed: it is kept until %(day)s. To keep it longer, remove "
        "a line.",
        day=day(expires_at),
    )


def expired_offer(day_written: str) -> str:
    """The question whether to restore an expired cart, last changed on this day."""
    return gettext("Your cart from %(day)s has expired. Restore it?", day=day_written)


def price_change(price: Money, earlier: Money) -> str:
    """A price now, and what it was."""
    return gettext(
        "Now %(price)s, was %(earlier)s when you last looked.",
        price=money(price),
        earlier=money(earlier),
    )


def price_changes(changes: list[tuple[str, Money, Money]]) -> str:
    """Changed prices: each by name if there are few, otherwise how many."""
    if len(changes) > MOST_CHANGES_NAMED:
        return ngettext(
            "%(count)s price in your cart has changed since you last looked. The totals below use "
            "the new price.",
            "%(count)s prices in your cart have changed since you last looked. The totals below "
            "use the new prices.",
            len(changes),
        )
    return " ".join(
        gettext(
            "%(product)s is now %(price)s, was %(earlier)s when you last looked.",
            product=name,
            price=money(price),
            earlier=money(earlier),
        )
        for name, price, earlier in changes
    )


def variant(choice: Choice, chosen: Product) -> str:
    """What is different about a variant, seen from the chosen one: “in Slate, £19.50, sold out”. Of
    the chosen one itself, the page says whether there is any."""
    product = choice.product
    if choice.is_chosen:
        return ""
    notes = []
    if choice.instead:
        notes.append(gettext("in %(options)s", options=_one_by_one(choice.instead)))
    if product.price != chosen.price:
        notes.append(money(product.price))
    if product.is_sold_out:
        notes.append(gettext("sold out"))
    return _one_by_one(notes)


def _one_by_one(texts: Sequence[str]) -> str:
    # With the comma of the language.
    return reduce(
        lambda one, other: gettext("%(one)s, %(other)s", one=one, other=other), texts or [""]
    )


def coupon_obstacle(quote: Quote) -> str:
    """Why a cart's coupon takes nothing off, and what would help. The quote has an obstacle."""
    coupon, obstacle = quote.coupon, quote.obstacle
    if coupon is None or obstacle is None:
        return gettext("The code in your cart is no longer valid, so nothing is taken off.")
    code = coupon.code
    if obstacle is Obstacle.ENDED and coupon.ends_at is not None:
        return gettext(
            "%(code)s ended on %(day)s, so nothing is taken off.",
            code=code,
            day=day(coupon.ends_at - 1),
        )
    if obstacle is Obstacle.TOO_LITTLE:
        subtotal = quote.sums.subtotal
        missing = Money(coupon.from_subtotal.minor - subtotal.minor, subtotal.currency)
        return gettext(
            "%(code)s applies from %(subtotal)s on: %(missing)s to go.",
            code=code,
            subtotal=money(coupon.from_subtotal),
            missing=money(missing),
        )
    if obstacle is Obstacle.USED_UP:
        return gettext("%(code)s has been used already, so nothing is taken off.", code=code)
    return gettext("%(code)s is not in this shop’s currency, so nothing is taken off.", code=code)


def too_large(overflow: CartTooLarge, product: str) -> str:
    """Which line did not fit, what it needed and what to do."""
    return gettext(
        "“%(product)s” does not fit into your cart. With it the cart would need %(needed)s bytes, "
        "and only %(limit)s can be kept. Nothing was changed: your cart is as it was. Place an "
        "order first, or remove a line to make room.",
        product=product,
        needed=number(overflow.needed_bytes),
        limit=number(overflow.limit_bytes),
    )


def quantity(refused: QuantityRefused) -> str:
    """Why a quantity was refused."""
    if refused.held and refused.quantity > 0:
        return gettext(
            "You already have %(held)s of these in your cart, and the limit is %(limit)s. Your "
            "cart is as it was.",
            held=number(refused.held),
            limit=number(refused.maximum),
        )
    return quantity_range(refused.maximum)


def quantity_range(maximum: int) -> str:
    """The range of a quantity."""
    return gettext(
        "Please enter a whole number from 1 to %(limit)s. Your cart is as it was.",
        limit=number(maximum),
    )
