"""Orders as a CSV file: a row for each, of texts that a spreadsheet or another program reads."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from babel.numbers import get_currency_precision

from shop.core.money import Money, plain
from shop.core.orders import Address, Order, Status

_FORMULA = re.compile(r"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n])) *(?=[=+\-@＝＋－＠])")


class _Returned:
    def write(self, row: str) -> str:
        return row


def lines(orders: Iterable[Order]) -> Iterator[str]:
    """The file line by line, the names of the columns first. It reads an order when its turn comes,
    so that a large shop's are never all in memory."""
    writer = csv.writer(_Returned(), lineterminator="\n")
    yield writer.writerow(COLUMNS)
    for order in orders:
        yield writer.writerow([harmless(cell(order)) for cell in COLUMNS.values()])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe is put before whatever begins
    as one (https://owasp.org/www-community/attacks/CSV_Injection). That can be behind a semicolon
    or a line break too: where decimals have a comma, a spreadsheet separates cells by semicolons,
    and does not take the quotes of this file for quotes."""
    return _FORMULA.sub(r"\g<0>'", cell)


def utc(moment: int) -> str:
    """Unix seconds as `2026-05-28T20:26:40Z`."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decimal(amount: Money) -> str:
    """An amount in major units, without its currency: `33.45`."""
    return plain(amount, get_currency_precision(amount.currency))


def street(order: Order) -> list[str]:
    """The lines of an address above its town; all of it, for an order that has it in one text."""
    address = order.customer.address
    if isinstance(address, Address):
        return [line for line in (address.line_1, address.line_2) if line]
    return address.splitlines()


def part(order: Order, name: str) -> str:
    """The `town`, `region`, `postcode` or `country` of an order, if it has one."""
    address = order.customer.address
    return str(getattr(address, name)) if isinstance(address, Address) else ""


def vat(order: Order) -> Money:
    """The VAT that the total contains."""
    minor = sum(share.amount.minor for share in order.sums.vat)
    return Money(minor, order.sums.total.currency)


def _paid_at(order: Order) -> str:
    return next((utc(step.at) for step in order.history if step.status is Status.PAID), "")


COLUMNS: dict[str, Callable[[Order], str]] = {
    "reference": lambda order: order.reference,
    "placed_at": lambda order: utc(order.placed_at),
    "status": lambda order: order.status.value,
    "status_since": lambda order: utc(order.since),
    "tracking": lambda order: order.tracking,
    "payment": lambda order: order.payment,
    "paid_at": _paid_at,
    "name": lambda order: order.customer.name,
    "email": lambda order: order.customer.email,
    "address": lambda order: ", ".join(street(order)),
    "town": lambda order: part(order, "town"),
    "region": lambda order: part(order, "region"),
    "postcode": lambda order: part(order, "postcode"),
    "country": lambda order: part(order, "country"),
    "note": lambda order: order.customer.note,
    "items": lambda order: "; ".join(f"{line.sku}*{line.quantity}" for line in order.lines),
    "subtotal": lambda order: decimal(order.sums.subtotal),
    "discount": lambda order: decimal(order.sums.discount),
    "coupon": lambda order: order.sums.coupon,
    "shipping": lambda order: decimal(order.sums.shipping),
    "total": lambda order: decimal(order.sums.total),
    "vat": lambda order: decimal(vat(order)),
    "currency": lambda order: order.sums.total.currency,
}
"""The columns, and what each holds of an order."""
