"""What a cart costs, from the products as they are now. The rules are data.

-   A price contains its VAT. A line's total is price * quantity, exact.
-   A line is charged when its product can be sold. One that was deleted, withdrawn from sale,
    sold out or priced in another currency stays in the cart, is shown and costs nothing.
-   A line whose quantity exceeds the stock, or the most that one order may hold, is charged
    and blocks the checkout until its quantity is lowered.
-   Subtotal: the sum of the charged lines. Shipping: flat, free from a threshold on; none
    when nothing is charged. Total: subtotal + shipping. Both may differ between countries, which
    have rules of their own.
-   The VAT in the prices is rounded half-up for each line, and for shipping like one more
    line, then added up by rate. So all figures on a page add up; the sum can differ from VAT
    on the total by half a penny a line.

Deliberately absent: discounts, exchange rates, taxes on top.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from shop.core.cart import Cart, Line
from shop.core.catalogue import Product, Snapshot
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
    """The sums below the lines of a quote or an order. Invariant: total = subtotal + shipping."""

    subtotal: Money
    shipping: Money
    total: Money
    vat: tuple[VatShare, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A cart priced. Invariant: subtotal = sum of the lines' totals."""

    lines: tuple[QuoteLine, ...]
    sums: Sums
    until_free_shipping: Money | None

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
        figures += [f"{share.basis_points}:{share.amount.minor}" for share in sums.vat]
        return hashlib.sha256(";".join(figures).encode("ascii")).hexdigest()[:24]


def quote(cart: Cart, products: Snapshot, rules: Rules) -> Quote:
    """Prices a cart from products that were read for it. A bad line never makes it fail."""
    nothing = Money(0, rules.currency)
    lines = []
    charged_minor = []
    vat_minor: dict[int, int] = {}
    for line in cart.lines:
        product = products.get(line.number)
        found = problem(line, product, rules)
        if product is None or (found is not None and found.leaves_out):
            lines.append(QuoteLine(line, product, found, nothing))
            continue
        line_total = product.price.times(line.quantity)
        rate = rules.vat_basis_points(product)
        lines.append(QuoteLine(line, product, found, line_total, rate))
        charged_minor.append(line_total.minor)
        vat_minor[rate] = vat_minor.get(rate, 0) + contained_vat(line_total.minor, rate)
    subtotal = Money(sum(charged_minor), rules.currency)
    shipping = _shipping(subtotal, rules) if charged_minor else nothing
    return Quote(
        lines=tuple(lines),
        sums=Sums(
            subtotal=subtotal,
            shipping=shipping,
            total=subtotal + shipping,
            vat=_vat_shares(vat_minor, shipping, rules),
        ),
        until_free_shipping=_missing(subtotal, rules) if charged_minor else None,
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


def _shipping(subtotal: Money, rules: Rules) -> Money:
    threshold = rules.free_shipping_from
    if threshold is not None and subtotal >= threshold:
        return Money(0, rules.currency)
    return rules.shipping


def _missing(subtotal: Money, rules: Rules) -> Money | None:
    threshold = rules.free_shipping_from
    if threshold is None or subtotal >= threshold or not rules.shipping.minor:
        return None
    return Money(threshold.minor - subtotal.minor, rules.currency)


def _vat_shares(vat_minor: dict[int, int], shipping: Money, rules: Rules) -> tuple[VatShare, ...]:
    shares = dict(vat_minor)
    if shipping.minor:
        rate = rules.shipping_vat_basis_points
        shares[rate] = shares.get(rate, 0) + contained_vat(shipping.minor, rate)
    return tuple(
        VatShare(rate, Money(minor, rules.currency)) for rate, minor in sorted(shares.items())
    )
