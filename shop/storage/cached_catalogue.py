"""Answers of the catalogue, cached until the database changes.

SQLite tells a connection whether any other connection, of any process, has committed a change
since the last check (PRAGMA data_version). The check takes microseconds, so every page makes it,
and shows what the database holds at that moment. Other databases have no such check: there
every question goes to the database.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Collection, Hashable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

from shop.core.catalogue import Product, Snapshot
from shop.storage import catalogue
from shop.storage.engine import reading, unavailability

P = ParamSpec("P")
T = TypeVar("T")
MOST_REMEMBERED = 10_000


class CachedCatalogue:
    """Asks one database, and keeps the answers until it changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # An in-memory database has one connection, which does not notice its own changes.
        self._is_watchable = engine.dialect.name == "sqlite" and engine.url.database not in (
            None,
            "",
            ":memory:",
        )
        self._lock = threading.Lock()
        self._watch: DBAPIConnection | None = None
        self._kept: tuple[object, dict[Hashable, Any]] = (None, {})

    def ask(
        self,
        function: Callable[Concatenate[Connection, P], T],
        *arguments: P.args,
        **named: P.kwargs,
    ) -> T:
        """The answer of a function of the catalogue, called with a connection and these arguments.

        It is remembered under the function and its arguments, which must be hashable. None is
        not remembered: there is no end to what a catalogue does not have.
        """
        key = (function, arguments, tuple(named.items()))
        kept = self._answers()
        if key in kept:
            return cast("T", kept[key])
        with reading(self._engine) as connection:
            answer = function(connection, *arguments, **named)
        if answer is not None:
            kept[key] = answer
        return answer

    def snapshot(self, numbers: Collection[int]) -> Snapshot:
        """The products with these cookie numbers, as `catalogue.snapshot` gives them: at most
        one query, for those that are not remembered."""
        kept = self._answers()
        missing = [number for number in numbers if number not in kept]
        if missing:
            with reading(self._engine) as connection:
                found = catalogue.snapshot(connection, missing)
            kept.update((number, found.get(number)) for number in missing)
        products: dict[int, Product | None] = {number: kept[number] for number in numbers}
        return {number: product for number, product in products.items() if product is not None}

    def _answers(self) -> dict[Hashable, Any]:
        version = self._version()
        seen, answers = self._kept
        if version is None or version != seen or len(answers) > MOST_REMEMBERED:
            answers = {}
            self._kept = (version, answers)
        return answers

    def _version(self) -> object | None:
        if not self._is_watchable:
            return None
        with self._lock:
            if self._watch is None:
                with unavailability():
                    self._watch = _watch(self._engine)
                weakref.finalize(self, self._watch.close)
            cursor = self._watch.cursor()
            cursor.execute("PRAGMA data_version")
            return cast("object", cursor.fetchone())


def _watch(engine: Engine) -> DBAPIConnection:
    # A connection of its own, outside the pool: it never writes, so it sees every change.
    borrowed = engine.raw_connection()
    watch = cast("DBAPIConnection", borrowed.driver_connection)
    borrowed.detach()
    return watch
