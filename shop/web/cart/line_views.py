"""A line of a cart as pages show it, with its messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shop.core.money import Money
from shop.core.pricing import Problem, QuoteLine
from shop.web.languages.texts import gettext, ngettext
from shop.web.site import wording
from shop.web.site.addresses import Addresses
from shop.web.site.product_picture import Picture
from shop.web.site.shop import shop


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a line was not changed; `typed` is what was typed into its field."""

    number: int
    typed: str
    error: str


@dataclass(frozen=True, slots=True)
class LineView:
    """The texts of a line and the addresses of its forms; `address` is None for a deleted
    product."""

    quoted: QuoteLine
    name: str
    address: str | None
    picture: Picture
    update_address: str
    removal_address: str
    quantity: str
    message: str | None
    price_notice: str | None
    error: str | None


def line_view(
    quoted: QuoteLine,
    to: Addresses,
    complaint: Complaint | None = None,
    earlier: Money | None = None,
) -> LineView:
    """A line for a page, with its earlier price if that was different. A bad line never makes it
    fail."""
    number, product = quoted.line.number, quoted.product
    return LineView(
        quoted=quoted,
        name=product.name if product else gettext("A product we no longer have"),
        address=to.product(product.slug) if product else None,
        picture=to.picture(product),
        update_address=to.line(number),
        removal_address=to.removal(number),
        quantity=complaint.typed if complaint else str(quoted.line.quantity),
        message=_message(quoted),
        price_notice=_price_notice(quoted, earlier),
        error=complaint.error if complaint else None,
    )


def _price_notice(quoted: QuoteLine, earlier: Money | None) -> str | None:
    if earlier is None or quoted.product is None or not quoted.is_charged:
        return None
    return wording.price_change(quoted.product.price, earlier)


def _message(quoted: QuoteLine) -> str | None:
    if quoted.problem is None:
        return None
    stock = quoted.product.stock if quoted.product else None
    return _MESSAGES[quoted.problem](stock or 0)


def _no_longer_sold() -> str:
    return gettext("No longer sold, so it is not charged. You can remove it.")


_MESSAGES: dict[Problem, Callable[[int], str]] = {
    Problem.DELETED: lambda _: _no_longer_sold(),
    Problem.DISCONTINUED: lambda _: _no_longer_sold(),
    Problem.FOREIGN: lambda _: gettext("Not sold in this shop’s currency, so it is not charged."),
    Problem.SOLD_OUT: lambda _: gettext(
        "Sold out, so it is not charged. We keep it in case we get more."
    ),
    Problem.TOO_FEW: lambda stock: ngettext(
        "Only %(count)s left. Please lower the quantity to order.",
        "Only %(count)s left. Please lower the quantity to order.",
        stock,
    ),
    Problem.TOO_MANY: lambda _: ngettext(
        "At most %(count)s in one order. Please lower the quantity.",
        "At most %(count)s in one order. Please lower the quantity.",
        shop().rules.max_quantity,
    ),
}
