"""No catalogue keeps what a database no longer holds, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from shop.storage.cached_catalogue import CachedCatalogue, asking_once
from shop.storage.database_version import DatabaseVersion
from shop.storage.engine import connect_to, reading, writing
from tests.integration.client import LintingClient

STEPS = 150


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with one price, 0."""
    if request.param == "sqlite":
        yield from _prepared(f"sqlite:///{tmp_path}/shop.sqlite3")
        return
    with request.getfixturevalue("server").empty() as database:
        yield from _prepared(database.url)


only_postgresql = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


def _prepared(url: str) -> Iterator[Engine]:
    engine = connect_to(url)
    with writing(engine) as connection:
        connection.execute(text("create table prices (price integer)"))
        connection.execute(text("create table others (entry integer)"))
        connection.execute(text("insert into prices values (0)"))
    yield engine
    engine.dispose()


def price(connection: Connection) -> int:
    return int(connection.execute(text("select price from prices")).scalar_one())


def cost(connection: Connection, amount: int) -> None:
    connection.execute(text("update prices set price = :amount"), {"amount": amount})


def test_a_price_shows_once_it_is_committed(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    with writing(engine) as connection:
        cost(connection, 1)
        assert catalogue.ask(price) == 0  # kept under the version of this moment
    assert catalogue.ask(price) == 1


def test_the_version_is_the_same_while_nothing_is_committed(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    before = catalogue.version()
    with reading(engine) as connection:
        price(connection)
    assert before is not None
    assert catalogue.version() == before


@only_postgresql
def test_of_two_transactions_the_older_one_commits_last(engine: Engine) -> None:
    """The newest number of a transaction is then the same before and after."""
    catalogue = CachedCatalogue(engine)
    with writing(engine) as connection:
        cost(connection, 1)
        with writing(engine) as younger:
            younger.execute(text("insert into others values (1)"))
        assert catalogue.ask(price) == 0
    assert catalogue.ask(price) == 1


@only_postgresql
def test_what_is_rolled_back_never_shows(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    with engine.connect() as connection:
        cost(connection, 1)
        assert catalogue.ask(price) == 0
        connection.rollback()
    assert catalogue.ask(price) == 0


def test_no_page_is_older_than_a_change_before_it(engine: Engine) -> None:
    """Readers share a catalogue, and each wants at least the price that was committed by then."""
    catalogue, committed, stale = CachedCatalogue(engine), [0], list[tuple[int, int]]()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            least = committed[0]
            seen = catalogue.ask(price)
            if seen < least:
                stale.append((seen, least))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for amount in range(1, STEPS + 1):
        with writing(engine) as connection:
            cost(connection, amount)
        committed[0] = amount
    done.set()
    for reader in readers:
        reader.join()
    assert stale == []
    assert catalogue.ask(price) == STEPS


def test_a_page_asks_once_until_it_writes(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    with asking_once():
        assert catalogue.ask(price) == 0
        by_somebody_else(engine, 1)
        assert catalogue.ask(price) == 0
        with writing(engine) as connection:
            cost(connection, 2)
        assert catalogue.ask(price) == 2
    by_somebody_else(engine, 3)
    assert catalogue.ask(price) == 3  # the page is sent, and with it ends what it knew


def by_somebody_else(engine: Engine, amount: int) -> None:
    """Changes the price in another thread, as another request does."""

    def change() -> None:
        with writing(engine) as connection:
            cost(connection, amount)

    other = threading.Thread(target=change)
    other.start()
    other.join()


class Door:
    """A lock that counts who has come to it."""

    def __init__(self) -> None:
        self.came = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self.came += 1
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_who_waits_for_a_question_shares_the_next_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the one that was under way when they came: it may be older than what they know of."""
    version, asked, door = DatabaseVersion(engine), list[str](), Door()
    before = version.now()
    ask = version._asked

    def counted() -> object:
        asked.append("")
        return ask()

    monkeypatch.setattr(version, "_asked", counted)
    monkeypatch.setattr(version, "_lock", door)
    with ThreadPoolExecutor(3) as visitors:
        with door:  # a question is under way
            waiting = [visitors.submit(version.now) for _ in range(3)]
            while door.came < 4:
                assert not any(each.done() for each in waiting)
            by_somebody_else(engine, 1)
        (after,) = {each.result() for each in waiting}
    assert len(asked) == 1
    assert before != after == version.now()


def test_a_page_within_a_page_asks_for_itself(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    with asking_once():
        catalogue.ask(price)
        by_somebody_else(engine, 1)
        with asking_once():
            assert catalogue.ask(price) == 1


def test_a_page_of_the_shop_asks_once(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Counter[str]()
    now = DatabaseVersion.now

    def counted(version: DatabaseVersion) -> object:
        asked["page"] += 1
        return now(version)

    visitor.add("MUG")
    monkeypatch.setattr(DatabaseVersion, "now", counted)
    visitor.get("/cart")
    assert asked == {"page": 1}


@only_postgresql
def test_a_lost_connection_is_opened_again(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    catalogue.ask(price)
    with writing(engine) as connection:
        cost(connection, 1)
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
    assert catalogue.ask(price) == 1
