"""How many requests one IP address may send, counted in memory or in a store that processes share.

The store is a Redis or Valkey server. While it is down, each process counts in its own memory:
shoppers notice nothing, and the limit is that of each process. Flask-Limiter has a fallback of its
own, which is not used: requests that wait for the store when it fails are answered with 500 or not
counted at all, and a server that answers but refuses to write (a replica, or one out of memory)
counts as recovered again and again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from flask.globals import request_ctx
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage, RedisStorage, Storage, storage_from_string

log = logging.getLogger("shop.rate_limits")
T = TypeVar("T")

MEMORY = "memory://"
PREFIX = "shared+"
KEPT = "limiter of the views"
"""The extension under which an app keeps its limiter."""
READING = "blueprints whose every request is counted"
"""The extension under which an app keeps their names."""
LONGEST_WAIT_SECONDS = 0.5
"""How long a request waits for the store to accept a connection, and for each reply."""
ASK_AGAIN_SECONDS = 10
"""How long a store that has failed is left alone; then one request tries it again."""


class SharedStorage(Storage):
    """Counts in a store and, while that is down, in memory."""

    STORAGE_SCHEME = [PREFIX + scheme for scheme in RedisStorage.STORAGE_SCHEME]

    def __init__(self, uri: str, **_: object) -> None:
        super().__init__(uri)
        self._store = RedisStorage(  # connects at the first count
            uri.removeprefix(PREFIX),
            socket_connect_timeout=LONGEST_WAIT_SECONDS,
            socket_timeout=LONGEST_WAIT_SECONDS,
        )
        self._memory = MemoryStorage()
        self._is_down = False
        self._ask_again_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return self._store.base_exceptions

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return self._either(lambda storage: storage.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        return self._either(lambda storage: storage.get(key))

    def get_expiry(self, key: str) -> float:
        return self._either(lambda storage: storage.get_expiry(key))

    def clear(self, key: str) -> None:
        self._either(lambda storage: storage.clear(key))

    def reset(self) -> int | None:
        return self._either(lambda storage: storage.reset())

    def check(self) -> bool:
        """Whether the store can be written to at this moment, even if it has just failed."""
        self._ask_again_at = 0.0
        self.incr("check", 1)
        return not self._is_down

    def _either(self, ask: Callable[[Storage], T]) -> T:
        now = time.monotonic()
        if self._is_down and now < self._ask_again_at:
            return ask(self._memory)
        self._ask_again_at = now + ASK_AGAIN_SECONDS  # so that other requests do not wait as well
        try:
            answer = ask(self._store)
        except (self._store.base_exceptions, OSError) as error:  # type: ignore[misc]
            self._note(is_down=True, reason=str(error))
            return ask(self._memory)
        self._note(is_down=False)
        return answer

    def _note(self, *, is_down: bool, reason: str = "") -> None:
        if is_down and not self._is_down:
            log.warning("rate_limit_store_down", extra={"reason": reason})
        elif self._is_down and not is_down:
            log.info("rate_limit_store_back")
        self._is_down = is_down


def register(app: Flask, ratelimit: str, store: str) -> Limiter:
    """Limits the POST requests of each IP address. Returns the limiter, for what is limited beyond
    that; its limits concern other requests only in blueprints named to `count_reading`."""
    app.extensions[READING] = set()
    limiter = _LimiterOfFew(
        get_remote_address,
        app=app,
        application_limits=[ratelimit],
        application_limits_exempt_when=lambda: request.method != "POST",
        storage_uri=_storage_uri(store),
    )
    limiter.request_filter(_is_free)
    # A view that it limits knows it by a weak reference, and the extension keeps none that is off.
    app.extensions[KEPT] = limiter
    return limiter


def count_reading(app: Flask, blueprint: str) -> None:
    """Makes the limits of the blueprint with this name count every request, not only POST."""
    app.extensions[READING].add(blueprint)


def check_store(store: str) -> None:
    """Raises ValueError or ConfigurationError when this is not the address of a store that is
    supported; it does not check that there is a server."""
    storage_from_string(_storage_uri(store))


def is_store_up() -> bool:
    """Whether requests are counted where the settings say."""
    limiters: set[Limiter] = current_app.extensions.get("limiter", set())
    return all(limiter.storage.check() for limiter in limiters)


class _LimiterOfFew(Limiter):
    # Asking every limit whether it concerns a request takes a tenth of the time of a cart page.

    def init_app(self, app: Flask) -> None:
        app.extensions["limiter"] = {self}  # so that it adds no hooks of its own for all requests
        super().init_app(app)
        if self.enabled:
            app.before_request(self._check_if_concerned)
        else:
            app.extensions["limiter"].clear()

    def _check_if_concerned(self) -> None:
        if not _is_free():
            self._check_request_limit()


def _is_free() -> bool:
    here = request_ctx.request
    return here.method != "POST" and here.blueprint not in current_app.extensions[READING]


def _storage_uri(store: str) -> str:
    return store if store == MEMORY else PREFIX + store
