"""Addresses that lead elsewhere: a renamed product."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from shop.config import Settings
from shop.factory import catalogue_defaults
from shop.storage import catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import writing
from tests.conftest import OpenShop
from tests.integration.client import LintingClient, cart_headers, text_of


def rename(shop: OpenShop, **slugs: str) -> None:
    """Imports a file that gives each product, by its SKU, this slug."""
    rows = [f"{sku},{sku},9,GBP,{slug}\n" for sku, slug in slugs.items()]
    defaults = catalogue_defaults(Settings.from_environ({}))
    imported = read("".join(["sku,name,price,currency,slug\n", *rows]).encode(), defaults).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, imported, defaults, shop.clock.now)


def target(response: TestResponse) -> tuple[int, str | None]:
    return response.status_code, response.headers.get("Location")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("/products/everyday-mug", "/products/daily-mug", id="its page"),
        pytest.param(
            "/products/everyday-mug?q=a+b%26&é=%0D%0A",
            "/products/daily-mug?q=a+b%26&%C3%A9=%0D%0A",
            id="with a query",
        ),
        pytest.param(
            "/products/everyday-mug/picture.svg?v=1",
            "/products/daily-mug/picture.svg?v=1",
            id="its picture",
        ),
    ],
)
def test_an_old_address_leads_to_the_new_one(
    shop: OpenShop, visitor: LintingClient, method: str, asked: str, expected: str
) -> None:
    visitor.add("MUG")
    rename(shop, MUG="daily-mug")
    response = visitor.open(asked, method=method)
    assert (target(response), cart_headers(response)) == ((301, expected), [])
    assert visitor.open(expected, method=method).status_code == 200


def test_a_chain_leads_straight_to_its_end(shop: OpenShop, visitor: LintingClient) -> None:
    for slug in ("b", "c", "d"):
        rename(shop, MUG=slug)
    for former in ("everyday-mug", "b", "c"):
        assert target(visitor.get(f"/products/{former}")) == (301, "/products/d")


def test_a_product_that_is_renamed_back_leaves_no_circle(
    shop: OpenShop, visitor: LintingClient
) -> None:
    for slug in ("b", "everyday-mug", "b", "everyday-mug"):
        rename(shop, MUG=slug)
    assert visitor.get("/products/everyday-mug").status_code == 200
    assert target(visitor.get("/products/b")) == (301, "/products/everyday-mug")
    assert shop.sql("select slug from former_slugs") == [("b",)]


def test_a_slug_that_another_product_takes_belongs_to_that(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rename(shop, MUG="b")
    rename(shop, PENCIL="everyday-mug")
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "PENCIL"
    rename(shop, PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/c")
    assert target(visitor.get("/products/cedar-pencil")) == (301, "/products/c")


def test_a_new_product_may_take_a_former_slug(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    rename(shop, NEW="everyday-mug")
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "NEW"
    assert shop.sql("select count(*) from former_slugs") == [(0,)]


def test_a_former_slug_that_was_given_away_by_hand(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    shop.sql("update products set slug = 'everyday-mug' where sku = 'PENCIL'")
    rename(shop, PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/c")


def test_products_that_are_renamed_together_keep_their_old_addresses(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rename(shop, MUG="b", PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/b")
    assert target(visitor.get("/products/cedar-pencil")) == (301, "/products/c")


def test_an_import_without_slugs_moves_nothing(shop: OpenShop, visitor: LintingClient) -> None:
    defaults = catalogue_defaults(Settings.from_environ({}))
    rows = read(b"sku,name,price,currency\nMUG,Renamed,9,GBP\n", defaults).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, rows, defaults, shop.clock.now)
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "Renamed"
    assert shop.sql("select count(*) from former_slugs") == [(0,)]


def test_a_deleted_product_leaves_no_address(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    with writing(shop.app.extensions["shop"].engine) as connection:
        connection.exec_driver_sql("delete from products where sku = 'MUG'")
    assert shop.sql("select count(*) from former_slugs") == [(0,)]
    assert visitor.get("/products/everyday-mug").status_code == 404
    assert visitor.get("/products/b").status_code == 404
