"""Worlds: small databases beside each other on one server, so that parallel tests do not meet.

Each begins as a copy of the shop's own database, which no request changes. A world is made when a
request first names it. Its database is a file below the instance folder or, when the shop's own is
in memory, in memory too.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import OrderedDict
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from sqlalchemy import Engine

from shop.storage.cached_catalogue import CachedCatalogue
from shop.storage.engine import connect_to, is_in_memory, memory_url
from shop.test_mode.faults import NONE, Faults
from shop.web.site.shop import Shop

MOST_WORLDS = 32
MOST_PAGES = 64
DEFAULT = "default"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)


class WorldRefused(Exception):
    """A world that cannot be had; the text says why, and what to do."""


@dataclass(slots=True)
class World:
    """One database, and what a test has set for it.

    `offset_seconds` and `faults` hold for requests that bring no header of their own. `failed` and
    `dropped` count POST requests since `counted_for` became the faults. `pages` holds bodies of
    pages by their addresses, the newest last.
    """

    name: str
    shop: Shop
    offset_seconds: int = 0
    faults: Faults = NONE
    failed: int = 0
    dropped: int = 0
    counted_for: Faults = NONE
    pages: OrderedDict[str, bytes] = field(default_factory=OrderedDict)

    def count_for(self, faults: Faults) -> None:
        """Starts counting anew when the faults are others than those of the request before."""
        if faults != self.counted_for:
            self.counted_for, self.failed, self.dropped = faults, 0, 0

    def remember(self, address: str, page: bytes) -> None:
        """Keeps a page, so that it can be shown when it is stale."""
        self.pages[address] = page
        self.pages.move_to_end(address)
        if len(self.pages) > MOST_PAGES:
            self.pages.popitem(last=False)

    def forget(self) -> None:
        """Forgets everything that a test has set."""
        self.offset_seconds, self.faults = 0, NONE
        self.count_for(NONE)
        self.pages.clear()


class Worlds:
    """All worlds of a server, by name; one process has them all."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self._shop = shop
        self._folder = folder
        self._open: dict[str, World] = {}
        self._down: Shop | None = None
        if not is_in_memory(shop.engine):
            shutil.rmtree(folder, ignore_errors=True)  # those of a server that has ended

    @property
    def names(self) -> list[str]:
        return sorted(self._open)

    def world(self, name: str) -> World:
        """The world of this name, made if need be. Raises WorldRefused for a name that is none, and
        when there are too many."""
        name = name.lower()
        if name in self._open:
            return self._open[name]
        if NAME.fullmatch(name) is None:
            raise WorldRefused(
                f"{name[:80]!r} cannot be the name of a world: write at most 63 of a-z, 0-9, - and "
                "_, beginning with a letter or a digit."
            )
        if name != DEFAULT and len(self._open.keys() - {DEFAULT}) >= MOST_WORLDS:
            raise WorldRefused(
                f"{MOST_WORLDS} worlds are open, and that is the most: {', '.join(self.names)}. "
                "End one that is no longer used with DELETE /test/world."
            )
        engine = self._engine(name)
        self._copy(engine)
        here = replace(self._shop, engine=engine, catalogue=CachedCatalogue(engine))
        self._open[name] = World(name, here)
        return self._open[name]

    def reset(self, world: World) -> None:
        """Makes a world's database a copy of the shop's own again, and forgets its clock and
        faults."""
        self._copy(world.shop.engine)
        world.forget()

    def end(self, world: World) -> None:
        """Ends a world; the next request that names it finds a new one."""
        del self._open[world.name]
        world.shop.engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (self._folder / f"{world.name}.sqlite3{suffix}").unlink()

    def shop_with_no_database(self) -> Shop:
        """A shop whose database cannot be reached."""
        if self._down is None:
            engine = connect_to(f"sqlite:///{self._folder / 'no such folder' / 'shop.sqlite3'}")
            self._down = replace(self._shop, engine=engine, catalogue=CachedCatalogue(engine))
        return self._down

    def _engine(self, name: str) -> Engine:
        if is_in_memory(self._shop.engine):
            return connect_to(memory_url(f"world-{name}"))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return connect_to(f"sqlite:///{self._folder / name}.sqlite3")

    def _copy(self, engine: Engine) -> None:
        with (
            closing(self._shop.engine.raw_connection()) as source,
            closing(engine.raw_connection()) as copy,
        ):
            original, made = source.driver_connection, copy.driver_connection
            cast("sqlite3.Connection", original).backup(cast("sqlite3.Connection", made))
