"""Answers of the catalogue, cached until the database changes.

`DatabaseVersion` says whether anything was committed. Asking takes microseconds with SQLite, and
one round trip with PostgreSQL, where the queries of a page would take several; so every page asks,
and shows what the database holds at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine

from shop.core.catalogue import Product, Snapshot
from shop.storage import catalogue
from shop.storage.database_version import DatabaseVersion
from shop.storage.engine import reading, versions_seen

P = ParamSpec("P")
T = TypeVar("T")
MOST_REMEMBERED = 10_000


@contextmanager
def asking_once() -> Iterator[None]:
    """Within it, each catalogue asks for the version of its database at most once, in this thread
    or greenlet, and anew after `engine.writing`."""
    token = versions_seen.set({})
    try:
        yield
    finally:
        versions_seen.reset(token)


class CachedCatalogue:
    """Asks one database, and keeps the answers until it changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = DatabaseVersion(engine)
        self._kept: tuple[object, dict[Hashable, Any]] = (None, {})
        self._derived: tuple[object, dict[Hashable, Any]] = (None, {})

    def version(self) -> Hashable | None:
        """A value that changes whenever anything is committed, such as a price, a stock or an
        order. Comparable within this process; None when nothing may be kept.

        Whatever is made from answers given after this call may be kept under it. Raises
        DatabaseUnavailable.
        """
        seen = versions_seen.get(None)
        if seen is None:
            return self._version.now()
        if self not in seen:
            seen[self] = self._version.now()
        return seen[self]

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

    def derived(self, key: Hashable | None, make: Callable[[], T], *, most: int) -> T:
        """The result of `make`, which may depend only on answers of this catalogue and on `key`.

        It is kept until the database changes, unless the key is None or the database cannot tell.
        At most `most` results are kept: the next one drops all of them.
        """
        version = self.version()
        if key is None or version is None:
            return make()
        seen, kept = self._derived
        if version != seen or (len(kept) >= most and key not in kept):
            kept = {}
            self._derived = (version, kept)
        if key not in kept:
            # Into the dictionary of the version before: a change meanwhile begins another one.
            kept[key] = make()
        return cast("T", kept[key])

    def _answers(self) -> dict[Hashable, Any]:
        version = self.version()
        seen, answers = self._kept
        if version is None or version != seen or len(answers) > MOST_REMEMBERED:
            answers = {}
            self._kept = (version, answers)
        return answers
