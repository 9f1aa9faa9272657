"""Orders: what was bought, at the prices of that moment, and the statuses that follow.

An order keeps its own copy of names, prices and VAT rates: a later change in the catalogue
never changes it. Its `token` is unguessable and is the only key to its page; its `reference`
is for people to read out. `once_key` is unique, so that one checkout makes one order however
often it is sent. Its history has a step for each status that it came to, the placing first.

    placed    -> paid, cancelled
    paid      -> sent, refunded
    sent      -> refunded
    cancelled, refunded: final

With some payments goods may leave before the money comes. Such an order goes another way too:

    placed           -> sent
    sent, not paid   -> paid, cancelled

It stays sent when it is paid; its history says that it is.

Goods that never left go back into stock: those of an order that is cancelled or refunded before
it was sent. What was sent may come back broken or not at all, so that whoever unpacks it counts
it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from enum import Enum

from shop.core.errors import TransitionRefused
from shop.core.money import Money
from shop.core.pricing import Quote, Sums


class Status(Enum):
    PLACED = "placed"
    PAID = "paid"
    SENT = "sent"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PLACED: frozenset({Status.PAID, Status.CANCELLED}),
    Status.PAID: frozenset({Status.SENT, Status.REFUNDED}),
    Status.SENT: frozenset({Status.REFUNDED}),
    Status.CANCELLED: frozenset(),
    Status.REFUNDED: frozenset(),
}
GOODS_FIRST = frozenset({"invoice"})
"""The codes of the payment methods with which goods may leave before the money comes."""
OWED = frozenset({Status.PLACED, Status.SENT})
"""Statuses of an order whose money comes, or has come, and stays."""


LONGEST_NOTE = 500
"""Characters of a note, a tracking or a name that a keeper gives with a step."""
SHOPPER = "shopper"
"""Who placed every order, in its history."""
SHOP = "shop"
"""Who takes the steps that nobody has to ask for, such as cancelling what was never paid."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to an order: the status that it came to, when in Unix seconds, and who did it.

    `tracking` is the parcel's number or address at its carrier, and `note` is for keepers; both
    may be empty. Raises ValueError when nobody did it, or when an order that is not sent has a
    tracking.
    """

    status: Status
    at: int
    by: str
    note: str = ""
    tracking: str = ""

    def __post_init__(self) -> None:
        if not self.by:
            raise ValueError("a step of an order is somebody's")
        if self.tracking and self.status is not Status.SENT:
            raise ValueError("only a parcel that is sent can be tracked")

    @property
    def who(self) -> str:
        """Who did it, in English and as after “by”."""
        return f"the {self.by}" if self.by in (SHOPPER, SHOP) else self.by


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `country` is an ISO 3166 code of two letters; what the addresses of a
    country lack is empty. Raises ValueError for any other country."""

    line_1: str
    line_2: str
    town: str
    region: str
    postcode: str
    country: str

    def __post_init__(self) -> None:
        if len(self.country) != 2 or not self.country.isascii() or not self.country.isupper():
            raise ValueError(f"{self.country!r} is not a country code of two capital letters")


@dataclass(frozen=True, slots=True)
class Customer:
    """Who an order goes to, as they wrote it. Older orders have their address in one text."""

    name: str
    email: str
    address: Address | str
    note: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A quantity of one product, with its name and price at the time of the order."""

    number: int
    sku: str
    name: str
    quantity: int
    unit_price: Money
    vat_basis_points: int
    total: Money


@dataclass(frozen=True, slots=True)
class Order:
    """A placed order. `placed_at` is Unix time in seconds; `history` is in the order in which
    things happened, and its last step led to `status`, unless that is the payment of goods that
    were sent before. `language` is the tag (BCP 47) of that in which it was placed; of older orders
    it is empty."""

    token: str
    reference: str
    once_key: str
    placed_at: int
    customer: Customer
    payment: str
    status: Status
    lines: tuple[OrderLine, ...]
    sums: Sums
    history: tuple[Step, ...]
    language: str = ""

    @property
    def tracking(self) -> str:
        """The parcel's number or address at its carrier, or nothing."""
        return next((step.tracking for step in self.history if step.tracking), "")

    @property
    def is_paid(self) -> bool:
        """Whether its money has come, even if it has been returned since."""
        return any(step.status is Status.PAID for step in self.history)

    @property
    def is_owed(self) -> bool:
        """Whether its money is still to come."""
        return self.status in OWED and not self.is_paid

    @property
    def since(self) -> int:
        """When it came to its status, in Unix seconds."""
        return [step.at for step in self.history if step.status is self.status][-1]

    @property
    def is_sent(self) -> bool:
        """Whether its goods have left."""
        return any(step.status is Status.SENT for step in self.history)

    @property
    def next_statuses(self) -> tuple[Status, ...]:
        """What it can be next."""
        allowed = TRANSITIONS[self.status]
        if self.payment in GOODS_FIRST and self.status is Status.PLACED:
            allowed |= {Status.SENT}
        elif self.status is Status.SENT and self.is_owed:
            allowed = frozenset({Status.PAID, Status.CANCELLED})
        return tuple(status for status in Status if status in allowed)


def place(
    quote: Quote,
    customer: Customer,
    *,
    token: str,
    once_key: str,
    now: int,
    payment: str,
    language: str = "",
) -> Order:
    """The order for a quote's charged lines. One that costs nothing is paid at once.

    Raises ValueError when the quote is not orderable.
    """
    if not quote.is_orderable:
        raise ValueError("this quote cannot be ordered")
    history = [Step(Status.PLACED, now, SHOPPER)]
    if not quote.sums.total.minor:  # a coupon took everything off: no money is to come
        history.append(Step(Status.PAID, now, SHOPPER))
    return Order(
        token=token,
        reference=reference(token),
        once_key=once_key,
        placed_at=now,
        customer=customer,
        payment=payment,
        status=history[-1].status,
        lines=tuple(_order_lines(quote)),
        sums=quote.sums,
        history=tuple(history),
        language=language,
    )


def advance(order: Order, step: Step) -> Order:
    """The order after its next step. Raises TransitionRefused when it is none of those that can
    be next."""
    _check(order, step.status)
    is_paid_after_it_left = step.status is Status.PAID and order.is_sent
    status = order.status if is_paid_after_it_left else step.status
    return replace(order, status=status, history=(*order.history, step))


def _check(order: Order, after: Status) -> None:
    if after in order.next_statuses:
        return
    before = order.status.value
    if after is order.status or (order.status is Status.SENT and after is Status.PAID):
        raise TransitionRefused(f"The order is {after.value} already. Nothing was changed.")
    allowed = [status.value for status in order.next_statuses]
    raise TransitionRefused(
        f"An order that is {before} cannot be {after.value}. Nothing was changed. "
        + (f"It can be {' or '.join(allowed)}." if allowed else "It is finished.")
    )


def returns_stock(order: Order, after: Status) -> bool:
    """Whether this step puts the order's goods, which have not left, back into stock."""
    return after in (Status.CANCELLED, Status.REFUNDED) and not order.is_sent


def reference_of(text: str) -> str:
    """A reference as it is stored, from however a person writes it: `abcd efgh` is `ABCD-EFGH`."""
    bare = "".join(text.replace("-", " ").split()).upper()
    return f"{bare[:4]}-{bare[4:]}"


def reference(token: str) -> str:
    """Eight letters and digits for people to read out; they reveal nothing about the token.

    40 bits of SHA-256 over the token, in base32 (RFC 4648), in two groups.
    """
    letters = base64.b32encode(hashlib.sha256(token.encode("ascii")).digest()).decode("ascii")
    return f"{letters[:4]}-{letters[4:8]}"


def _order_lines(quote: Quote) -> list[OrderLine]:
    return [
        OrderLine(
            number=quoted.product.number,
            sku=quoted.product.sku,
            name=quoted.product.name,
            quantity=quoted.line.quantity,
            unit_price=quoted.product.price,
            vat_basis_points=quoted.vat_basis_points,
            total=quoted.total,
        )
        for quoted in quote.charged
        if quoted.product is not None
    ]
