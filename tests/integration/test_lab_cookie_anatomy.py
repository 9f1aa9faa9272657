"""The visitor's own cookie, part by part: what deflating saves, and the lines left out."""

from __future__ import annotations

import re

import pytest

from shop.core import cookie
from shop.core.cart import Cart, Line
from tests.conftest import KEY, START, OpenShop
from tests.integration.client import LintingClient, elements, parsed
from tests.integration.test_lab_home import PAGE, rows


def cart_of(count: int) -> str:
    """The cookie value of a cart with products 1 to `count`, one of each."""
    cart = Cart(tuple(Line(number, 1) for number in range(1, count + 1)), START)
    return cookie.encode(cart, [KEY], name="cart")


def json_caption(html: str) -> str:
    """The caption of the figure with the JSON."""
    (caption,) = [
        caption.to_text()
        for caption in elements(parsed(html), "figcaption")
        if caption.to_text().startswith("Its JSON")
    ]
    return caption


def test_the_page_says_how_much_deflating_saves_over_packing(visitor: LintingClient) -> None:
    visitor.set_cookie("cart", cart_of(70))
    page = visitor.get(PAGE).text
    # 28 bits of time and 5 for each line are 378 bits, which take 63 characters.
    saved = re.search(r"\d+", json_caption(page))
    parts = {row[0]: row for row in rows(page, "Its parts and their bytes")}
    assert saved is not None
    assert int(saved[0]) + int(parts["D"][-1]) == 63
    assert "deflated" in parts["D"][1]


def test_a_packed_cart_mentions_no_deflating(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 2, "PENCIL": 5}))
    page = visitor.get(PAGE).text
    assert "deflated" not in json_caption(page)
    (payload,) = [row for row in rows(page, "Its parts and their bytes") if row[0] == "D"]
    assert "packed" in payload[1]


@pytest.mark.parametrize(("count", "left_out"), [(60, None), (61, 1), (70, 10)])
def test_lines_beyond_sixty_are_only_counted(
    visitor: LintingClient, count: int, left_out: int | None
) -> None:
    visitor.set_cookie("cart", cart_of(count))
    page = visitor.get(PAGE).text
    more = re.search(r"and (\d+) more lines?", page)
    assert len(rows(page, "What each line costs")) == 60
    assert (more and int(more[1])) == left_out


@pytest.mark.parametrize(("version", "marks"), [(1, "ABCDEF"), (2, "ABCDE")])
def test_the_parts_are_marked_in_order(
    shop: OpenShop, visitor: LintingClient, version: int, marks: str
) -> None:
    cart = Cart((Line(shop.number("MUG"), 2),), shop.clock.now)
    value = cookie.encode_version_1(cart, [KEY]) if version == 1 else shop.cookie({"MUG": 2})
    visitor.set_cookie("cart", value)
    page = visitor.get(PAGE).text
    assert "".join(row[0] for row in rows(page, "Its parts and their bytes"))[: len(marks)] == marks
    assert int(rows(page, "Its parts and their bytes")[len(marks) - 1][-1]) == 22
