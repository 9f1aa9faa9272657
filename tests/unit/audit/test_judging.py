"""What counts as a fault in a response to a hostile request."""

from __future__ import annotations

import pytest

from audit.hostile.judging import Judge
from audit.hostile.wire import Received, Sent
from shop.core import cookie
from shop.core.cart import Cart, Line

KEY = "a key of the tests that is long enough to be one"
CART = Cart((Line(1, 2), Line(7, 1)), cookie.EPOCH)
LARGER = Cart((Line(1, 2), Line(7, 1), Line(9, 1)), cookie.EPOCH)
SMALLER = Cart((Line(1, 2),), cookie.EPOCH)
OURS = (("x-content-type-options", "nosniff"), ("content-security-policy", "default-src 'none'"))
DELETED = "cart=; Path=/; Max-Age=0"


def _written(cart: Cart) -> str:
    return f"cart={cookie.encode(cart, [KEY], name='cart')}; Max-Age=99; Path=/; HttpOnly"


def _kinds(endpoint: str, method: str, status: int, *headers: tuple[str, str]) -> list[str]:
    received = Received(status, (*OURS, *headers), b"")
    return [
        fault.kind for fault in Judge(CART, [KEY]).faults(endpoint, Sent(method, "/any"), received)
    ]


@pytest.mark.parametrize("status", [200, 204, 303, 404, 405, 409, 413, 429])
def test_a_refusal_is_no_fault(status: int) -> None:
    assert _kinds("cart.show", "GET", status) == []


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_the_server_is_one(status: int) -> None:
    assert _kinds("cart.show", "GET", status) == ["5xx"]


@pytest.mark.parametrize(
    ("endpoint", "method", "status", "header"),
    [
        pytest.param("cart.show", "GET", 200, _written(CART), id="written as it was"),
        pytest.param("cart.create", "POST", 303, _written(LARGER), id="added to"),
        pytest.param("cart.update", "POST", 303, _written(SMALLER), id="a line removed"),
        pytest.param("cart.clear", "POST", 303, DELETED, id="emptied"),
        pytest.param("cart.show", "GET", 200, "cart=; Path=/cart; Max-Age=0", id="another path"),
        pytest.param("cart.show", "GET", 200, "undo=; Path=/cart; Max-Age=0", id="another cookie"),
    ],
)
def test_a_cart_may_change_where_it_is_asked_to(
    endpoint: str, method: str, status: int, header: str
) -> None:
    assert _kinds(endpoint, method, status, ("set-cookie", header)) == []


@pytest.mark.parametrize(
    ("endpoint", "method", "status", "header"),
    [
        pytest.param("cart.show", "GET", 200, DELETED, id="deleted by a page"),
        pytest.param("cart.clear", "GET", 303, DELETED, id="emptied by a GET"),
        pytest.param("cart.clear", "POST", 400, DELETED, id="emptied by a refused form"),
        pytest.param("cart.create", "POST", 303, _written(SMALLER), id="lost when adding"),
        pytest.param("coupon.create", "POST", 303, _written(LARGER), id="changed by a coupon"),
        pytest.param("cart.create", "POST", 303, "cart=abc; Path=/", id="replaced with nonsense"),
    ],
)
def test_a_cart_is_lost_otherwise(endpoint: str, method: str, status: int, header: str) -> None:
    assert _kinds(endpoint, method, status, ("set-cookie", header)) == ["a cart is lost"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("x-injected", "1"), id="a header"),
        pytest.param(("location", "https://evil.example/"), id="another site"),
        pytest.param(("location", "//evil.example"), id="another host"),
        pytest.param(("location", "/\\evil.example"), id="a backslash"),
    ],
)
def test_what_was_sent_may_not_lead_away(header: tuple[str, str]) -> None:
    assert _kinds("cart.show", "GET", 303, header) == ["a header or redirect that was sent along"]


def test_internals_and_missing_headers_are_faults() -> None:
    bare = Received(404, (), b"Traceback (most recent call last):")
    kinds = [fault.kind for fault in Judge(CART, [KEY]).faults("a", Sent("GET", "/"), bare)]
    assert kinds == ["internals are shown", "a header of the shop is missing"]
