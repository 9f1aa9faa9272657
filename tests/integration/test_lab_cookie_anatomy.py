"""The visitor's own cookie taken apart: what packing and deflating save, and what is left out."""

from __future__ import annotations

import re

import pytest

from shop.core import cookie
from shop.core.cart import Cart, Line
from tests.conftest import KEY, START, OpenShop
from tests.integration.client import LintingClient, elements, parsed
from tests.integration.test_lab_home import PAGE, rows


def cart_of(count: int) -> str:
    """The value of a cart with the numbers from 1 on, one piece of each."""
    cart = Cart(tuple(Line(number, 1) for number in range(1, count + 1)), START)
    return cookie.encode(cart, [KEY], name="cart")


def of_json(html: str) -> str:
    """The caption of the JSON."""
    (caption,) = [
        found.to_text()
        for found in elements(parsed(html), "figcaption")
        if found.to_text().startswith("Its JSON")
    ]
    return caption


def test_what_deflating_saves_is_held_against_packing(visitor: LintingClient) -> None:
    visitor.set_cookie("cart", cart_of(70))
    page = visitor.get(PAGE).text
    # 28 bits of time and 5 for each line are 378 bits, which take 63 characters.
    saved = re.search(r"\d+", of_json(page))
    parts = {row[0]: row for row in rows(page, "Its parts and their bytes")}
    assert saved is not None
    assert int(saved[0]) + int(parts["D"][-1]) == 63
    assert "deflated" in parts["D"][1]


def test_a_cart_that_is_packed_has_nothing_deflated(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 2, "PENCIL": 5}))
    page = visitor.get(PAGE).text
    assert "deflated" not in of_json(page)
    (payload,) = [row for row in rows(page, "Its parts and their bytes") if row[0] == "D"]
    assert "packed" in payload[1]


@pytest.mark.parametrize(("count", "left_out"), [(60, None), (61, 1), (70, 10)])
def test_lines_that_are_left_out_are_counted(
    visitor: LintingClient, count: int, left_out: int | None
) -> None:
    visitor.set_cookie("cart", cart_of(count))
    page = visitor.get(PAGE).text
    more = re.search(r"and (\d+) more lines?", page)
    assert len(rows(page, "What each line costs")) == 60
    assert (more and int(more[1])) == left_out
