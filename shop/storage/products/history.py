"""What a product cost when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from shop.core.money import Money
from shop.storage.models import PriceRow


@dataclass(frozen=True, slots=True)
class PriceSince:
    """A price, and the Unix time in seconds from which on it applied."""

    price: Money
    since: int


def prices(connection: Connection, number: int, most: int) -> tuple[PriceSince, ...]:
    """The prices of the product with this number, the newest first; no more than `most`."""
    rows = connection.execute(
        select(PriceRow.price_minor, PriceRow.currency, PriceRow.since)
        .where(PriceRow.product_number == number)
        .order_by(PriceRow.since.desc(), PriceRow.number.desc())
        .limit(most)
    )
    return tuple(PriceSince(Money(row.price_minor, row.currency), row.since) for row in rows)
