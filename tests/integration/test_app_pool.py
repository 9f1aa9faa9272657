"""An app that several tests use in turn is like a new one to each of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from shop.config import Settings
from tests.app_pool import AppPool
from tests.conftest import DAY, KEY, START, Clock, OpenShop
from tests.databases import SqliteFile
from tests.integration.client import CSRF_FIELD, CUSTOMER, field_value

PAGES = ("/", "/products/everyday-mug", "/cart", "/limits", "/limits/museum/full", "/sitemap.xml")


@pytest.fixture
def settings(tmp_path: Path, stocked: Path) -> Callable[[str], Settings]:
    """Settings with a strict rate limit, and a new database in a folder of this name."""

    def settings_in(name: str) -> Settings:
        (tmp_path / name).mkdir()
        shutil.copy(stocked, tmp_path / name / "shop.sqlite3")
        environ = {"SHOP_INSTANCE": str(tmp_path / name), "SHOP_SECRET_KEYS": KEY}
        return Settings.from_environ(environ | {"SHOP_RATELIMIT": "8 per minute"})

    return settings_in


def opened(
    pool: AppPool, settings: Settings, clock: Clock, use: Callable[[OpenShop], None]
) -> Flask:
    """Uses a shop, and returns its app."""
    with pool.app(settings, clock) as app:
        use(OpenShop(app, clock, SqliteFile(settings.instance / "shop.sqlite3"), settings.instance))
        return app


def pages(shop: OpenShop) -> list[str]:
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 2, "CREPE-PAN": 1}))
    # A token holds the second in which it was made.
    return [CSRF_FIELD.sub("<token>", visitor.get(path).text) for path in PAGES]


def live(shop: OpenShop) -> None:
    """A day in which everything happens that shoppers and operators can cause."""
    shop.clock.now += 40 * DAY
    statements = shop.statements()
    shop.sql("update products set price_minor = 7, name = 'Another mug' where sku = 'MUG'")
    shop.sql("delete from products where sku = 'CREPE-PAN'")
    visitor = shop.visitor()
    visitor.add("MUG", 3)
    once = field_value(visitor.get("/checkout").text, "once")
    assert visitor.send("/checkout", **CUSTOMER, once=once, payment="invoice").status_code == 303
    assert shop.sql("select count(*) from orders") == [(1,)]
    assert "Another mug" in visitor.get("/").text
    while visitor.add("PENCIL").status_code != 429:
        pass
    assert statements


def test_nothing_is_left_of_what_the_test_before_did(settings: Callable[[str], Settings]) -> None:
    pool, clock = AppPool(), Clock()
    seen: list[list[str]] = []

    def look(shop: OpenShop) -> None:
        seen.append(pages(shop))
        assert shop.visitor().add("MUG").status_code == 303

    opened(AppPool(), settings("new"), Clock(), look)
    used = opened(pool, settings("first"), clock, live)
    assert clock.now == START + 40 * DAY
    assert opened(pool, settings("second"), Clock(), look) is used
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda app: app.config.update(TESTING=False), id="config"),
        pytest.param(lambda app: app.extensions.update(assets=None), id="an extension"),
        pytest.param(lambda app: app.jinja_env.globals.update(x=1), id="templates"),
        pytest.param(lambda app: app.view_functions.update(x=print), id="a view"),
        pytest.param(lambda app: app.before_request(print), id="before a request"),
        pytest.param(lambda app: setattr(app, "wsgi_app", print), id="around the app"),
    ],
)
def test_an_altered_app_is_not_used_again(
    settings: Callable[[str], Settings], alter: Callable[[Flask], object]
) -> None:
    pool = AppPool()
    with pool.app(settings("first"), Clock()) as app:
        alter(app)
    with pool.app(settings("second"), Clock()) as another:
        assert another is not app
