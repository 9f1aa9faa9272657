"""A database that is busy or down causes a 503 page and never a 500, and the cart is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.conftest import Opener, OpenShop
from tests.integration.client import (
    CUSTOMER,
    LintingClient,
    cart_headers,
    elements,
    field_value,
    parsed,
    text_of,
)


@contextmanager
def missing(shop: OpenShop) -> Iterator[None]:
    """The database has no tables, as while it is restored from a backup."""
    shop.sql("alter table products rename to moved")
    yield
    shop.sql("alter table moved rename to products")


@pytest.fixture
def shop(open_shop: Opener) -> OpenShop:
    """A shop that waits for its database for as long as makes a test quick."""
    return open_shop(SHOP_DATABASE_WAIT_SECONDS="0.05")


def assert_unavailable_page(response: TestResponse) -> None:
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert text_of(response.text, "h1") == "The shop needs a moment"
    assert "Your cart is as it was." in response.text
    assert cart_headers(response) == []


def test_an_order_while_the_database_is_busy(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG", 2)
    page = visitor.get("/checkout").text
    fields = CUSTOMER | {"once": field_value(page, "once")}
    with shop.database.locked():
        assert_unavailable_page(visitor.send("/checkout", **fields))
    assert shop.sql("select count(*) from orders") == [(0,)]
    assert visitor.send("/checkout", **fields).status_code == 303
    assert shop.sql("select count(*) from orders") == [(1,)]


@pytest.mark.parametrize("address", ["/", "/products", "/products/everyday-mug", "/cart"])
def test_a_page_view_while_the_database_is_missing(
    shop: OpenShop, visitor: LintingClient, address: str
) -> None:
    visitor.add("MUG", 2)
    with missing(shop):
        assert_unavailable_page(visitor.get(address))
    assert text_of(visitor.get("/cart").text, ".top-count") == "2 items"


def test_a_change_while_the_database_is_missing(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG", 2)
    with missing(shop):
        assert_unavailable_page(visitor.add("PENCIL"))
    assert visitor.cart_value() == shop.cookie({"MUG": 2})


@pytest.mark.sqlite
def test_readiness_reports_an_unreachable_database(
    shop: OpenShop, visitor: LintingClient, tmp_path: Path
) -> None:
    database = Path(str(shop.app.extensions["shop"].engine.url.database))
    shop.app.extensions["shop"].engine.dispose()
    hidden = tmp_path / "hidden"
    database.rename(hidden)
    database.mkdir()
    assert visitor.get("/readyz").status_code == 503
    database.rmdir()
    hidden.rename(database)
    assert visitor.get("/readyz").status_code == 200


def test_the_unavailable_page_links_onwards(shop: OpenShop, visitor: LintingClient) -> None:
    with missing(shop):
        page = visitor.get("/products").text
    assert elements(parsed(page), "main a")


@pytest.mark.sqlite
def test_a_database_that_cannot_be_opened_at_the_first_request(open_shop: Opener) -> None:
    nowhere = "sqlite:////no/such/folder/shop.sqlite3"
    visitor = open_shop(migrated=False, SHOP_DATABASE_URL=nowhere).visitor()
    page = visitor.get("/products")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
