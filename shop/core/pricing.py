"""What a cart costs, from the products as they are now. The rules are data.

-   A price contains its VAT. A line's total is price * quantity, exact.
-   A line is charged when its product can be sold. One that was deleted, withdrawn from sale,
    sold out or priced in another currency stays in the cart, is shown and costs nothing.
-   A line whose quantity exceeds the stock, or the most that one order may hold, is charged
    and blocks the checkout until its quantity is lowered.
-   Subtotal: the sum of the charged lines. Shipping: flat, free from a threshold on; none
    when nothing is charged. Total: subtotal - discount + shipping. Both may differ between
    countries, which have rules of their own.
-   A coupon that applies takes a discount off the subtotal, or the shipping (core.coupons).
    Shipping is free from its threshold on before the discount, so that no coupon makes anything
    dearer. The discount is split over the charged lines in proportion to their totals.
-   The VAT in the prices is rounded half-up for each line, and for shipping like one more
    line, then added up by rate. The VAT of a line is that in its total less its share of the
    discount. So all figures on a page add up; the sum can differ from VAT on the total by half
    a penny a line.

Deliberately absent: several coupons, exchange rates, taxes on top.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from shop.core import coupons
from shop.core.cart import Cart, Line
from shop.core.catalogue import Product, Snapshot
from shop.core.coupons import Coupon, Kind, Obstacle
from shop.core.money import Money, contained_vat


class Problem(Enum):
    """Why a line cannot be ordered as it stands."""

    DELETED = "deleted"
    DISCONTINUED = "discontinued"
    FOREIGN = "foreign"
    SOLD_OUT = "sold out"
    TOO_FEW = "too few"
    TOO_MANY = "too many"

    @property
    def leaves_out(self) -> bool:
        """Whether the line is left out of the sum, and of the order."""
        return self not in (Problem.TOO_FEW, Problem.TOO_MANY)


@dataclass(frozen=True, slots=True)
class Rules:
    """How this shop charges: amounts in its one currency, rates in basis points."""

    currency: str
    shipping: Money
    free_shipping_from: Money | None
    shipping_vat_basis_points: int
    max_quantity: int
    vat_rates: Mapping[int, int] = field(default_factory=dict, hash=False)
    """Where the order goes, a rate of the catalogue is this one. Others stay as they are, and so do
    prices: what a country takes is contained in them."""

    def __hash__(self) -> int:
        return hash((self.currency, self.max_quantity))  # cheap, and equal where rules are

    def vat_basis_points(self, product: Product) -> int:
        """The rate contained in a product's price where the order goes."""
        return self.vat_rates.get(product.vat_basis_points, product.vat_basis_points)


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line priced, with the VAT rate in its total. Both are zero when the problem leaves the
    line out."""

    line: Line
    product: Product | None
    problem: Problem | None
    total: Money
    vat_basis_points: int = 0

    def __hash__(self) -> int:
        return hash((self.line.number, self.line.quantity))  # cheap, and equal where lines are

    @property
    def is_charged(self) -> bool:
        return self.problem is None or not self.problem.leaves_out


@dataclass(frozen=True, slots=True)
class VatShare:
    """The VAT contained in a quote at one rate."""

    basis_points: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums below the lines of a quote or an order. Invariant: total = subtotal - discount +
    shipping. `coupon` is the code of the coupon that applies, if one does."""

    subtotal: Money
    discount: Money
    shipping: Money
    total: Money
    vat: tuple[VatShare, ...]
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart priced. Invariant: subtotal = sum of the lines' totals.

    `coupon` is the one that the cart has, if there still is such a coupon, and `obstacle` says why
    the cart's takes nothing off, if it does not.
    """

    lines: tuple[QuoteLine, ...]
    sums: Sums
    until_free_shipping: Money | None
    coupon: Coupon | None = None
    obstacle: Obstacle | None = None

    @property
    def charged(self) -> tuple[QuoteLine, ...]:
        return tuple(line for line in self.lines if line.is_charged)

    @property
    def left_out(self) -> tuple[QuoteLine, ...]:
        return tuple(line for line in self.lines if not line.is_charged)

    @property
    def is_orderable(self) -> bool:
        """Whether something is charged and nothing that is charged has a problem."""
        charged = self.charged
        return bool(charged) and all(line.problem is None for line in charged)

    @property
    def fingerprint(self) -> str:
        """The same for two quotes exactly when they charge the same amounts for the same lines.

        96 bits of SHA-256, in hexadecimal, over every charged line and every amount.
        """
        figures = [
            f"{quoted.line.number}*{quoted.line.quantity}={quoted.total.minor}"
            for quoted in self.charged
        ]
        sums = self.sums
        figures += [f"{sums.shipping.minor}", f"{sums.total.minor}{sums.total.currency}"]
        figures += [f"{sums.discount.minor}{sums.coupon}"] if sums.coupon else []
        figures += [f"{share.basis_points}:{share.amount.minor}" for share in sums.vat]
        return hashlib.sha256(";".join(figures).encode("ascii")).hexdigest()[:24]


def quote(
    cart: Cart, products: Snapshot, rules: Rules, coupon: Coupon | None = None, *, now: int = 0
) -> Quote:
    """Prices a cart from products, and the coupon of its number, that were read for it; `now` is
    Unix time in seconds. A bad line or coupon never makes it fail."""
    nothing = Money(0, rules.currency)
    lines = [_quoted(line, products.get(line.number), rules) for line in cart.lines]
    charged = [(line.total.minor, line.vat_basis_points) for line in lines if line.is_charged]
    totals = [total for total, _ in charged]
    subtotal = Money(sum(totals), rules.currency)
    shipping = _shipping(subtotal, rules) if charged else nothing
    obstacle = coupons.obstacle(coupon, subtotal, now=now) if cart.coupon else None
    applied = coupon if cart.coupon and obstacle is None else None
    discount = coupons.discount(applied, subtotal) if applied else nothing
    if applied and applied.kind is Kind.FREE_SHIPPING:
        shipping = nothing
    vat_minor: dict[int, int] = {}
    for (total, rate), share in zip(charged, coupons.shares(discount.minor, totals), strict=True):
        vat_minor[rate] = vat_minor.get(rate, 0) + contained_vat(total - share, rate)
    return Quote(
        lines=tuple(lines),
        sums=Sums(
            subtotal=subtotal,
            discount=discount,
            shipping=shipping,
            total=Money(subtotal.minor - discount.minor + shipping.minor, rules.currency),
            vat=_vat_shares(vat_minor, shipping, rules),
            coupon=applied.code if applied else "",
        ),
        until_free_shipping=_missing(subtotal, rules) if shipping.minor else None,
        coupon=coupon if cart.coupon else None,
        obstacle=obstacle,
    )


def problem(line: Line, product: Product | None, rules: Rules) -> Problem | None:
    """The gravest problem with ordering this line, if there is one."""
    if product is None:
        return Problem.DELETED
    if not product.is_active:
        return Problem.DISCONTINUED
    if product.price.currency != rules.currency:
        return Problem.FOREIGN
    if product.is_sold_out:
        return Problem.SOLD_OUT
    if product.stock is not None and line.quantity > product.stock:
        return Problem.TOO_FEW
    return Problem.TOO_MANY if line.quantity > rules.max_quantity else None


# The same lines come again and again, and a product is the same object until it changes.
@lru_cache(maxsize=8192)
def _quoted(line: Line, product: Product | None, rules: Rules) -> QuoteLine:
    found = problem(line, product, rules)
    if product is None or (found is not None and found.leaves_out):
        return QuoteLine(line, product, found, Money(0, rules.currency))
    total = product.price.times(line.quantity)
    return QuoteLine(line, product, found, total, rules.vat_basis_points(product))


def _shipping(subtotal: Money, rules: Rules) -> Money:
    threshold = rules.free_shipping_from
    if threshold is not None and subtotal >= threshold:
        return Money(0, rules.currency)
    return rules.shipping


def _missing(subtotal: Money, rules: Rules) -> Money | None:
    threshold = rules.free_shipping_from
    return None if threshold is None else Money(threshold.minor - subtotal.minor, rules.currency)


def _vat_shares(vat_minor: dict[int, int], shipping: Money, rules: Rules) -> tuple[VatShare, ...]:
    shares = dict(vat_minor)
    if shipping.minor:
        rate = rules.shipping_vat_basis_points
        shares[rate] = shares.get(rate, 0) + contained_vat(shipping.minor, rate)
    return tuple(
        VatShare(rate, Money(minor, rules.currency)) for rate, minor in sorted(shares.items())
    )
