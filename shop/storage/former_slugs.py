"""The slugs that products had before, so that old addresses lead to where a product is now."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from shop.storage.models import FormerSlugRow, ProductRow

_CURRENT = (
    select(ProductRow.slug)
    .join(FormerSlugRow, FormerSlugRow.product_number == ProductRow.number)
    .where(FormerSlugRow.slug == bindparam("slug"))
)


def current_slug(connection: Connection, slug: str) -> str | None:
    """The slug of the product that had this one before. A product that has it now takes
    precedence: look for that one first."""
    return connection.execute(_CURRENT, {"slug": slug}).scalar()


def remember(connection: Connection, slugs: Mapping[str, object]) -> None:
    """Notes the slugs that products are about to lose: `slugs` are those they get, by SKU.

    A slug that is taken, by its former product or by another, is forgotten.
    """
    products = connection.execute(select(ProductRow.number, ProductRow.sku, ProductRow.slug))
    lost = {
        product.slug: product.number
        for product in products
        if slugs.get(product.sku, product.slug) != product.slug
    }
    known = connection.execute(select(FormerSlugRow.slug)).scalars()
    stale = [{"stale": slug} for slug in {*known} & {*lost, *slugs.values()}]
    if stale:
        connection.execute(
            delete(FormerSlugRow).where(FormerSlugRow.slug == bindparam("stale")), stale
        )
    if lost:
        connection.execute(
            insert(FormerSlugRow),
            [{"slug": slug, "product_number": number} for slug, number in lost.items()],
        )
