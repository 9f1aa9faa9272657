"""A figure from a database, which changes whenever something new can be read there.

The figure is asked for before the queries whose answers are kept under it. So an answer is as new
as its figure or newer, and what is kept is forgotten at the first page after a change. Two figures
are equal only if nothing was committed between them: docs/adr/0029-postgresql.md says why.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

from shop.core.errors import DatabaseUnavailable
from shop.storage.engine import is_private, unavailability

_QUESTIONS = {
    # Differs when another connection, of any process, has committed: sqlite.org/pragma.html.
    "sqlite": "PRAGMA data_version",
    # Which transactions a query sees, and on which server: after a failover, another one goes on
    # counting. A standby leaves running transactions out of its list, so it has no figure.
    "postgresql": "SELECT pg_backend_pid(), pg_postmaster_start_time()::text, "
    "pg_current_snapshot()::text WHERE NOT pg_is_in_recovery()",
}


class DatabaseVersion:
    """Asks one database, on a connection of its own that stays open and never writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_private = is_private(engine)
        self._question = _QUESTIONS[engine.dialect.name]
        self._lock = threading.Lock()
        self._watch: DBAPICursor | None = None
        self._close: Callable[[], object] = lambda: None
        self._begun = 0
        self._newest: Hashable | None = None

    def now(self) -> Hashable | None:
        """The figure of this moment, which means something to this object only; None when there is
        none, so that nothing may be kept.

        A lost connection is opened again, once. Raises DatabaseUnavailable.
        """
        if self._is_private:
            return None
        begun = self._begun
        with self._lock:
            # Whoever asked while this call waited began after it came, so that figure will do.
            if self._begun == begun:
                self._begun += 1
                self._newest = None
                self._newest = self._asked()
            return self._newest

    def _asked(self) -> Hashable | None:
        driver = self._engine.dialect.loaded_dbapi
        lost = (driver.OperationalError, driver.InterfaceError)
        with unavailability():
            if self._watch is not None:
                try:
                    return self._ask(self._watch)
                except lost:
                    self._forget()
            try:
                return self._ask(self._opened())
            except lost as error:
                self._forget()
                raise DatabaseUnavailable(str(error)) from error

    def _ask(self, watch: DBAPICursor) -> Hashable | None:
        watch.execute(self._question)
        rows = watch.fetchall()  # to the end, or SQLite would go on reading
        return cast("Hashable", rows[0]) if rows else None

    def _opened(self) -> DBAPICursor:
        borrowed = self._engine.raw_connection()
        connection = cast("DBAPIConnection", borrowed.driver_connection)
        borrowed.detach()  # the pool's connections are lent, and write
        self._engine.dialect.set_isolation_level(connection, "AUTOCOMMIT")
        # One cursor: making one takes psycopg half as long as the question.
        self._watch = connection.cursor()
        self._close = weakref.finalize(self, connection.close)
        return self._watch

    def _forget(self) -> None:
        self._watch = None
        self._close()
