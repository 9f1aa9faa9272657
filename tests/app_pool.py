"""Apps that tests use one after another, because making one takes longer than most tests.

What a shopper or an operator can change is new for each test: the database, the answers and
fragments cached from it, the clock and the counts of the rate limits. An app that a test altered in
another way is not used again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from shop import factory
from shop.config import Settings
from shop.storage.cached_catalogue import CachedCatalogue
from shop.storage.engine import connect_to
from shop.web.frame import fragments, skeletons
from tests.integration.client import LintingClient

MOST_IDLE = 8


class AppPool:
    """Lends apps, each to one test at a time."""

    def __init__(self) -> None:
        self._idle: list[tuple[object, Flask]] = []

    @contextmanager
    def app(self, settings: Settings, now: Callable[[], int]) -> Iterator[Flask]:
        """An app that behaves like a new one with these settings. Only one whose settings differ in
        nothing but the folder and the database is used again."""
        ingredients = _ingredients(settings)
        app = self._renewed(ingredients, settings, now) or app_for_tests(settings, now)
        state = _state(app)
        yield app
        app.extensions["shop"].engine.dispose()
        is_renewable = settings.ratelimit_storage == "memory://" and not settings.test_mode
        if is_renewable and _state(app) == state:
            self._idle.append((ingredients, app))
            del self._idle[:-MOST_IDLE]

    def _renewed(
        self, ingredients: object, settings: Settings, now: Callable[[], int]
    ) -> Flask | None:
        for place, (kept, app) in enumerate(self._idle):
            if kept == ingredients:
                del self._idle[place]
                _renew(app, settings, now)
                return app
        return None


def app_for_tests(settings: Settings, now: Callable[[], int]) -> Flask:
    """A new app whose client lints every response."""
    app = factory.create_app(settings, now=now)
    app.test_client_class = LintingClient
    app.testing = True
    return app


def _ingredients(settings: Settings) -> tuple[object, ...]:
    return replace(settings, instance=Path(), database_url=""), factory.payments


def _renew(app: Flask, settings: Settings, now: Callable[[], int]) -> None:
    engine = connect_to(settings.database_url, factory.database_limits(settings))
    app.extensions["shop"] = replace(
        app.extensions["shop"], engine=engine, catalogue=CachedCatalogue(engine), now=now
    )
    fragments.register(app)
    skeletons.register(app)
    app.instance_path = str(settings.instance)
    for limiter in app.extensions.get("limiter", ()):  # none where it is off
        limiter.reset()


def _state(app: Flask) -> Any:
    """What a test may alter, copied as deep as dictionaries and lists go."""
    own = {name: it for name, it in vars(app).items() if name not in _CHANGING}
    extensions = {name: it for name, it in app.extensions.items() if name not in _RENEWED}
    environment = {name: it for name, it in vars(app.jinja_env).items() if name != "cache"}
    return _copy([own, extensions, environment])


_CHANGING = ("extensions", "jinja_env", "instance_path", "_got_first_request")
_RENEWED = ("shop", "fragments", "skeletons", "limiter")


def _copy(value: Any) -> Any:
    if isinstance(value, list):
        return [_copy(it) for it in value]
    if isinstance(value, dict):  # Flask adds empty ones where it looks something up
        copies = {key: _copy(it) for key, it in value.items()}
        return {key: it for key, it in copies.items() if it != {}}
    return value
