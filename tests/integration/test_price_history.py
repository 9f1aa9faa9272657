"""The price history of a product, with one row for each change."""

from __future__ import annotations

from collections.abc import Callable

from shop.core.money import Money
from shop.storage import catalogue_import, price_history, schema
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import Defaults
from shop.storage.engine import connect_to, reading, writing
from tests.databases import Database

DEFAULTS = Defaults(currency="GBP", exponent=2, category="Everything else", vat_basis_points=2000)


def test_prices_keep_their_history(databases: Callable[[bool], Database]) -> None:
    engine = connect_to(databases(False).url)
    schema.migrate(engine)
    for now, price in ((1000, "2.55"), (2000, "2.55"), (3000, "2.95")):
        rows = read(f"sku,name,price,currency\nMUG,Mug,{price},GBP\n".encode(), DEFAULTS).rows
        with writing(engine) as connection:
            catalogue_import.import_rows(connection, rows, DEFAULTS, now)
    with reading(engine) as connection:
        seen = [price_history.prices_at(connection, [1], at) for at in (999, 1000, 2999, 3000)]
        last = price_history.last_price_change(connection)
        changes = connection.exec_driver_sql("SELECT count(*) FROM prices").scalar_one()
    engine.dispose()
    old, new = {1: Money(255, "GBP")}, {1: Money(295, "GBP")}
    assert seen == [{}, old, old, new]
    assert last == 3000
    assert changes == 2
