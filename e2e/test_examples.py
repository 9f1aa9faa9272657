"""The reader of docs/examples, written from the description of the format alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from e2e.support.server import RunningShop

PROJECT = Path(__file__).parents[1]
READER = (PROJECT / "docs" / "examples" / "read-cart.js").read_text("utf-8")
GOLDEN = json.loads((PROJECT / "tests" / "golden" / "v2.json").read_text("utf-8"))
READ = """async ([module, value, secrets]) => {
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    return (await import(address)).readCart(value, secrets);
}"""


@pytest.fixture
def reader(page: Page, shop: RunningShop) -> Page:
    """A page of a secure origin, which cryptography needs, without the shop's own policy."""
    page.route("**/reader", lambda route: route.fulfill(content_type="text/html", body="reader"))
    page.goto(f"{shop.url}/reader")
    return page


def read(reader: Page, value: str, *secrets: str) -> Any:
    return reader.evaluate(READ, [READER, value, secrets])


def test_every_golden_cart_is_read(reader: Page) -> None:
    for golden in GOLDEN["cookies"]:
        cart = read(reader, golden["value"], "another", GOLDEN["key"])
        lines = [[line["number"], line["quantity"]] for line in cart["lines"]]
        assert (cart["changedAt"], lines) == (golden["changed_at"], golden["lines"])


def test_a_cart_of_another_key_is_refused(reader: Page) -> None:
    with pytest.raises(Error, match="not signed with one of these secrets"):
        read(reader, GOLDEN["cookies"][0]["value"], "another")
