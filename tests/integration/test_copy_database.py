"""`shop copy-database`: a shop moves between SQLite and PostgreSQL, whole or not at all."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect, make_url, text

from shop.core.errors import CopyRefused, DatabaseUnavailable
from shop.storage import catalogue, schema
from shop.storage.database_copy import copying, sqlite_file
from shop.storage.engine import connect_to, reading, writing
from shop.storage.orders import invoices, lookup, placing
from shop.storage.products import editing
from tests.conftest import START, OpenShop
from tests.databases import PostgresqlServer
from tests.integration import real_orders
from tests.integration.checkouts import place
from tests.integration.client import LintingClient, text_of
from tests.integration.moves import (
    REFUSED,
    TABLES,
    copied,
    dump,
    fill_every_table,
    run,
    served,
    sql,
    tables_in,
)

pytestmark = pytest.mark.postgresql


@pytest.fixture
def empty(server: PostgresqlServer) -> Iterator[str]:
    """The URL of an empty database of PostgreSQL that nobody else uses."""
    with server.empty() as database:
        yield database.url


@pytest.fixture
def another(server: PostgresqlServer) -> Iterator[str]:
    with server.empty() as database:
        yield database.url


@pytest.fixture
def closed(tmp_path: Path, shop: OpenShop) -> Callable[[], Path]:
    """Makes a copy of the shop's database, which nobody has open."""

    def make() -> Path:
        file = tmp_path / f"closed-{secrets.token_hex(3)}.sqlite3"
        sqlite_file.copy(shop.path, file, lambda _, __: None)
        return file

    return make


@pytest.fixture
def full(tmp_path: Path) -> Path:
    file = tmp_path / "full.sqlite3"
    fill_every_table(file)
    return file


def test_a_cart_and_an_order_survive_the_move(
    shop: OpenShop, closed: Callable[[], Path], empty: str, tmp_path: Path
) -> None:
    shopper = shop.visitor()
    shopper.add("MUG", 2)
    order = place(shopper).headers["Location"]
    shopper.add("PENCIL", 3)
    shopper.add("SALT-PIG")
    shopper.get("/cart")  # shows the messages, once
    cart, page = (text_of(shopper.get(address).text, "main") for address in ("/cart", order))
    said = run(closed(), empty)
    assert "Copied 1 order and 67 products: " in said
    with served(empty, tmp_path / "moved", shop.clock) as app:
        moved = cast("LintingClient", app.test_client())
        for cookie in (shopper._cookies or {}).values():
            moved.set_cookie(cookie.key, cookie.value)
        assert "Cedar pencil" in cart
        assert text_of(moved.get("/cart").text, "main") == cart
        assert text_of(moved.get(order).text, "main") == page
        again = place(moved).headers["Location"]
        assert moved.get(again).status_code == 200
    assert sql(empty, "select number from orders order by number") == [(1,), (2,)]


def test_numbers_go_on_after_the_move(
    shop: OpenShop, closed: Callable[[], Path], empty: str, tmp_path: Path
) -> None:
    shopper = shop.visitor()
    shopper.add("MUG")
    place(shopper)
    (placed,) = lookup.everything(shop.engine)
    assert invoices.make(shop.engine, placed.reference, by="Bea", at=START).number == 1
    shop.sql("update sqlite_sequence set seq = 500 where name = 'products'")
    copied(closed(), empty)
    with opened(empty) as engine:
        assert add_kettle(engine, shop) == 501
        again = replace(placed, token="another", reference="BBBB-CCCC", once_key="another")
        placing.place(engine, again)
        assert invoices.make(engine, again.reference, by="Bea", at=START).number == 2
    assert sql(empty, "select number from orders order by number") == [(1,), (2,)]
    sql(empty, "delete from products where number = 501")
    back = tmp_path / "back.sqlite3"
    copied(empty, back)
    with opened(f"sqlite:///{back}") as engine:
        assert add_kettle(engine, shop) == 502


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = connect_to(url)
    yield engine
    engine.dispose()


def add_kettle(engine: Engine, shop: OpenShop) -> int:
    """Adds a product, and returns its number."""
    cells = {"sku": "KETTLE", "name": "Copper kettle", "price": "39"}
    defaults = shop.app.extensions["shop"].defaults
    return editing.add(engine, cells, defaults=defaults, now=START).number


def test_everything_is_the_same_after_three_moves(
    full: Path, empty: str, another: str, tmp_path: Path
) -> None:
    sql(full, "update sqlite_sequence set seq = seq + 70")
    back = tmp_path / "back.sqlite3"
    moves = [copied(full, empty), copied(empty, another), copied(another, back)]
    assert dump(back) == dump(full)
    assert {move.comparisons for move in moves} == {moves[0].comparisons}
    assert {each.table: each.target.rows for each in moves[2].comparisons} == dict.fromkeys(
        TABLES, 2
    )
    assert back.stat().st_mode & 0o777 == 0o600


def test_no_table_or_column_is_left_out(full: Path, empty: str) -> None:
    said = run(full, empty)
    inspector = inspect(create_engine(empty, poolclass=NullPool))
    names = set(inspector.get_table_names()) - {schema.VERSION_TABLE}
    assert {line.split()[0] for line in said.splitlines() if " " in line} > names
    for name in names:
        assert sql(empty, f"select count(*) from {name}") == [(2,)], name
        columns = {column["name"] for column in inspector.get_columns(name)}
        assert columns == set(TABLES[name].columns.keys())
    assert sql(empty, f"select version_num from {schema.VERSION_TABLE}") == [
        (schema.revisions()[-1],)
    ]


def test_every_sequence_is_set(full: Path, empty: str) -> None:
    copied(full, empty)
    counted = sql(
        empty,
        "select table_name, column_name from information_schema.columns "
        "where table_schema = current_schema() and column_default like 'nextval(%'",
    )
    assert ("products", "number") in counted
    for table, column in counted:
        next_number = f"select nextval(pg_get_serial_sequence('{table}', '{column}'))"
        assert sql(empty, next_number) == [(3,)], table


def test_a_sequence_that_lags_behind_is_set_right(full: Path, empty: str, another: str) -> None:
    copied(full, empty)
    sql(empty, "select setval('products_number_seq', 1)")
    copied(empty, another)
    assert sql(another, "select nextval('products_number_seq')") == [(3,)]


def test_a_search_finds_the_same(closed: Callable[[], Path], empty: str, tmp_path: Path) -> None:
    back, source = tmp_path / "back.sqlite3", closed()
    copied(source, empty)
    copied(empty, back)
    pages = []
    for url in (f"sqlite:///{source}", empty, f"sqlite:///{back}"):
        engine = connect_to(url)
        with reading(engine) as connection:
            pages.append(catalogue.page(connection, words="mugs", size=5))
        engine.dispose()
    assert len(pages[0].products) > 1
    assert pages[0] == pages[1] == pages[2]


@pytest.fixture
def kept(closed: Callable[[], Path]) -> Iterator[Path]:
    """A shop's database that is the same after the test."""
    file = closed()
    before = dump(file)
    yield file
    assert dump(file) == before


def test_a_target_that_is_not_empty_is_kept(kept: Path, empty: str, closed: Any) -> None:
    sql(empty, "create table notes (words text)")
    sql(empty, "insert into notes values ('mine')")
    said = run(kept, empty, exit_code=REFUSED)
    assert "is not empty, and was kept as it is: it has the tables notes." in said
    assert sql(empty, "select * from notes") == [("mine",)]
    assert tables_in(empty) == ["notes"]
    other = closed()
    before = dump(other)
    assert "and others. Choose a new database." in run(kept, other, exit_code=REFUSED)
    assert dump(other) == before


def test_what_is_no_empty_database_is_refused(kept: Path, tmp_path: Path) -> None:
    strange = tmp_path / "notes.txt"
    strange.write_text("not a database, however long one looks at it" * 100)
    mode = strange.stat().st_mode & 0o777
    assert "cannot be used as a database" in run(kept, strange, exit_code=REFUSED)
    assert strange.read_text("ascii").startswith("not a database")
    assert strange.stat().st_mode & 0o777 == mode
    there = tmp_path / "no" / "shop.sqlite3"
    assert f"There is no folder {there.parent}" in run(kept, there, exit_code=REFUSED)
    (tmp_path / "same").symlink_to(kept)
    assert "Both are the same database" in run(kept, tmp_path / "same", exit_code=REFUSED)


def test_a_database_that_cannot_hold_every_character_is_refused(
    kept: Path, server: PostgresqlServer
) -> None:
    name = f"crumb_{secrets.token_hex(6)}"
    server.run(f"create database {name} template template0 encoding LATIN1 locale 'C'")
    url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
    assert "keeps text as LATIN1" in run(kept, url, exit_code=REFUSED)
    assert tables_in(url) == []
    server.run(f"drop database {name}")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        pytest.param("mysql://crumb@localhost/crumb", "not on mysql", id="another"),
        pytest.param("postgresql://crumb@[::1", "looks like a URL but is not one", id="no URL"),
        pytest.param("sqlite://", "a plain file", id="in memory"),
        pytest.param("sqlite:///shop.sqlite3?mode=ro", "a plain file", id="with a mode"),
    ],
)
def test_a_word_that_names_no_database_is_refused(kept: Path, word: str, reason: str) -> None:
    assert reason in run(kept, word, exit_code=REFUSED)


@pytest.mark.parametrize(
    ("statement", "advice"),
    [
        pytest.param("update alembic_version set version_num = '0001'", "run `shop migrate`",
                     id="older"),
        pytest.param("update alembic_version set version_num = '9999'", "with the newer version",
                     id="newer"),
        pytest.param("drop table alembic_version", "not the database of a shop", id="no shop's"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_source_of_another_schema_is_refused(
    closed: Callable[[], Path], empty: str, tmp_path: Path, kind: str, statement: str, advice: str
) -> None:
    source: str | Path = closed()
    target: str | Path = tmp_path / "new.sqlite3"
    if kind == "postgresql":
        copied(source, empty)
        source = empty
    sql(source, statement)
    assert advice in run(source, target, exit_code=REFUSED)
    assert not Path(target).exists()


def test_a_source_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    source, target = tmp_path / "a.sqlite3", tmp_path / "b.sqlite3"
    assert f"There is no database {source}." in run(source, target, exit_code=REFUSED)
    assert list(tmp_path.iterdir()) == []


def test_a_shop_that_is_open_is_not_copied(shop: OpenShop, empty: str, tmp_path: Path) -> None:
    shop.visitor().get("/")
    said = run(shop.path, empty, exit_code=REFUSED)
    assert f"{shop.path} is in use, and nothing was copied" in said
    assert "Stop the shop" in said
    assert tables_in(empty) == []


def test_a_shop_that_starts_at_the_same_moment_is_not_copied(
    kept: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = sqlite_file.checked
    with opened(f"sqlite:///{kept}") as engine:

        def check(file: Path) -> sqlite_file.Facts:
            facts = checked(file)
            assert schema.is_current(engine)
            return facts

        monkeypatch.setattr(sqlite_file, "checked", check)
        assert "is in use, and nothing was copied" in run(kept, empty, exit_code=REFUSED)
    assert tables_in(empty) == []


def test_a_shop_cannot_open_a_file_while_it_is_copied(kept: Path, empty: str) -> None:
    refused = []

    def order(_: int, __: int) -> None:
        engine = connect_to(f"sqlite:///{kept}")
        with pytest.raises(DatabaseUnavailable, match="locked"):
            schema.is_current(engine)
        with (
            pytest.raises(sqlite3.OperationalError, match="locked"),
            closing(sqlite3.connect(kept, timeout=0)) as other,
        ):
            other.execute("update products set stock = 0")
        refused.append(True)
        engine.dispose()

    copied(kept, empty, order)
    assert refused


def test_a_shop_on_postgresql_that_is_open_is_not_copied(
    kept: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.storage.database_copy.source.CHECKS", 1)
    copied(kept, empty)
    engine = connect_to(empty)
    with reading(engine) as connection:
        connection.execute(text("select 1"))
    back = tmp_path / "back.sqlite3"
    assert "is in use by postgres crumb (1), " in run(empty, back, exit_code=REFUSED)
    engine.dispose()
    assert not back.exists()


def test_whoever_comes_to_postgresql_during_the_copy_stops_it(
    kept: Path, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.storage.database_copy.source.CHECKS", 1)
    copied(kept, empty)
    engine = connect_to(empty)
    waited: list[int] = []

    def buy() -> None:
        with writing(engine) as other:
            other.execute(text("set local lock_timeout = 1"))
            other.execute(text("update products set stock = 0"))

    def order(done: int, _: int) -> None:
        if waited:
            return
        with pytest.raises(DatabaseUnavailable, match="lock timeout"):
            buy()
        waited.append(done)

    back = tmp_path / "back.sqlite3"
    with pytest.raises(CopyRefused, match="is in use by"):
        copied(empty, back, order)
    engine.dispose()
    assert waited
    assert not back.exists()


class Stopped(Exception):
    """Somebody pressed Ctrl+C, or the server went away."""


@pytest.mark.parametrize("share", [0.2, 0.6, 1.0])
def test_a_copy_that_is_stopped_leaves_nothing(
    kept: Path, empty: str, tmp_path: Path, share: float
) -> None:
    def stop(done: int, total: int) -> None:
        if done >= share * total:
            raise Stopped

    file = tmp_path / "new.sqlite3"
    for target in (empty, file):
        with pytest.raises(Stopped):
            copied(kept, target, stop)
    assert tables_in(empty) == []
    assert not list(tmp_path.glob("new*"))
    copied(kept, empty)


def test_a_copy_that_differs_is_not_kept(
    kept: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = copying._fill

    def fill_wrongly(origin: Connection, destination: Connection, *more: Any) -> None:
        fill(origin, destination, *more)
        destination.execute(text("update products set stock = 7 where sku = 'MUG'"))
        destination.execute(text("delete from prices where number = 1"))
        destination.execute(text("select setval('categories_number_seq', 1)"))

    monkeypatch.setattr(copying, "_fill", fill_wrongly)
    said = run(kept, empty, exit_code=REFUSED)
    assert "The copy differs in categories, products, prices, and was not kept" in said
    after = [line.split() for line in said.splitlines() if line.startswith("  but in the copy")]
    assert [words[4] for words in after] == ["6", "67", "66"]
    assert tables_in(empty) == []


def test_what_postgresql_cannot_hold_is_named(closed: Callable[[], Path], empty: str) -> None:
    source = closed()
    sql(source, "update products set price_minor = 3000000000 where number = 2")
    sql(source, "update products set description = 'a' || char(0) where number = 3")
    sql(source, "update products set name = ? where number = 4", "é" * 201)
    sql(source, "update products set stock = 1.5 where number = 5")
    sql(source, "update products set vat_basis_points = 'much' where number = 6")
    sql(source, "update product_groups set options = x'00'")
    said = run(source, empty, exit_code=REFUSED)
    assert said.splitlines() == [
        "product_groups, number 1: options is bytes, but must be text.",
        "products, number 2: price_minor is 3,000,000,000, but PostgreSQL holds only "
        "-2,147,483,648 to 2,147,483,647 there.",
        "products, number 3: description has a NUL character (U+0000), which PostgreSQL cannot "
        "hold.",
        "products, number 4: name has 201 characters, but PostgreSQL holds at most 200 there.",
        "products, number 5: stock is a number with a fraction, but must be a whole number.",
        "And 1 more.",
        "Nothing was copied. Correct these values where they are, then copy again.",
    ]
    assert tables_in(empty) == []


def test_a_source_with_an_orphan_is_refused(closed: Callable[[], Path], empty: str) -> None:
    source = closed()
    sql(source, "update products set category_number = 99 where number = 1")
    assert "a row of products belongs to one of categories that is missing" in run(
        source, empty, exit_code=REFUSED
    )
    assert tables_in(empty) == []


def test_tables_of_others_are_named(closed: Callable[[], Path], empty: str) -> None:
    source = closed()
    sql(source, "create table notes (words text)")
    assert "Left out, since the shop does not know them: notes." in run(source, empty)


def test_the_shops_own_database_need_not_be_typed(kept: Path, empty: str) -> None:
    url = make_url(empty).set(password="hidden-from-view").render_as_string(hide_password=False)
    said = run(kept, "own", SHOP_DATABASE_URL=url)
    assert "Set SHOP_DATABASE_URL" not in said
    assert set(tables_in(empty)) >= set(TABLES)
    again = run(kept, "own", exit_code=REFUSED, SHOP_DATABASE_URL=url)
    assert "hidden-from-view" not in said + again


def test_the_progress_is_of_all_rows_three_times(kept: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    done = copied(kept, tmp_path / "new.sqlite3", lambda *step: seen.append(step))
    every = 3 * sum(each.source.rows for each in done.comparisons)
    assert seen[-1] == (every, every)
    assert {total for _, total in seen} == {every}
    assert seen == sorted(seen)


def test_real_orders_are_copied(empty: str, tmp_path: Path) -> None:
    data = real_orders.folder()
    source = tmp_path / "real.sqlite3"
    engine = connect_to(f"sqlite:///{source}")
    schema.migrate(engine)
    real_orders.fill(engine, data, START, count=500)
    engine.dispose()
    assert "Copied 500 orders and 3,921 products: " in run(source, empty)
