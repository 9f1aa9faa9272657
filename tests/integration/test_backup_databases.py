"""`shop backup` and `shop restore` on SQLite and PostgreSQL: a file of one fits the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import make_url

from shop.core.errors import DatabaseUnavailable
from shop.secret_keys import file_in, new_key
from shop.storage.backups import backup
from shop.storage.database_copy import copying
from shop.storage.orders import lookup, placing
from shop.storage.photos import keeping
from tests.conftest import Kind, Opener, OpenShop
from tests.databases import PostgresqlServer, connected
from tests.integration.checkouts import place
from tests.integration.client import text_of
from tests.integration.moves import sql, tables_in
from tests.integration.test_backup import REFUSED, run
from tests.integration.test_copy_database import add_kettle
from tests.photographs import jpeg


def on_postgresql(test: Any) -> Any:
    """Marks a test whose shop is on PostgreSQL only."""
    databases = pytest.mark.parametrize(
        "databases", [Kind.POSTGRESQL], indirect=True, ids=["postgresql"]
    )
    return pytest.mark.postgresql(databases(test))


@pytest.fixture
def new_database(server: PostgresqlServer) -> Iterator[str]:
    """The URL of an empty database of PostgreSQL."""
    with server.empty() as database:
        yield database.url


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder that does not exist yet."""
    return tmp_path_factory.mktemp("machine") / "instance"


@pytest.fixture
def kept_shop(open_shop: Opener, tmp_path: Path) -> OpenShop:
    """A shop with its keys in its instance folder, and texts of its own."""
    file_in(tmp_path).touch(0o600)
    file_in(tmp_path).write_text(f"{new_key()}\n", "ascii")
    (tmp_path / "shop.toml").write_text('name = "Leaf & Loaf"\n', "utf-8")
    return open_shop(SHOP_SECRET_KEYS=file_in(tmp_path).read_text("ascii").strip())


def backed_up(shop: OpenShop, file: Path, *options: str, exit_code: int = 0) -> str:
    environ = {"SHOP_DATABASE_URL": shop.database.url}
    return run(shop.folder, "backup", file, *options, exit_code=exit_code, **environ)


@pytest.fixture
def file(kept_shop: OpenShop, elsewhere: Path) -> Path:
    """A backup of the shop."""
    path = elsewhere.parent / "shop.backup"
    backed_up(kept_shop, path)
    return path


@pytest.mark.parametrize("to", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_shop_comes_back_on_an_empty_machine(
    kept_shop: OpenShop, open_shop: Opener, elsewhere: Path, to: str, request: pytest.FixtureRequest
) -> None:
    shopper = kept_shop.visitor()
    shopper.add("MUG", 2)
    order = place(shopper).headers["Location"]
    shopper.add("PENCIL", 3)
    shopper.get("/cart")  # shows the messages, once
    cart, page = (text_of(shopper.get(address).text, "main") for address in ("/cart", order))
    folder, mug = kept_shop.folder / "photos", kept_shop.number("MUG")
    photo = keeping.add(kept_shop.engine, folder, mug, jpeg(), "A blue mug 茶")
    is_postgresql = make_url(kept_shop.database.url).get_backend_name() == "postgresql"
    kept_shop.sql(
        "select setval('products_number_seq', 9999)"
        if is_postgresql
        else "update sqlite_sequence set seq = 9999 where name = 'products'"
    )
    file = elsewhere.parent / "shop.backup"
    assert "1 order and 67 products, and the secret keys" in backed_up(kept_shop, file)
    assert file.stat().st_mode & 0o777 == 0o600

    url = f"sqlite:///{elsewhere / 'shop.sqlite3'}"
    if to == "postgresql":
        url = request.getfixturevalue("new_database")
    said = run(elsewhere, "restore", file, SHOP_DATABASE_URL=url)
    assert "Restored 1 order and 67 products" in said
    names = {path.name for path in elsewhere.iterdir()}
    assert names - {"shop.sqlite3"} == {"photos", "secret-keys", "shop.toml"}
    assert ("shop.sqlite3" in names) == (to == "sqlite")
    assert [place.name for place in (elsewhere / "photos").iterdir()] == [photo.name]
    restored = open_shop(
        SHOP_INSTANCE=str(elsewhere),
        SHOP_DATABASE_URL=url,
        SHOP_SECRET_KEYS=file_in(elsewhere).read_text("ascii").strip(),
    )
    later = restored.visitor()
    for cookie in (shopper._cookies or {}).values():
        later.set_cookie(cookie.key, cookie.value)
    assert "Cedar pencil" in cart
    assert text_of(later.get("/cart").text, "main") == cart
    assert text_of(later.get(order).text, "main") == page
    assert "Ada Lovelace" in page
    assert restored.sql("select text from photos") == [("A blue mug 茶",)]
    assert later.get(place(later).headers["Location"]).status_code == 200
    references = {order.reference for order in lookup.everything(restored.engine)}
    assert len(references) == 2, "the next order has a new number"
    assert add_kettle(restored.engine, restored) == 10_000, "no cookie number is given twice"


@contextmanager
def database_in(file: Path, folder: Path) -> Iterator[sqlite3.Connection]:
    with ZipFile(file) as archive:
        unpacked = archive.extract("shop.sqlite3", folder)
    with closing(sqlite3.connect(unpacked)) as connection:
        yield connection


@on_postgresql
def test_a_backup_is_of_one_moment_while_orders_come_in(
    kept_shop: OpenShop, elsewhere: Path
) -> None:
    """Whatever the backup has just done, an order is placed next."""
    kept_shop.sql("update products set stock = 1000 where sku = 'SALT-PIG'")
    shopper = kept_shop.visitor()
    shopper.add("SALT-PIG", 2)
    place(shopper)
    (first,) = lookup.everything(kept_shop.engine)
    placed: list[str] = []

    def order(_: int, __: int) -> None:
        token = f"token-{len(placed)}"
        again = replace(first, token=token, reference=token, once_key=token)
        placing.place(kept_shop.engine, again)
        if not placed:
            add_kettle(kept_shop.engine, kept_shop)
        placed.append(token)

    file = elsewhere.parent / "shop.backup"
    backup.write(
        file,
        instance=kept_shop.folder,
        database=make_url(kept_shop.database.url),
        now=datetime(2026, 1, 1, tzinfo=UTC),
        with_secrets=True,
        own_files={},
        own=None,
        overwrites=False,
        progress=order,
    )
    sold = 2 * (1 + len(placed))
    assert len(placed) > 20, "nobody waited for the backup"
    stock = "select stock from products where sku = 'SALT-PIG'"
    assert kept_shop.sql(stock) == [(1000 - sold,)]
    with database_in(file, elsewhere.parent) as database:
        assert database.execute("select count(*) from orders").fetchone() == (1,)
        assert database.execute("select sum(quantity) from order_lines").fetchone() == (2,)
        assert database.execute(stock).fetchone() == (998,)
        assert database.execute("pragma foreign_key_check").fetchall() == []


@on_postgresql
def test_a_damaged_backup_changes_nothing(file: Path, elsewhere: Path, new_database: str) -> None:
    with ZipFile(file) as sound:
        members = {name: sound.read(name) for name in sound.namelist()}
    assert b"Cedar pencil" in members["shop.sqlite3"]
    with ZipFile(file, "w") as forged:
        for name, octets in members.items():
            forged.writestr(name, octets.replace(b"Cedar pencil", b"Cedar PENCIL"))
    said = run(elsewhere, "restore", file, exit_code=REFUSED, SHOP_DATABASE_URL=new_database)
    assert "The backup is damaged" in said
    assert tables_in(new_database) == []
    assert not list(elsewhere.iterdir())


@on_postgresql
@pytest.mark.parametrize("options", [(), ("--force",)], ids=["", "forced"])
def test_a_database_that_is_not_empty_is_never_replaced(
    file: Path, elsewhere: Path, new_database: str, options: tuple[str, ...]
) -> None:
    sql(new_database, "create table notes (words text)")
    words: list[str | Path] = ["restore", file, *options]
    said = run(elsewhere, *words, exit_code=REFUSED, SHOP_DATABASE_URL=new_database)
    assert "is not empty, and was kept as it is: it has the tables notes." in said
    assert tables_in(new_database) == ["notes"]
    assert not elsewhere.exists()


def old_files(folder: Path) -> dict[str, str]:
    """Writes the files of another shop into a folder, and returns them."""
    folder.mkdir()
    files = {"secret-keys": f"{new_key()}\n", "shop.toml": 'name = "Old"\n', "shop.sqlite3": "kept"}
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return files


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


@on_postgresql
def test_files_are_replaced_only_if_forced_and_are_kept(
    file: Path, elsewhere: Path, new_database: str
) -> None:
    before = old_files(elsewhere)
    said = run(elsewhere, "restore", file, exit_code=REFUSED, SHOP_DATABASE_URL=new_database)
    assert "There is a shop already" in said
    assert contents(elsewhere) == before
    assert tables_in(new_database) == []
    run(elsewhere, "restore", file, "--force", SHOP_DATABASE_URL=new_database)
    assert "orders" in tables_in(new_database)
    (replaced,) = elsewhere.glob("replaced-*")
    kept = before.pop("shop.sqlite3")
    assert contents(replaced) == before
    assert (elsewhere / "shop.sqlite3").read_text("ascii") == kept, "it is not the shop's database"


@on_postgresql
def test_the_file_of_before_the_move_to_postgresql_stays(
    file: Path, elsewhere: Path, new_database: str
) -> None:
    elsewhere.mkdir()
    (elsewhere / "shop.sqlite3").write_text("kept", "ascii")
    run(elsewhere, "restore", file, SHOP_DATABASE_URL=new_database)
    assert (elsewhere / "shop.sqlite3").read_text("ascii") == "kept"


@on_postgresql
@pytest.mark.parametrize("failing", ["move", "commit"])
def test_a_failure_at_the_end_undoes_both(
    file: Path, elsewhere: Path, new_database: str, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = old_files(elsewhere)
    rename, uncommitted = Path.rename, copying.uncommitted

    def full(source: Path, target: Path) -> Path:
        if source.name == "shop.toml" and ".restore-" in str(source):
            raise OSError(28, "No space left on device")
        return rename(source, target)

    @contextmanager
    def lost(*places: Any, **more: Any) -> Iterator[Any]:
        with uncommitted(*places, **more) as copied:
            yield copied
            raise DatabaseUnavailable("The server is gone")

    with monkeypatch.context() as patch:
        if failing == "move":
            patch.setattr(Path, "rename", full)
        else:
            patch.setattr(copying, "uncommitted", lost)
        url = {"SHOP_DATABASE_URL": new_database}
        said = run(elsewhere, "restore", file, "--force", exit_code=REFUSED, **url)
    assert ("No space left on device" in said) or ("The server is gone" in said)
    assert contents(elsewhere) == before
    assert tables_in(new_database) == []


@on_postgresql
def test_tables_of_others_are_named(kept_shop: OpenShop, elsewhere: Path) -> None:
    kept_shop.sql("create table notes (words text)")
    said = backed_up(kept_shop, elsewhere.parent / "shop.backup")
    assert "Left out, since the shop does not know them: notes." in said


@on_postgresql
def test_another_schema_is_not_backed_up(kept_shop: OpenShop, elsewhere: Path) -> None:
    kept_shop.sql("update alembic_version set version_num = '0001'")
    said = backed_up(kept_shop, elsewhere.parent / "shop.backup", exit_code=REFUSED)
    assert "run `shop migrate`, then try again" in said
    assert not list(elsewhere.parent.iterdir())


@on_postgresql
def test_a_database_that_is_being_altered_is_not_backed_up(
    kept_shop: OpenShop, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.storage.database_copy.source.MIGRATION_SECONDS", 0.01)
    with closing(connected(make_url(kept_shop.database.url))) as other, other.transaction():
        other.execute("alter table products add column colour text")
        said = backed_up(kept_shop, elsewhere.parent / "shop.backup", exit_code=REFUSED)
    assert "is being altered, such as by `shop migrate`, and nothing was copied" in said
    assert not list(elsewhere.parent.iterdir())
