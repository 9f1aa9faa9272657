"""What products have cost: at a moment, before a reduction, and when prices last changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select

from shop.core.money import Money
from shop.storage.catalogue import MAX_NUMBERS_A_QUERY
from shop.storage.models import PriceRow

_PRICES_AT = (
    select(PriceRow.product_number, PriceRow.price_minor, PriceRow.currency)
    .where(
        PriceRow.product_number.in_(bindparam("numbers", expanding=True)),
        PriceRow.since <= bindparam("moment"),
    )
    .order_by(PriceRow.since, PriceRow.number)
)
_HISTORY = (
    select(PriceRow.price_minor, PriceRow.currency, PriceRow.since)
    .where(PriceRow.product_number == bindparam("number"))
    .order_by(PriceRow.since.desc(), PriceRow.number.desc())
)
PRIOR_SECONDS = 30 * 86_400
"""How far back the lowest price before a reduction is looked for: 30 days (Directive 98/6/EC,
article 6a)."""


def prices_at(connection: Connection, numbers: Collection[int], moment: int) -> dict[int, Money]:
    """What products cost at a moment (Unix seconds); products without a price by then are left
    out."""
    wanted = sorted(numbers)
    prices: dict[int, Money] = {}
    for at in range(0, len(wanted), MAX_NUMBERS_A_QUERY):
        chunk = wanted[at : at + MAX_NUMBERS_A_QUERY]
        rows = connection.execute(_PRICES_AT, {"numbers": chunk, "moment": moment})
        prices.update((number, Money(minor, currency)) for number, minor, currency in rows)
    return prices


def prior_price(connection: Connection, number: int) -> Money | None:
    """The lowest price that a product had in the 30 days before it came to its price of now, in the
    same currency; None when it had none before."""
    rows = connection.execute(_HISTORY, {"number": number}).all()
    if len(rows) < 2:
        return None
    now, *earlier = rows  # the newest first
    lowest = None
    for row in earlier:
        if row.currency == now.currency:
            lowest = row.price_minor if lowest is None else min(lowest, row.price_minor)
        if row.since <= now.since - PRIOR_SECONDS:  # this one stood when the 30 days began
            break
    return None if lowest is None else Money(lowest, now.currency)


def last_price_change(connection: Connection) -> int | None:
    """When any price last changed, in Unix seconds."""
    return connection.execute(select(func.max(PriceRow.since))).scalar_one()
