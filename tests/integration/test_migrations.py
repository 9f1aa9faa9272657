"""A database with products and orders in it is migrated, and both stay as they were."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from shop.storage import schema
from shop.storage.engine import connect_to, reading, writing
from shop.storage.models import Table
from tests.conftest import Opener, OpenShop
from tests.databases import PostgresqlServer
from tests.integration.client import elements, parsed


def migrate(shop: OpenShop, step: str, revision: str) -> None:
    config = schema._config()
    with writing(shop.app.extensions["shop"].engine) as connection:
        config.attributes["connection"] = connection
        getattr(command, step)(config, revision)


def insert(shop: OpenShop, **columns: str) -> None:
    """An order with these columns and no lines."""
    values: dict[str, object] = {
        "token": "a-token",
        "reference": "AAAA-BBBB",
        "once_key": "a key",
        "placed_at": 1_780_000_000,
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "note": "",
        "payment": "invoice",
        "status": "placed",
        "currency": "GBP",
        "subtotal_minor": 950,
        "shipping_minor": 395,
        "total_minor": 1345,
    }
    values |= columns
    marks = ", ".join("?" * len(values))
    shop.sql(f"insert into orders ({', '.join(values)}) values ({marks})", *values.values())


def test_an_address_in_one_text_is_shown_after_the_migration(open_shop: Opener) -> None:
    shop = open_shop(migrated=False)
    migrate(shop, "upgrade", "0002")
    insert(shop, address="12 St James's Square\nLondon")
    schema.migrate(shop.app.extensions["shop"].engine)
    page = parsed(shop.visitor().get("/orders/a-token").text)
    lines = [line.to_text() for line in elements(page, "address > span")]
    assert lines == ["Ada Lovelace", "12 St James's Square", "London"]


def test_the_parts_of_an_address_become_one_text_on_the_way_back(open_shop: Opener) -> None:
    shop = open_shop(migrated=False)
    migrate(shop, "upgrade", "0003")
    insert(shop, address="", address_line_1="1 Row", town="Bath", postcode="BA1 1AA", country="GB")
    insert(shop, token="old", once_key="old", address="1 Lane\nYork")
    migrate(shop, "downgrade", "0002")
    addresses = shop.sql("select address from orders order by number")
    texts = [address.split() for (address,) in addresses]
    assert texts == [["1", "Row", "Bath", "BA1", "1AA", "GB"], ["1", "Lane", "York"]]


def test_an_order_from_before_the_history_begins_it_with_its_placing(open_shop: Opener) -> None:
    shop = open_shop(migrated=False)
    migrate(shop, "upgrade", "0004")
    insert(shop, address="1 Lane\nYork")
    schema.migrate(shop.app.extensions["shop"].engine)
    events = shop.sql("select position, status, at, made_by, note, tracking from order_events")
    assert events == [(0, "placed", 1_780_000_000, "shopper", "", "")]
    migrate(shop, "downgrade", "0004")
    assert shop.sql("select reference, status from orders") == [("AAAA-BBBB", "placed")]


def test_steps_of_a_payment_provider_are_given_its_name(open_shop: Opener) -> None:
    shop = open_shop(migrated=False)
    migrate(shop, "upgrade", "0017")
    insert(shop, address="1 Lane\nYork")
    steps = [
        ("By card or wallet", "stripe cs_1"),
        ("At the pretend bank", "pretend-bank key"),
        ("At the pretend bank", "Said a keeper of this name"),
        ("shop", "No payment came."),
    ]
    for position, step in enumerate(steps):
        shop.sql("insert into order_events values (1, ?, 'paid', 9, ?, ?, '')", position, *step)
    makers = "select made_by, note from order_events order by position"
    migrate(shop, "upgrade", "0018")
    assert [by for by, _ in shop.sql(makers)] == [
        "Stripe", "the pretend bank", "At the pretend bank", "shop",
    ]  # fmt: skip
    migrate(shop, "downgrade", "0017")
    assert shop.sql(makers) == steps


KEPT = (
    "select number, sku, slug, name, description, category_number, price_minor, stock, is_active "
    "from products order by number"
)
FIRST_PRODUCT = (
    "insert into products (sku, slug, name, description, category_number, price_minor, currency, "
    "vat_basis_points, stock, image, is_active, search_text) "
    "values (?, lower(?), ?, '', 1, 950, 'GBP', 2000, 3, null, true, '')"
)
"""What puts a product into the tables of the first version."""


def test_the_products_of_the_first_version_are_found_and_kept(open_shop: Opener) -> None:
    shop = open_shop(migrated=False)
    migrate(shop, "upgrade", "0001")
    shop.sql("insert into categories (slug, name) values ('knives', 'Knives')")
    for sku, name in (("B", "Bread knife"), ("A", "Apple knife"), ("GONE", "Old knife")):
        shop.sql(FIRST_PRODUCT, sku, sku, name)
    shop.sql(
        "insert into prices (product_number, price_minor, currency, since) "
        "values (1, 950, 'GBP', 1780000000)"
    )
    shop.sql("delete from products where sku = 'GONE'")
    before = shop.sql(KEPT), shop.sql("select * from prices")

    schema.migrate(shop.app.extensions["shop"].engine)
    page = parsed(shop.visitor().get("/products?q=knives&sort=name").text)
    names = [name.to_text() for name in elements(page, ".card-name")]
    assert names == ["Apple knife", "Bread knife"]

    migrate(shop, "downgrade", "0001")
    assert (shop.sql(KEPT), shop.sql("select * from prices")) == before
    shop.sql(FIRST_PRODUCT, "NEW", "NEW", "New knife")
    assert shop.number("NEW") == 4, "the number of a deleted product is not given again"
    migrate(shop, "downgrade", "base")
    assert inspect(shop.engine).get_table_names() == ["alembic_version"]


def test_the_migrated_tables_are_those_of_the_models(shop: OpenShop) -> None:
    with reading(shop.engine) as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_of_the_models})
        assert compare_metadata(context, Table.metadata) == []


def is_of_the_models(_: object, name: str | None, kind: str, is_there: bool, __: object) -> bool:
    """Whether a table or index is one of the models'. They know nothing of the full text search,
    which each database has in its own way."""
    return not (is_there and kind in ("table", "index") and "words" in (name or ""))


def test_the_newest_revision_is_alembics_head() -> None:
    assert schema._head() == ScriptDirectory.from_config(schema._config()).get_current_head()


def test_a_shop_at_an_older_revision_is_not_current(open_shop: Opener) -> None:
    shop = open_shop()
    engine = shop.app.extensions["shop"].engine
    assert schema.is_current(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert not schema.is_current(engine)
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert not schema.is_current(engine)


def test_a_served_shop_does_not_load_what_only_other_commands_need() -> None:
    """Its start would take a fifth longer."""
    loaded = "import sys, shop.cli, shop.lab.blueprints; print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True)
    assert not {"alembic", "email_validator", "tqdm"}.intersection(process.stdout.decode().split())


@pytest.mark.postgresql
def test_replicas_that_start_together_migrate_once(server: PostgresqlServer) -> None:
    together = Barrier(2)

    def migrate(engine: Engine) -> bool:
        together.wait()
        return schema.migrate(engine)

    with server.empty() as database, ThreadPoolExecutor() as pool:
        engines = [connect_to(database.url) for _ in range(2)]
        assert sorted(pool.map(migrate, engines)) == [False, True]
        for engine in engines:
            assert schema.is_current(engine)
            engine.dispose()
