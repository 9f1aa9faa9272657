"""Results are cached by function and arguments until the database changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from shop.storage.cached_catalogue import CachedCatalogue
from shop.storage.engine import connect_to, writing

calls: list[tuple[object, ...]] = []


def sold(connection: Connection, name: str, least: int = 0) -> str:
    calls.append(("sold", name, least))
    return f"{name} from {least}"


def stocked(connection: Connection, name: str, least: int = 0) -> str:
    calls.append(("stocked", name, least))
    return f"{name} in stock"


def missing(connection: Connection, name: str) -> None:
    calls.append(("missing", name))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect_to(f"sqlite:///{tmp_path}/shop.sqlite3")
    calls.clear()
    yield engine
    engine.dispose()


def test_a_result_is_cached(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    assert catalogue.ask(sold, "mug", least=2) == catalogue.ask(sold, "mug", least=2)
    assert calls == [("sold", "mug", 2)]


def test_other_arguments_or_functions_never_share_a_result(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    results = [
        catalogue.ask(sold, name="mug"),
        catalogue.ask(sold, name="mug", least=1),
        catalogue.ask(sold, name="pen"),
        catalogue.ask(stocked, name="mug"),
    ]
    assert results == ["mug from 0", "mug from 1", "pen from 0", "mug in stock"]
    assert len(calls) == 4


def test_a_missing_result_is_not_cached(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    assert [catalogue.ask(missing, name="x") for _ in range(2)] == [None, None]
    assert len(calls) == 2


def test_a_change_by_another_connection_is_seen(engine: Engine) -> None:
    catalogue = CachedCatalogue(engine)
    catalogue.ask(sold, name="mug")
    with writing(engine) as connection:
        connection.execute(text("create table anything (x)"))
    catalogue.ask(sold, name="mug")
    assert len(calls) == 2


def change(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("create table anything (x)"))


def counted(made: list[int]) -> int:
    made.append(len(made))
    return made[-1]


def test_what_is_derived_is_kept_until_the_database_changes(engine: Engine) -> None:
    catalogue, made = CachedCatalogue(engine), list[int]()
    keys = ["a", "a", "b", "a"]
    assert [catalogue.derived(key, lambda: counted(made), most=9) for key in keys] == [0, 0, 1, 0]
    change(engine)
    assert catalogue.derived("a", lambda: counted(made), most=9) == 2


def test_what_changes_while_something_is_derived_is_not_kept(engine: Engine) -> None:
    catalogue, made = CachedCatalogue(engine), list[int]()

    def disturbed() -> int:
        change(engine)
        return counted(made)

    assert catalogue.derived("a", disturbed, most=9) == 0
    assert catalogue.derived("a", lambda: counted(made), most=9) == 1


def test_as_much_is_derived_and_kept_as_is_allowed(engine: Engine) -> None:
    catalogue, made = CachedCatalogue(engine), list[int]()
    keys = ["a", "b", "a", "c", "c", "a"]
    kept = [catalogue.derived(key, lambda: counted(made), most=2) for key in keys]
    assert kept == [0, 1, 0, 2, 2, 3]


def test_without_a_key_nothing_is_kept(engine: Engine) -> None:
    catalogue, made = CachedCatalogue(engine), list[int]()
    assert [catalogue.derived(None, lambda: counted(made), most=9) for _ in range(2)] == [0, 1]
