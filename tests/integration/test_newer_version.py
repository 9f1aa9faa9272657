"""A cart of a newer version of the format, as a shop finds it after it was rolled back to an older
release: no change overwrites it until its owner says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.web.cart import writer
from shop.web.cart.visit import read_visit
from tests.conftest import DAY, KEY, OpenShop
from tests.integration.carts import held
from tests.integration.checkouts import once, place
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_deletions,
    cart_headers,
    elements,
    parsed,
    text_of,
)

NEWER = cookie.sign("yAAAA", [KEY])
CHANGES = [
    pytest.param(lambda _, visitor: visitor.add("MUG"), id="add"),
    pytest.param(
        lambda shop, visitor: visitor.send("/cart/merge", cart=shop.cookie({"MUG": 1})), id="merge"
    ),
    pytest.param(
        lambda shop, visitor: visitor.send("/cart/replace", cart=shop.cookie({"MUG": 1})),
        id="replace",
    ),
    pytest.param(
        lambda shop, visitor: visitor.send("/cart/undo", cart=shop.cookie({"MUG": 1}), since=""),
        id="undo",
    ),
    pytest.param(
        lambda shop, visitor: visitor.send(
            "/cart/restore", cart=shop.cookie({"MUG": 1}, age_seconds=31 * DAY)
        ),
        id="restore",
    ),
    pytest.param(lambda _, visitor: visitor.send("/limits/cart/lines", count=5), id="fill"),
    pytest.param(lambda _, visitor: visitor.send("/limits/cart/empty"), id="empty"),
]


@pytest.fixture
def owner(visitor: LintingClient) -> LintingClient:
    """A browser with a cart that only a newer release can read."""
    assert visitor.token
    visitor.set_cookie("cart", NEWER)
    return visitor


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_overwrites_it(
    shop: OpenShop,
    owner: LintingClient,
    change: Callable[[OpenShop, LintingClient], TestResponse],
) -> None:
    response = change(shop, owner)
    assert (response.status_code, cart_headers(response)) == (409, [])
    assert "the change would have overwritten your earlier cart" in text_of(
        response.text, "[role=alert]"
    )
    assert "saved by another version" in text_of(response.text, "main > .notices")
    (form,) = elements(parsed(response.text), "cart-view form")
    assert attributes(form)["action"] == "/cart/clear"
    assert owner.cart_value() == NEWER


def test_its_owner_can_start_anew(owner: LintingClient) -> None:
    page = owner.get("/cart").text
    assert "Delete it and start a new cart" in text_of(page, ".empty")
    assert "There is nothing in your cart" not in page
    assert len(cart_deletions(owner.send("/cart/clear"))) == 1
    assert owner.add("MUG").status_code == 303
    assert len(held(owner)) == 1
    assert "another version" not in owner.get("/cart").text


def test_a_newer_release_reads_it_again(shop: OpenShop, owner: LintingClient) -> None:
    for address in ("/", "/cart", "/checkout", "/limits"):
        owner.get(address)
    owner.add("MUG")
    owner.send(f"/cart/lines/{shop.number('MUG')}/remove")
    owner.send("/cart/dismiss")
    assert owner.cart_value() == NEWER


def test_an_order_that_is_sent_again_does_not_delete_it(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    token = once(visitor)
    order = place(visitor, token).location
    visitor.set_cookie("cart", NEWER)
    response = place(visitor, token)
    assert (response.location, cart_headers(response)) == (order, [])


def test_it_is_put_back_where_a_browser_may_evict_it(shop: OpenShop) -> None:
    with shop.app.test_request_context("/limits", headers={"Cookie": f"cart={NEWER}"}):
        response = writer.put_back(Response(status=303), read_visit())
    (header,) = response.headers.getlist("Set-Cookie")
    assert header.startswith(f"cart={NEWER}; ")
