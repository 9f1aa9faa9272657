"""The cart page is made from a skeleton that visits share: nothing of one gets into another."""

from __future__ import annotations

import pytest

from shop.web.frame.skeletons import EXTENSION
from tests.conftest import OpenShop
from tests.integration.client import (
    LintingClient,
    csrf_token,
    field_value,
    text_of,
)

pytestmark = pytest.mark.sqlite


def skeletons(shop: OpenShop) -> int:
    return len(shop.app.extensions[EXTENSION]._kept)


def cart_page(visitor: LintingClient, sku: str, quantity: int) -> str:
    """The cart page after an addition, once its message has been shown."""
    visitor.add(sku, quantity)
    visitor.get("/cart")
    return visitor.get("/cart").text


def test_two_visits_share_a_skeleton_and_nothing_else(shop: OpenShop) -> None:
    first = cart_page(shop.visitor(), "MUG", 2)
    kept = skeletons(shop)
    second = cart_page(shop.visitor(), "PENCIL", 7)
    assert skeletons(shop) == kept == 2  # the page, and its sums
    for page, own, other in ((first, "Everyday mug", "pencil"), (second, "pencil", "mug")):
        assert own in page
        shown = page.partition("<footer")[0].partition("<main")[2]
        assert other not in shown.replace(csrf_token(page), "")  # which may spell any word
    assert csrf_token(first) != csrf_token(second)
    assert field_value(first, "since") != field_value(second, "since")
    for selector in (".totals", ".top-count", ".biscuit-words"):
        assert text_of(first, selector) != text_of(second, selector)


def test_a_notice_is_for_one_visit(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.add("MUG")
    assert "Added to your cart" in visitor.get("/cart").text
    assert "Added to your cart" not in visitor.get("/cart").text
    assert "Added to your cart" not in cart_page(shop.visitor(), "PENCIL", 1)


def test_a_cart_that_is_built_otherwise_has_a_skeleton_of_its_own(shop: OpenShop) -> None:
    lacking = "more for free shipping"
    assert lacking in cart_page(shop.visitor(), "PENCIL", 1)
    assert lacking not in cart_page(shop.visitor(), "MUG", 20)
    assert lacking in cart_page(shop.visitor(), "MUG", 1)


def test_each_language_has_its_own(shop: OpenShop) -> None:
    visitor = shop.visitor()
    assert "Your cart" in cart_page(visitor, "MUG", 1)
    german = visitor.get("/cart", headers={"Accept-Language": "de"})
    assert "Ihr Warenkorb" in german.text
    assert "Your cart" in visitor.get("/cart").text
