"""The buttons next to a quantity, and quiet requests, which have no side effects."""

from __future__ import annotations

import pytest

from tests.conftest import DAY, OpenShop
from tests.integration.carts import held, notices, numbered
from tests.integration.client import (
    LintingClient,
    cart_deletions,
    cart_headers,
    elements,
    field_value,
    parsed,
    text_of,
)

QUIET = {"Crumb-Quiet": "1"}
HELD = {"PENCIL": 2, "MUG": 5, "KINDLING": 3}


@pytest.fixture
def shopper(shop: OpenShop, visitor: LintingClient) -> LintingClient:
    """A shopper with three lines in the cart."""
    visitor.set_cookie("cart", shop.cookie(HELD))
    return visitor


def mug(shop: OpenShop) -> str:
    return f"/cart/lines/{shop.number('MUG')}"


@pytest.mark.parametrize(
    ("step", "quantity"),
    [
        pytest.param("1", 6, id="one more"),
        pytest.param("-1", 4, id="one less"),
        pytest.param("3", 8, id="three more"),
        pytest.param("-4", 1, id="down to one"),
        pytest.param("94", 99, id="up to the maximum"),
        pytest.param("0003", 8, id="leading zeros"),
    ],
)
def test_a_step_changes_the_quantity_in_the_cart(
    shop: OpenShop, shopper: LintingClient, step: str, quantity: int
) -> None:
    response = shopper.send(mug(shop), step=step)
    assert (response.status_code, response.location) == (303, "/cart")
    assert held(shopper) == numbered(shop, HELD | {"MUG": quantity})
    assert notices(shopper) == "Quantity changed: Everyday mug"


def test_a_step_starts_from_the_quantity_in_the_cart_not_the_typed_one(
    shop: OpenShop, shopper: LintingClient
) -> None:
    shopper.send(mug(shop), step="1", quantity="40")
    assert held(shopper) == numbered(shop, HELD | {"MUG": 6})


@pytest.mark.parametrize("step", ["-5", "-6", "-99", "-9999"])
def test_a_step_down_to_zero_or_below_removes_the_line(
    shop: OpenShop, shopper: LintingClient, step: str
) -> None:
    shopper.send(mug(shop), step=step)
    assert held(shopper) == numbered(shop, {"PENCIL": 2, "KINDLING": 3})
    assert notices(shopper) == "Removed: Everyday mug"


def test_a_step_that_empties_the_cart_deletes_the_cookie(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    assert len(cart_deletions(visitor.send(mug(shop), step="-1"))) == 1


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        pytest.param("95", "100", id="one beyond"),
        pytest.param("9999", "10004", id="far beyond"),
    ],
)
def test_a_step_beyond_the_maximum_is_refused_at_its_line(
    shop: OpenShop, shopper: LintingClient, step: str, typed: str
) -> None:
    response = shopper.send(mug(shop), step=step)
    assert (response.status_code, cart_headers(response)) == (422, [])
    row = f"tr[data-line='{shop.number('MUG')}']"
    assert text_of(response.text, f"{row} .field-error") == (
        "Please enter a whole number from 1 to 99. Your cart is as it was."
    )
    (field,) = elements(parsed(response.text), f"{row} input[name=quantity]")
    assert (field.attrs or {})["value"] == typed
    assert held(shopper) == numbered(shop, HELD)


NONSENSE = ["0", "-0", "", " ", "x", "1.5", "--1", "+1", "1e3", "²", "１", "-", "99999", "9" * 5000]


def test_an_invalid_step_is_ignored(shop: OpenShop, shopper: LintingClient) -> None:
    for quantity, step in enumerate(NONSENSE, start=7):
        shopper.send(mug(shop), step=step, quantity=quantity)
        assert held(shopper) == numbered(shop, HELD | {"MUG": quantity}), step
        response = shopper.send(mug(shop), step=step)
        assert (response.status_code, cart_headers(response)) == (422, []), step


@pytest.mark.parametrize("step", ["1", "-1", "3", "-99"])
@pytest.mark.parametrize("number", ["gone", "4040404"])
def test_a_step_does_not_bring_back_a_removed_line(
    shop: OpenShop, shopper: LintingClient, number: str, step: str
) -> None:
    if number == "gone":
        number = str(shop.number("MUG"))
        shopper.send(f"/cart/lines/{number}/remove")
        assert shopper.get("/cart").status_code == 200
    before = held(shopper)
    response = shopper.send(f"/cart/lines/{number}", step=step, quantity="5")
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert held(shopper) == before
    assert notices(shopper) == "That is no longer in your cart"


def test_each_line_has_step_buttons(shop: OpenShop, shopper: LintingClient) -> None:
    page = shopper.get("/cart").text
    buttons = elements(parsed(page), f"#line-{shop.number('MUG')} button[name=step]")
    assert [(button.attrs or {})["value"] for button in buttons] == ["-1", "1"]
    assert [(button.attrs or {})["type"] for button in buttons] == ["submit", "submit"]


# Quiet requests


def test_a_quiet_request_leaves_messages_for_the_next_page(
    shop: OpenShop, shopper: LintingClient
) -> None:
    shopper.add("CUP-EGG")
    for _ in range(2):
        page = shopper.get("/cart", headers=QUIET)
        assert text_of(page.text, "main > .notices") == ""
        assert page.headers.getlist("Set-Cookie") == []
        assert text_of(page.text, ".top-count") == "11 items"
    assert notices(shopper) == "Added to your cart: Ash egg cup"
    assert notices(shopper) == ""


def test_a_quiet_request_does_not_renew_the_cookie(shop: OpenShop, shopper: LintingClient) -> None:
    before = shopper.cart_value()
    shop.clock.now += 20 * DAY
    assert shopper.get("/cart", headers=QUIET).status_code == 200
    assert shopper.cart_value() == before
    with shopper.may_write_cart():
        shopper.get("/cart")
    assert shopper.cart_value() == shop.cookie(HELD)


def test_a_quiet_request_shows_the_same_cart(shop: OpenShop, shopper: LintingClient) -> None:
    def shown(page: str) -> list[str]:
        return [row.to_text() for row in elements(parsed(page), ".lines, .totals, .undo")]

    shopper.add("CUP-EGG")
    quiet = shopper.get("/cart", headers=QUIET).text
    assert shown(quiet) == shown(shopper.get("/cart").text)


def test_a_quiet_request_keeps_the_offer_of_an_expired_cart(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD, age_seconds=31 * DAY))
    for headers in (QUIET, {}):
        page = visitor.get("/cart", headers=headers).text
        assert field_value(page, "cart") == visitor.cart_value()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"quantity": "3"}, id="a quantity"),
        pytest.param({"quantity": "abc"}, id="nonsense"),
        pytest.param({"quantity": "1", "step": "1"}, id="a step"),
    ],
)
def test_any_change_of_a_removed_line_is_reported(
    visitor: LintingClient, fields: dict[str, str]
) -> None:
    visitor.add("MUG")
    response = visitor.send("/cart/lines/32", **fields)
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert notices(visitor).endswith("That is no longer in your cart")
