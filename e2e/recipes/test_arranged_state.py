"""Use it for every test whose subject is not how its state came about.

Clicking together the state of a test is slow, and breaks it for reasons that are not its own.
Arrange through the interface for programs, act in the page, and ask the interface what came of it:
the page may say "thank you" and the shop know nothing.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.jar import Jar
from e2e.support.pages import Shopper


def test_an_order_takes_the_last_one_from_stock(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("STATE-ONE-LEFT, MUG*2")

    page = own_shopper.goes_to_checkout().fills_in().places_the_order()

    (order,) = page.request.get(f"{own_shopper.url}/api/orders").json()["orders"]
    expect(page.get_by_role("main")).to_contain_text(order["reference"])
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [
        ("STATE-ONE-LEFT", 1),
        ("MUG", 2),
    ]
    lamp = page.request.get(f"{own_shopper.url}/api/products/STATE-ONE-LEFT").json()
    assert lamp["state"] == "sold out"
