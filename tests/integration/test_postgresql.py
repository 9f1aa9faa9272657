"""The same shop on a real PostgreSQL, in a database of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, text

from shop.config import Settings
from shop.core.errors import FileRefused, OutOfStock, ProductChanged, TransitionRefused
from shop.core.money import Money
from shop.core.orders import Status
from shop.core.text import words
from shop.factory import create_app
from shop.storage import catalogue, catalogue_import, schema
from shop.storage.catalogue import Sort
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import Defaults, Row
from shop.storage.catalogue_import import Plan
from shop.storage.engine import reading, writing
from shop.storage.keepers import accounts, codes
from shop.storage.keepers.codes import Answer
from shop.storage.orders import advancing, listing, lookup, outbox, placing
from shop.storage.products import editing
from shop.storage.products import listing as product_listing
from shop.storage.products.listing import Availability
from tests.conftest import KEY, START, Clock, OpenShop, fill
from tests.databases import PostgresqlServer
from tests.integration.client import CUSTOMER, LintingClient, elements, field_value, parsed, text_of
from tests.integration.keepers import EMAIL, PASSWORD, RECOVERY, SECRET, code_at
from tests.integration.test_admin_codes import at_once as answers_at_once
from tests.integration.test_outbox import claimed_at_once
from tests.integration.variants import BLUE_M, GROUP, TEES

DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
pytestmark = pytest.mark.postgresql


@pytest.fixture
def settings(tmp_path: Path, server: PostgresqlServer) -> Iterator[Settings]:
    """A database of its own on the server."""
    with server.stocked(fill) as database:
        yield Settings.from_environ(
            {
                "SHOP_INSTANCE": str(tmp_path),
                "SHOP_SECRET_KEYS": KEY,
                "SHOP_PAYMENTS": "invoice",
                "SHOP_DATABASE_URL": database.url,
            }
        )


@pytest.fixture
def visitor(settings: Settings, clock: Clock) -> Iterator[LintingClient]:
    app = create_app(settings, now=clock)
    app.testing = True
    app.test_client_class = LintingClient
    yield cast("LintingClient", app.test_client())
    app.extensions["shop"].engine.dispose()


def engine_of(visitor: LintingClient) -> Engine:
    return cast("Engine", visitor.application.extensions["shop"].engine)


def scalar(visitor: LintingClient, statement: str) -> object:
    with reading(engine_of(visitor)) as connection:
        return connection.execute(text(statement)).scalar_one()


def test_the_shop_is_ready_and_migrating_is_idempotent(visitor: LintingClient) -> None:
    schema.migrate(engine_of(visitor))
    assert visitor.get("/readyz").status_code == 200
    assert scalar(visitor, "select count(*) from products") == 67


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("", "Everyday mug", 12),
        ("?q=CAFE&sort=cheapest", "Café au lait bowl", 2),
        ("?q=%25", None, 0),
        ("?sort=dearest", "Very dear chandelier", 12),
        ("?sort=name&page=99", None, None),
    ],
)
def test_list_and_search(
    visitor: LintingClient, query: str, first: str | None, count: int | None
) -> None:
    page = parsed(visitor.get(f"/products{query}").text)
    found = [card.to_text() for card in elements(page, ".card-name")]
    assert count is None or len(found) == count
    assert first is None or found[0] == first


def test_a_group_is_listed_once_and_ends_as_on_sqlite(visitor: LintingClient) -> None:
    rows = read(TEES.encode(), DEFAULTS).rows
    with writing(engine_of(visitor)) as connection:
        catalogue_import.import_rows(connection, rows, DEFAULTS, START)
    for sort in Sort:
        page = parsed(visitor.get(f"/products?q=red+tee&sort={sort.value}").text)
        assert [card.to_text() for card in elements(page, ".card-name")] == ["Plain tee"]
    assert "from £19.00" in visitor.get("/products?q=red+tee").text
    assert "Textiles" in visitor.get(GROUP).text
    assert GROUP in visitor.get("/sitemap.xml").text
    bare = "\n".join(row.partition("plain-tee,")[0] for row in TEES.splitlines()[1:])
    alone = read(f"sku,name,price,currency,category,stock,group\n{bare}".encode(), DEFAULTS).rows
    with writing(engine_of(visitor)) as connection:
        catalogue_import.import_rows(connection, alone, DEFAULTS, START)
    left = scalar(visitor, "select count(*) from product_groups where slug = 'plain-tee'")
    assert left == 0
    assert visitor.get(GROUP).location == BLUE_M


@pytest.mark.sqlite
def test_search_and_sorting_answer_as_on_sqlite(visitor: LintingClient, shop: OpenShop) -> None:
    sqlite = shop.app.extensions["shop"].engine
    with reading(engine_of(visitor)) as connection, reading(sqlite) as other:
        names = [product.name for product in catalogue.everything(other)]
        queries = {word[:end] for name in names for word in words(name) for end in (1, 3, 9)}
        for query in ("", "Mugs, paper", "café bowl", "'\" & |:*", "-", *sorted(queries)):
            for sort in Sort:
                page = catalogue.page(connection, words=query, sort=sort, size=50)
                assert page == catalogue.page(other, words=query, sort=sort, size=50), query


def test_of_two_keepers_at_once_one_is_told(visitor: LintingClient) -> None:
    visitor.add("STATE-ONE-LEFT")
    once = field_value(visitor.get("/checkout").text, "once")
    visitor.send("/checkout", once=once, **CUSTOMER)
    engine = engine_of(visitor)
    reference = str(scalar(visitor, "select reference from orders"))

    def cancel(by: str) -> bool:
        try:
            advancing.advance(engine, reference, Status.CANCELLED, by=by, at=1)
        except TransitionRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(cancel, ["Ann", "Bea", "Cy", "Dan"])) == 1
    assert scalar(visitor, "select stock from products where sku = 'STATE-ONE-LEFT'") == 1
    assert scalar(visitor, "select count(*) from order_events") == 2
    with reading(engine) as connection:
        found = listing.page(connection, search=f"ada {reference.lower()}", size=10)
        assert [order.reference for order in found.orders] == [reference]
    assert [order.status for order in lookup.everything(engine)] == [Status.CANCELLED]


def test_of_many_senders_at_once_each_message_has_one(visitor: LintingClient) -> None:
    visitor.add("MUG")
    once = field_value(visitor.get("/checkout").text, "once")
    visitor.send("/checkout", once=once, **CUSTOMER)
    engine = engine_of(visitor)
    claims = claimed_at_once(engine, START)
    assert sorted(claimed.kind.value for claimed in claims) == ["confirmation", "new-order"]
    assert all(outbox.sent(engine, claimed, "ada@example.com", now=START) for claimed in claims)
    assert claimed_at_once(engine, START + 10_000) == []


def test_a_changed_price_is_on_the_next_page(visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.get("/cart")
    with writing(engine_of(visitor)) as connection:
        connection.execute(text("update products set price_minor = 1234 where sku = 'MUG'"))
    assert "£12.34" in visitor.get("/cart").text


def test_an_order_reduces_the_stock_once(visitor: LintingClient) -> None:
    visitor.add("SALT-PIG", 2)
    once = field_value(visitor.get("/checkout").text, "once")
    first, second = (visitor.send("/checkout", once=once, **CUSTOMER) for _ in range(2))
    assert first.location == second.location
    assert "Ada" in text_of(visitor.get(first.location).text, "main")
    assert scalar(visitor, "select stock from products where sku = 'SALT-PIG'") == 31
    assert scalar(visitor, "select count(*) from orders") == 1


def test_nothing_is_oversold(visitor: LintingClient) -> None:
    visitor.add("SALT-PIG", 2)
    once = field_value(visitor.get("/checkout").text, "once")
    visitor.send("/checkout", once=once, **CUSTOMER)
    token = str(scalar(visitor, "select token from orders"))
    placed = lookup.by_token(engine_of(visitor), token)
    assert placed is not None
    with writing(engine_of(visitor)) as connection:
        connection.execute(text("delete from orders"))
        connection.execute(text("update products set stock = 1 where sku = 'SALT-PIG'"))
    with pytest.raises(OutOfStock):
        placing.place(engine_of(visitor), placed)
    assert scalar(visitor, "select count(*) from orders") == 0
    assert scalar(visitor, "select stock from products where sku = 'SALT-PIG'") == 1


def test_of_many_keepers_of_one_product_one_saves(visitor: LintingClient) -> None:
    engine, defaults = engine_of(visitor), visitor.application.extensions["shop"].defaults
    with reading(engine) as connection:
        mug = catalogue.by_skus(connection, ["MUG"])["MUG"]
    seen = editing.seen(mug, defaults)

    def save(name: str) -> bool:
        cells = {"name": name, "price": "9.50", "category": "Brand new"}
        try:
            editing.change(
                engine, mug.number, cells, seen_before=seen, defaults=defaults, now=START
            )
        except ProductChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, ["One mug", "Two mug", "Red mug", "Blue mug"])) == 1


def test_a_keeper_and_shoppers_change_a_stock_at_once(visitor: LintingClient) -> None:
    engine, defaults = engine_of(visitor), visitor.application.extensions["shop"].defaults
    taken = text("update products set stock = stock - 1 where sku = 'SALT-PIG' and stock >= 1")

    def buy(_: int) -> None:
        with writing(engine) as connection:
            connection.execute(taken)

    def save(name: str) -> None:
        with reading(engine) as connection:
            pig = catalogue.by_skus(connection, ["SALT-PIG"])["SALT-PIG"]
        seen = editing.seen(pig, defaults)
        cells = {"name": name, "price": "12", "stock": seen.stock}
        editing.change(engine, pig.number, cells, seen_before=seen, defaults=defaults, now=START)

    with ThreadPoolExecutor(8) as pool:
        bought = [pool.submit(buy, each) for each in range(20)]
        saved = [pool.submit(save, f"Salt pig {each}") for each in range(10)]
        assert [each.result() for each in bought] == [None] * 20
        kinds = {type(each.exception()) for each in saved}
    assert kinds <= {type(None), ProductChanged}
    assert scalar(visitor, "select stock from products where sku = 'SALT-PIG'") == 13


def test_a_product_is_added_and_listed(visitor: LintingClient) -> None:
    engine, defaults = engine_of(visitor), visitor.application.extensions["shop"].defaults
    cells = {"sku": "KETTLE", "name": "Copper kettle", "price": "39", "stock": "0"}
    added = editing.add(engine, cells, defaults=defaults, now=START)
    with reading(engine) as connection:
        out = product_listing.page(
            connection, availability=Availability.OUT_OF_STOCK, search="copper", size=5
        )
        assert out.products == (added,)
        listed = product_listing.page(connection, size=5, number=99)
        assert listed.count == catalogue.count(connection)


def test_two_imports_that_add_the_same_category_at_once(visitor: LintingClient) -> None:
    def plan(sku: str) -> Plan:
        made = Plan()
        row = Row(1, sku, sku, Money(100, "GBP"), category="Brand new")
        with reading(engine_of(visitor)) as connection:
            list(catalogue_import.planned(connection, [row], DEFAULTS, made))
        return made

    def carry_out(sku: str) -> None:
        with writing(engine_of(visitor)) as connection:
            catalogue_import.carry_out(connection, plan(sku), 1)

    def wait_for_a_lock() -> None:
        waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        while not scalar(visitor, waiting):
            assert not second.done()

    with ThreadPoolExecutor(1) as pool:
        first = plan("A")
        with writing(engine_of(visitor)) as connection:
            catalogue_import.carry_out(connection, first, 1)
            second = pool.submit(carry_out, "B")
            wait_for_a_lock()
        with pytest.raises(FileRefused, match="try again"):
            second.result()
    assert scalar(visitor, "select count(*) from categories where name = 'Brand new'") == 1


@pytest.mark.parametrize(
    "code", [pytest.param(None, id="of the app"), pytest.param(RECOVERY[0], id="to recover")]
)
def test_of_two_at_the_same_moment_a_code_lets_one_in(
    visitor: LintingClient, code: str | None
) -> None:
    engine = engine_of(visitor)
    accounts.add(engine, EMAIL, PASSWORD, now=START)
    (keeper,) = accounts.everybody(engine)
    assert codes.turn_on(
        engine,
        keeper.number,
        secret=SECRET,
        typed=code_at(START - 60),
        recovery_codes=RECOVERY,
        keys=(KEY,),
        spared_token="",
        now=START - 60,
    )
    sent = code or code_at(START)
    assert answers_at_once(engine, sent, START) == {Answer.RIGHT: 1, Answer.USED: 3}
    assert scalar(visitor, "select count(*) from keeper_sessions") == 1
    assert scalar(visitor, "select count(*) from keeper_sign_ins") == 3
    accounts.remove(engine, EMAIL)
    assert scalar(visitor, "select count(*) from keeper_codes") == 0
