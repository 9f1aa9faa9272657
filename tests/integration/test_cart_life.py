"""How long a cart lives: the figures at their bounds, and a cart too full to be renewed."""

from __future__ import annotations

import pytest

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.packing import integers
from tests.conftest import DAY, KEY, Clock, Opener, OpenShop
from tests.integration.carts import held, notices
from tests.integration.client import LintingClient, cart_headers, text_of
from tests.unit.core.carts import cart_filling

TWO_BITS_MORE = cookie.EPOCH + 2**26
"""From this second in February 2028 on, the time of a cart takes two bits more."""
LATEST = 99_999_999_999
"""The latest time of a cart, which is in the year 5138."""


@pytest.fixture
def visitor_with_full_cart(open_shop: Opener, clock: Clock) -> LintingClient:
    """A browser with a cart that fills the budget to the last bit, ten days later."""
    cart = cart_filling(296).touched(TWO_BITS_MORE - 10 * DAY)
    clock.now = TWO_BITS_MORE
    visitor = open_shop(SHOP_CART_BUDGET_BYTES="300").visitor()
    visitor.set_cookie("cart", cookie.encode(cart, [KEY], name="cart"))
    return visitor


def test_a_full_cart_that_cannot_be_renewed_is_kept_and_says_so(
    visitor_with_full_cart: LintingClient,
) -> None:
    visitor = visitor_with_full_cart
    lines = held(visitor)
    said = notices(visitor)  # the linter would fail if the page wrote the cart
    assert held(visitor) == lines
    assert "it is kept until 7 March 2028" in said
    assert "remove a line" in said
    visitor.send(f"/cart/lines/{lines[0][0]}/remove")
    assert held(visitor) == lines[1:]
    assert "is kept until" not in notices(visitor)


def test_a_quiet_request_does_not_try_to_renew(visitor_with_full_cart: LintingClient) -> None:
    page = visitor_with_full_cart.get("/cart", headers={"Crumb-Quiet": "1"}).text
    assert "is kept until" not in text_of(page, "main > .notices")


@pytest.mark.parametrize(
    ("life", "grace", "seconds"),
    [
        pytest.param("399", "1", 400 * DAY, id="400 days"),
        pytest.param("399", f"{1 - 1 / DAY:.9f}", 400 * DAY - 1, id="one second less"),
        pytest.param("400", f"{1 / DAY + 1e-9:.9f}", 400 * DAY, id="one second more"),
        pytest.param("400", "400", 400 * DAY, id="twice as many"),
    ],
)
def test_no_cookie_asks_for_more_than_400_days(
    open_shop: Opener, life: str, grace: str, seconds: int
) -> None:
    visitor = open_shop(SHOP_CART_MAX_AGE_DAYS=life, SHOP_CART_GRACE_DAYS=grace).visitor()
    (header,) = cart_headers(visitor.add("MUG"))
    assert f"; Max-Age={seconds};" in header


@pytest.mark.parametrize("changed_at", [LATEST, LATEST - 1])
@pytest.mark.parametrize("address", ["/cart", "/cart/about", "/cart/share", "/checkout", "/limits"])
def test_a_cart_of_the_latest_time_is_shown(
    shop: OpenShop, visitor: LintingClient, changed_at: int, address: str
) -> None:
    cart = Cart((Line(shop.number("MUG"), 2),), changed_at)
    visitor.set_cookie("cart", cookie.encode(cart, [KEY], name="cart"))
    response = visitor.get(address)
    assert (response.status_code, text_of(response.text, ".top-count")) == (200, "2 items")


def test_a_cart_of_a_later_time_is_left_alone(shop: OpenShop, visitor: LintingClient) -> None:
    lines = [(shop.number("MUG"), 2)]
    payload = integers.payload(LATEST + 1 - cookie.EPOCH, lines)
    visitor.set_cookie("cart", cookie.sign(payload, [KEY]))
    response = visitor.get("/cart")
    assert (cart_headers(response), text_of(response.text, ".top-count")) == ([], "0 items")
