"""A price before a reduction: shown where the price is, and charged nowhere."""

from __future__ import annotations

import pytest

from shop.storage import price_history
from shop.storage.engine import reading
from tests.conftest import DAY, OpenShop
from tests.integration.carts import import_csv, reprice
from tests.integration.client import LintingClient, pairs, text_of

PAGE = "/products/everyday-mug"
LOWEST = "Lowest price in the 30 days before the reduction"


def reduce(shop: OpenShop, price: str, before: str) -> None:
    rows = f"MUG,Everyday mug,{price},GBP,{before}"
    import_csv(shop, f"sku,name,price,currency,compare_at_price\n{rows}\n")


def test_the_page_and_the_lists_say_what_it_was(shop: OpenShop, visitor: LintingClient) -> None:
    shop.clock.now += DAY
    reduce(shop, "8.00", "12.00")
    assert text_of(visitor.get(PAGE).text, ".product-price").startswith("Now £8.00 , was £12.00")
    for address in ("/products?q=everyday+mug", "/"):
        cards = visitor.get(address).text
        assert '<ins class="price-now">£8.00</ins>' in cards
        assert '<del class="price-before">£12.00</del>' in cards
    visitor.add("MUG", 2)
    assert pairs(visitor.get("/cart").text)["Subtotal"] == "£16.00"


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("sku,name,price,currency\nMUG,Everyday mug,12.00,GBP\n", id="price raised"),
        pytest.param(
            "sku,name,price,currency,compare_at_price\nMUG,Everyday mug,8,GBP,\n", id="cell emptied"
        ),
    ],
)
def test_a_reduction_ends(shop: OpenShop, visitor: LintingClient, file: str) -> None:
    reduce(shop, "8.00", "12.00")
    import_csv(shop, file)
    page = visitor.get(PAGE).text
    assert "<del" not in page
    assert LOWEST not in page


def test_an_older_file_keeps_it(shop: OpenShop, visitor: LintingClient) -> None:
    reduce(shop, "8.00", "12.00")
    reprice(shop, MUG="7.00")
    assert "was £12.00" in text_of(visitor.get(PAGE).text, ".product-price")


def test_the_page_states_the_lowest_price_before_the_reduction(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.clock.now += 40 * DAY
    reprice(shop, MUG="9.00")  # after 40 days at 9.50
    shop.clock.now += 5 * DAY
    reprice(shop, MUG="11.00")
    shop.clock.now += 5 * DAY
    reduce(shop, "8.00", "11.00")
    assert f"{LOWEST}: £9.00" in visitor.get(PAGE).text
    assert LOWEST not in visitor.get("/products/oat-glazed-mug").text


@pytest.mark.parametrize(
    ("days", "lowest"),
    [
        pytest.param(29, 700, id="sold for 7.00 within the 30 days"),
        pytest.param(30, 1100, id="sold for 7.00 before the 30 days"),
    ],
)
def test_only_prices_of_the_last_30_days_count(shop: OpenShop, days: int, lowest: int) -> None:
    shop.clock.now += DAY
    reprice(shop, MUG="7.00")
    shop.clock.now += DAY
    reprice(shop, MUG="11.00")  # from here on, 7.00 is over
    shop.clock.now += days * DAY
    reprice(shop, MUG="8.00")
    with reading(shop.app.extensions["shop"].engine) as connection:
        found = price_history.prior_price(connection, shop.number("MUG"))
    assert found is not None
    assert found.minor == lowest


def test_a_product_without_an_earlier_price_states_none(
    shop: OpenShop, visitor: LintingClient
) -> None:
    page = visitor.get("/products/enamel-bread-bin").text
    assert "was £52.00" in text_of(page, ".product-price")
    assert LOWEST not in page
