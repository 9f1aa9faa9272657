"""Withdraws products from sale, or deletes them.

A product that is no longer sold stays in the database, for the carts that have it. A deleted one
leaves carts that say so, orders that keep their own copy, and a number that is never given again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, delete, select, update

from shop.core.errors import UnknownSkus
from shop.storage import groups
from shop.storage.models import ProductRow

_BY_SKU = ProductRow.sku == bindparam("known_sku")


def retire(connection: Connection, skus: Collection[str]) -> list[str]:
    """Withdraws these products from sale, and returns those that were sold until now.

    Raises UnknownSkus when there is no product of one of them.
    """
    sold = _are_sold(connection)
    _check_known(skus, sold)
    retired = [sku for sku in skus if sold[sku]]
    _retire(connection, retired)
    return retired


def retire_others(connection: Connection, skus: Collection[str]) -> list[str]:
    """Withdraws all products but these from sale, and returns those that were sold until now."""
    kept = set(skus)
    sold = _are_sold(connection)
    retired = [sku for sku, is_sold in sold.items() if is_sold and sku not in kept]
    _retire(connection, retired)
    return retired


def remove(connection: Connection, skus: Collection[str]) -> None:
    """Deletes these products. Raises UnknownSkus when there is none of one of these SKUs."""
    _check_known(skus, _are_sold(connection))
    connection.execute(delete(ProductRow).where(_BY_SKU), [{"known_sku": sku} for sku in skus])
    groups.forget_empty(connection)


def _are_sold(connection: Connection) -> dict[str, bool]:
    products = select(ProductRow.sku, ProductRow.is_active).order_by(ProductRow.number)
    return {product.sku: product.is_active for product in connection.execute(products)}


def _check_known(skus: Iterable[str], known: Collection[str]) -> None:
    unknown = [sku for sku in skus if sku not in known]
    if unknown:
        raise UnknownSkus(unknown)


def _retire(connection: Connection, skus: Collection[str]) -> None:
    if skus:
        retiring = update(ProductRow).where(_BY_SKU).values(is_active=False)
        connection.execute(retiring, [{"known_sku": sku} for sku in skus])
