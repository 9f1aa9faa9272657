"""The cookie limit of a real browser, to the byte."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.jar import Crumb, Jar, NamedCookie
from e2e.support import carts
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from shop.core.cart import Cart, Line
from shop.core.cookie import BROWSER_LIMIT_BYTES

ONE_MUG = Line(MUG, 1)


def _put_cart(shopper: Shopper, cart: Cart) -> None:
    lines = {line.number: line.quantity for line in cart.lines}
    carts.put(shopper.page.context, shopper.url, carts.value_of(lines))


def _cart_cookie(shopper: Shopper) -> NamedCookie:
    return Jar(shopper.page.context, Crumb(shopper.url))["cart"]


def test_a_cart_of_exactly_the_limit_is_kept(shopper: Shopper) -> None:
    cart = carts.cart_that_fills(BROWSER_LIMIT_BYTES, ONE_MUG)
    _put_cart(shopper, cart)

    shopper.adds("everyday-mug").holds("Everyday mug")

    _cart_cookie(shopper).to_have_bytes(exactly=BROWSER_LIMIT_BYTES)
    held = carts.held_cart(shopper.page.context)
    assert held is not None
    assert held.lines == (*cart.lines, ONE_MUG)


def test_a_cart_one_byte_over_the_limit_is_refused_and_kept_as_it_was(shopper: Shopper) -> None:
    cart = carts.cart_that_fills(BROWSER_LIMIT_BYTES + 1, ONE_MUG)
    _put_cart(shopper, cart)
    before = _cart_cookie(shopper).to_exist().read()

    page = shopper.visits("/products/everyday-mug")
    with page.expect_response(lambda response: response.request.method == "POST") as posted:
        page.get_by_role("button", name="Add to cart").click()

    assert posted.value.status == 409
    assert "cart=" not in posted.value.all_headers().get("set-cookie", "")
    expect(page.get_by_role("alert")).to_contain_text(
        "“Everyday mug” does not fit into your cart. With it the cart would need 4,097 bytes, "
        "and only 4,096 can be kept."
    )
    assert _cart_cookie(shopper).read() == before
