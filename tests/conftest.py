"""A shop on a real SQLite or PostgreSQL, with a clock that tests can set."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine, event

from e2e.support.postgresql import postgresql
from shop.cli import main
from shop.config import Settings
from shop.core.cart import Cart, Line
from shop.core.cookie import encode
from shop.factory import ShopApp, catalogue_defaults
from shop.storage import catalogue_import, schema
from shop.storage import engine as engines
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import connect_to, writing
from shop.storage.keepers import passwords
from tests.app_pool import AppPool
from tests.compiled_statements import CompiledStatements
from tests.databases import (
    ON_SQLITE_ONLY,
    Database,
    PostgresqlServer,
    SqliteFile,
    sqlite_file,
)
from tests.integration.client import LintingClient

START = 1_780_000_000
DAY = 86_400
KEY = "a key of the tests that is long enough to be one"
SLOW = passwords.HASHER
DEMO = Path(__file__).parent.parent / "shop" / "demo" / "catalogue.csv"


@dataclass
class Clock:
    """A clock in Unix seconds that only tests advance."""

    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass(frozen=True)
class OpenShop:
    """A running shop, its clock, its database and its instance folder."""

    app: Flask
    clock: Clock
    database: Database
    folder: Path

    def visitor(self, *, base_url: str = "http://localhost") -> LintingClient:
        """A new browser, without cookies."""
        client = cast("LintingClient", self.app.test_client())
        client.base_url = base_url
        return client

    @property
    def engine(self) -> Engine:
        """The shop's own way to its database."""
        engine: Engine = self.app.extensions["shop"].engine
        return engine

    def run(self, *arguments: str | Path, typed: str = "", exit_code: int = 0) -> str:
        """Runs `shop` with these arguments, and returns what it says. Fails on another exit code;
        `typed` is its standard input."""
        environ = {
            "SHOP_INSTANCE": str(self.folder),
            "SHOP_SECRET_KEYS": KEY,
            "SHOP_DATABASE_URL": self.database.url,
        }
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(main, words, env=environ, input=typed)
        assert result.exit_code == exit_code, result.output
        return result.output

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        assert isinstance(self.database, SqliteFile)
        return self.database.path

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Runs a statement on a separate connection, as another process would."""
        return self.database.sql(statement, *parameters)

    def dump(self) -> list[str]:
        """All that is in the database, as text."""
        return self.database.dump()

    def number(self, sku: str) -> int:
        return int(self.sql("select number from products where sku = ?", sku)[0][0])

    def cookie(
        self, lines: dict[str, int], *, age_seconds: int = 0, key: str = KEY, name: str = "cart"
    ) -> str:
        """The cookie value of a cart that was last changed this long ago."""
        packed = tuple(Line(self.number(sku), quantity) for sku, quantity in lines.items())
        return encode(Cart(packed, self.clock.now - age_seconds), [key], name=name)

    def statements(self) -> list[str]:
        """A list that records every SQL statement of the shop from now on."""
        seen: list[str] = []

        def keep(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", keep)
        return seen


Opener = Callable[..., OpenShop]


def pytest_collection_finish() -> None:
    """The tests and what they import stay until the end, and to look through them for garbage again
    and again takes a tenth of the processor time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


class CompiledOnce(BytecodeCache):
    """Shares compiled templates between shops; Jinja checks whether their source has changed."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def templates() -> Iterator[None]:
    """Every test has its own shop, and compiling templates takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ShopApp, "jinja_options", {"bytecode_cache": CompiledOnce()})
        yield


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    """Every test has its own engine, and compiling statements took an eleventh of the time."""
    options = {"compiled_cache": CompiledStatements()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "create_engine", partial(create_engine, execution_options=options))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of tests take no time, where their being slow is not what a test is about: it took
    a tenth of all processor time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def slow_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords as a real shop keeps them."""
    monkeypatch.setattr(passwords, "HASHER", SLOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo catalogue, created once and then copied."""
    folder = tmp_path_factory.mktemp("stocked")
    file = folder / "shop.sqlite3"
    fill(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server, the same for all tests of this process."""
    with postgresql() as url, closing(PostgresqlServer(url)) as server:
        yield server


@pytest.fixture(scope="session")
def app_pool() -> AppPool:
    return AppPool()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that opens a shop runs on SQLite and on PostgreSQL, unless its module or a mark says
    that it is not about a database."""
    module = metafunc.module.__name__.rpartition(".")[2]
    is_marked = metafunc.definition.get_closest_marker("sqlite") is not None
    marks = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    is_marked |= "databases" in marks
    if "databases" in metafunc.fixturenames and not is_marked and module not in _SQLITE_ONLY:
        kinds = [Kind.SQLITE, pytest.param(Kind.POSTGRESQL, marks=pytest.mark.postgresql)]
        metafunc.parametrize("databases", kinds, indirect=True, ids=lambda kind: kind.value)


_SQLITE_ONLY = frozenset(chain.from_iterable(ON_SQLITE_ONLY.values()))


class Kind(Enum):
    """A database that the shop runs on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@pytest.fixture
def databases(
    request: pytest.FixtureRequest, tmp_path: Path, stocked: Path
) -> Iterator[Callable[[bool], Database]]:
    """Gives a test its database: one with the demo catalogue, or an empty one."""
    if getattr(request, "param", Kind.SQLITE) is Kind.SQLITE:
        yield partial(sqlite_file, tmp_path / "shop.sqlite3", stocked)
        return
    server: PostgresqlServer = request.getfixturevalue("server")
    with ExitStack() as lent:

        @cache
        def database(is_stocked: bool) -> Database:
            return lent.enter_context(server.stocked(fill) if is_stocked else server.empty())

        yield database


@pytest.fixture
def open_shop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Clock,
    databases: Callable[[bool], Database],
    app_pool: AppPool,
) -> Iterator[Opener]:
    """Opens shops with the demo catalogue on one database, each with its own settings."""
    # What an app made of patched code must not be in the next test.
    apps = AppPool() if "monkeypatch" in request.fixturenames else app_pool

    def opener(*, migrated: bool = True, **environ: str) -> OpenShop:
        database = databases(migrated)
        defaults = {
            "SHOP_INSTANCE": str(tmp_path),
            "SHOP_SECRET_KEYS": KEY,
            "SHOP_RATELIMIT": "100000 per minute",
            "SHOP_PAYMENTS": "invoice",
            "SHOP_DATABASE_URL": database.url,
        }
        settings = Settings.from_environ(defaults | environ)
        return OpenShop(opened.enter_context(apps.app(settings, clock)), clock, database, tmp_path)

    with ExitStack() as opened:
        yield opener


@pytest.fixture
def shop(open_shop: Opener) -> OpenShop:
    return open_shop()


@pytest.fixture
def target(open_shop: Opener) -> OpenShop:
    """A shop in test mode."""
    return open_shop(SHOP_TEST_MODE="on")


@pytest.fixture
def visitor(shop: OpenShop) -> LintingClient:
    return shop.visitor()


def fill(url: str) -> None:
    """Migrates a database and imports the demo catalogue."""
    engine = connect_to(url)
    schema.migrate(engine)
    defaults = catalogue_defaults(Settings.from_environ({}))
    rows = read(DEMO.read_bytes(), defaults).rows
    with writing(engine) as connection:
        catalogue_import.import_rows(connection, rows, defaults, START)
    engine.dispose()
