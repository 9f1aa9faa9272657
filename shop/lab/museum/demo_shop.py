"""A demo shop within the shop, whose real pages show the carts of the museum.

It is made like the real shop, with the same settings and keys but without the laboratory, over a
database in memory that exists for one showing only. So products can be sold out or cost more there,
whatever the real shop sells; nothing is written for a visitor; and no cookie of the visitor's gets
in, as its only client is the one below. Showings take turns, since they share the pages.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from babel.numbers import get_currency_precision
from flask import Flask, request, template_rendered
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from shop.core.money import Money
from shop.core.pricing import Rules
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.visitors_cart import cookie_limit
from shop.lab.museum.page_text import PageText
from shop.storage import catalogue_import
from shop.storage.cached_catalogue import CachedCatalogue
from shop.storage.catalogue_files.rows import Defaults, Row
from shop.storage.engine import connect_to, writing
from shop.storage.models import Table
from shop.web.languages.addressing import Languages
from shop.web.site.shop import Shop, shop

FORMER_KEY = "the key with which the museum signed before it was given the shop's"
"""Accepted in the demo shop only. It need not be secret: no other cookie ever gets there."""
SECONDS_A_DAY = 86_400
MUG, PENCIL, TEAPOT, DIARY, LAMP = range(1, 6)
"""The cookie numbers of the demo shop's products."""
LAMP_WAS, LAMP_IS = 40, 50
_PRODUCTS = (
    ("MUG", "Mug", 9, None, True),
    ("PENCIL", "Pencil", 1, None, True),
    ("TEAPOT", "Sold-out teapot", 36, 0, True),
    ("DIARY", "Discontinued diary", 13, None, False),
    ("LAMP", "Lamp with a new price", LAMP_WAS, None, True),
)
"""SKU, name, price in major units, stock and whether it is still sold, in number order."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an exhibit's cookie depends on: its limit, and the shop's times, all in seconds."""

    cookie_limit: CookieLimit
    now: int
    life_seconds: int
    grace_seconds: int

    @property
    def recently(self) -> int:
        """A time of last change that leaves a cart alive and not yet renewed."""
        return self.now - min(self.life_seconds, SECONDS_A_DAY) // 2

    @property
    def since_then(self) -> int:
        """A time after `recently`, and before now if the shop's carts live long enough."""
        return self.now - (self.now - self.recently) // 2


@dataclass(frozen=True, slots=True)
class Action:
    """A form that is sent in a second try; `fields` are made from the cookie's value."""

    title: str
    path: str
    fields: Callable[[str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A request with the exhibit's cookie, redirects followed, and its outcome.

    `set_cookies` are the headers for the cart, `refusals` what the shop logged about it, `held` the
    values that the browser holds in the end.
    """

    asked: str
    statuses: tuple[int, ...]
    set_cookies: tuple[str, ...]
    refusals: tuple[str, ...]
    held: tuple[str, ...]
    page: PageText

    @property
    def fate(self) -> str:
        """What the responses do to the cookie: `left alone`, `deleted` or `rewritten`."""
        if not self.set_cookies:
            return "left alone"
        is_gone = all("; Max-Age=0;" in line for line in self.set_cookies)
        return "deleted" if is_gone else "rewritten"


@dataclass(frozen=True, slots=True)
class Showing:
    """An exhibit's cookies, and what the shop did when its page was opened and its form sent."""

    conditions: Conditions
    values: tuple[str, ...]
    opened: Reply
    acted: Reply

    @property
    def octets(self) -> tuple[int, ...]:
        """Octets of name + value of each cookie."""
        return tuple(len(self.conditions.cookie_limit.name) + len(value) for value in self.values)

    @property
    def header(self) -> str:
        """The value of the requests' Cookie header."""
        return "; ".join(f"{self.conditions.cookie_limit.name}={value}" for value in self.values)


class DemoShop:
    """The pages of the demo shop; `join` makes an app for a Shop."""

    def __init__(self, join: Callable[[Shop], Flask]) -> None:
        self._join = join
        self._lock = threading.Lock()
        self._app: Flask | None = None

    def conditions(self) -> Conditions:
        """What an exhibit's cookies depend on, for this request's connection."""
        here = shop()
        return Conditions(
            cookie_limit(), here.now(), here.cart_max_age_seconds, here.cart_grace_seconds
        )

    def play(self, conditions: Conditions, values: tuple[str, ...], action: Action) -> Showing:
        """Opens the cart page with these cookies; then, in another browser, acts with them."""
        with self._lock, self._opened(conditions) as app:
            browsers = [_browser(app, conditions.cookie_limit.name, values) for _ in range(2)]
            opened = _reply(browsers[0], conditions, "GET", "/cart", {})
            acted = _reply(browsers[1], conditions, "POST", action.path, action.fields(values[0]))
        return Showing(conditions, values, opened, acted)

    @contextmanager
    def _opened(self, conditions: Conditions) -> Iterator[Flask]:
        here = shop()
        engine = connect_to("sqlite://")
        try:
            _furnish(engine, here.rules, conditions)
            english = here.languages.english
            staged = replace(
                here,
                languages=Languages((english,)),
                words_in={english.tag: here.words},
                engine=engine,
                catalogue=CachedCatalogue(engine),
                keys=(*here.keys, FORMER_KEY),
                now=lambda: conditions.now,
            )
            if self._app is None:
                self._app = self._join(staged)
                template_rendered.connect(_keep_page, self._app)
                self._app.config["WTF_CSRF_ENABLED"] = False  # no other site can reach it
            self._app.extensions["shop"] = staged
            yield self._app
        finally:
            engine.dispose()


def _furnish(engine: Engine, rules: Rules, conditions: Conditions) -> None:
    exponent = get_currency_precision(rules.currency)
    defaults = Defaults(rules.currency, exponent, "Museum", rules.shipping_vat_basis_points)

    def row(line: int, sku: str, name: str, price: int, stock: int | None, is_active: bool) -> Row:
        money = Money(price * 10**exponent, rules.currency)
        return Row(line, sku, name, money, stock=stock, is_active=is_active)

    rows = [row(line, *product) for line, product in enumerate(_PRODUCTS, 1)]
    dearer = replace(rows[LAMP - 1], price=Money(LAMP_IS * 10**exponent, rules.currency))
    with writing(engine) as connection:
        Table.metadata.create_all(connection)
        catalogue_import.import_rows(connection, rows, defaults, 0)
        catalogue_import.import_rows(connection, [dearer], defaults, conditions.since_then)


def _browser(app: Flask, name: str, values: tuple[str, ...]) -> Client:
    client = Client(app)
    for value, path in zip(values, _paths()[-len(values) :], strict=True):
        client.set_cookie(name, value, domain=_host(), path=path, max_size=0)
    return client


def _paths() -> tuple[str, str]:
    # A second cookie of the same name needs another path, or it would replace the first; the one
    # with the longer path is sent first (RFC 6265bis, 5.8.3).
    return f"{request.script_root}/cart", "/"


def _reply(
    browser: Client, conditions: Conditions, method: str, path: str, fields: Mapping[str, str]
) -> Reply:
    with _recording() as record:
        answer: TestResponse = browser.open(
            path,
            method=method,
            data=fields or None,
            base_url=request.root_url,
            follow_redirects=True,
            buffered=True,
        )
    answers = (*answer.history, answer)
    kept = (browser.get_cookie(conditions.cookie_limit.name, _host(), path) for path in _paths())
    return Reply(
        asked=f"{method} {request.script_root}{path}",
        statuses=tuple(each.status_code for each in answers),
        set_cookies=tuple(
            line
            for each in answers
            for line in each.headers.getlist("Set-Cookie")
            if line.startswith(f"{conditions.cookie_limit.name}=")
        ),
        refusals=tuple(record.refusals),
        held=tuple(cookie.value for cookie in kept if cookie is not None),
        page=record.page,
    )


def _host() -> str:
    return urlsplit(request.root_url).hostname or ""


@dataclass(slots=True)
class _Record:
    """What a request to the demo shop logged of refused carts, and the last page it rendered."""

    refusals: list[str] = field(default_factory=list)
    page: PageText = field(default_factory=PageText)


_record: ContextVar[_Record | None] = ContextVar("record", default=None)


@contextmanager
def _recording() -> Iterator[_Record]:
    record = _Record()
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


def _keep_page(_: Flask, *, context: Mapping[str, Any], **__: object) -> None:
    record = _record.get()
    if record is not None and "frame" in context:
        record.page = PageText.of(context)


def _keep_refusal(record: logging.LogRecord) -> bool:
    # What the demo shop logs is shown in the museum, and kept out of the real shop's log.
    kept = _record.get()
    if kept is None:
        return True
    kept.refusals.append(f"{vars(record)['refusal']}: {vars(record)['reason']}")
    return False


logging.getLogger("shop.cart").addFilter(_keep_refusal)
