"""Stock, changing prices, and one order per checkout."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_playwright import CreateContextCallback

from e2e.support.carts import cart_cookie
from e2e.support.pages import Shopper
from e2e.support.scripts import script
from e2e.support.server import RunningShop, Served, World


def _order_count(shop: Served) -> int:
    return int(str(shop.ask("SELECT count(*) FROM orders")[0][0]))


@pytest.fixture
def placed(shop: RunningShop) -> Callable[[], int]:
    """Counts the orders that the shared shop has taken since the test began."""
    before = _order_count(shop)
    return lambda: _order_count(shop) - before


def test_a_sold_out_product_cannot_be_added(shopper: Shopper) -> None:
    page = shopper.visits("/products/sold-out-teapot")

    expect(page.get_by_text("Sold out", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add to cart")).to_have_count(0)


def test_more_than_the_last_item_is_refused_at_the_field(shopper: Shopper) -> None:
    page = shopper.visits("/products/last-one-lamp")
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to cart").click()

    expect(page.get_by_label("Quantity")).to_have_value("2")
    expect(page.get_by_role("alert")).to_have_text("Only 1 left. Your cart is as it was.")
    assert cart_cookie(page.context) is None


def test_the_last_item_is_sold_once(new_context: CreateContextCallback, world: World) -> None:
    checkouts = []
    for _ in range(2):
        context = new_context()
        world.enter(context)
        shopper = Shopper(context.new_page(), world.url)
        shopper.adds("last-one-lamp")
        checkouts.append(shopper.goes_to_checkout().fills_in())
    first, second = checkouts

    first.places_the_order()
    second.button.click()

    expect(second.page.get_by_role("alert")).to_contain_text("nothing was ordered")
    cart = second.shopper.opens_cart()
    expect(cart.line("Last-one lamp")).to_contain_text("Sold out, so it is not charged")
    assert world.ask("SELECT stock FROM products WHERE sku = 'STATE-ONE-LEFT'") == [(0,)]
    assert _order_count(world) == 1


def test_a_form_sent_twice_at_once_places_one_order(
    shopper: Shopper, placed: Callable[[], int]
) -> None:
    shopper.adds("everyday-mug")
    checkout = shopper.goes_to_checkout().fills_in()

    first, second = checkout.page.evaluate(script("send-form-twice"))

    assert first == second
    assert "/orders/" in first
    assert placed() == 1


def test_checking_out_again_after_a_lost_response_places_one_order(
    shopper: Shopper, placed: Callable[[], int]
) -> None:
    shopper.adds("everyday-mug")
    before = shopper.page.context.cookies()
    confirmation = shopper.goes_to_checkout().fills_in().places_the_order().url
    shopper.page.context.clear_cookies()
    shopper.page.context.add_cookies(before)  # type: ignore[arg-type]  # as if the response never arrived

    assert shopper.goes_to_checkout().fills_in().places_the_order().url == confirmation
    assert placed() == 1


def test_a_double_click_places_one_order(shopper: Shopper, placed: Callable[[], int]) -> None:
    shopper.adds("everyday-mug")
    checkout = shopper.goes_to_checkout().fills_in()

    checkout.button.dblclick()

    expect(checkout.page.get_by_role("heading", level=1)).to_have_text(
        "Thank you. Your order is placed."
    )
    assert placed() == 1
    assert cart_cookie(checkout.page.context) is None


def test_resending_a_checkout_leads_to_the_same_order(
    shopper: Shopper, placed: Callable[[], int]
) -> None:
    shopper.adds("everyday-mug")
    checkout = shopper.goes_to_checkout().fills_in()
    page = checkout.page
    with page.expect_request(lambda request: request.method == "POST") as sent:
        confirmation = checkout.places_the_order().url
    form = sent.value.post_data
    assert form is not None
    again = page.request.post(
        sent.value.url,
        data=form,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert again.url == confirmation
    assert placed() == 1


def test_the_back_button_leads_to_the_same_order(
    shopper: Shopper, placed: Callable[[], int]
) -> None:
    shopper.adds("everyday-mug")
    page = shopper.goes_to_checkout().fills_in().places_the_order()
    confirmation = page.url

    page.go_back()

    expect(page).to_have_url(confirmation)
    assert placed() == 1


def test_a_changed_price_must_be_confirmed(own_shopper: Shopper, world: World) -> None:
    own_shopper.adds("everyday-mug")
    checkout = own_shopper.goes_to_checkout().fills_in()
    world.change("UPDATE products SET price_minor = 1100 WHERE sku = 'MUG'")

    checkout.button.click()

    alert = checkout.page.get_by_role("alert")
    expect(alert).to_contain_text("nothing was ordered. The total is now £14.95.")
    expect(checkout.page.get_by_label("Full name")).to_have_value("Ada Baker")
    assert _order_count(world) == 0
    expect(checkout.places_the_order().get_by_text("£14.95")).to_be_visible()


def test_a_discontinued_product_stays_in_the_cart_uncharged(
    own_shopper: Shopper, world: World
) -> None:
    own_shopper.adds("everyday-mug")
    own_shopper.adds("cedar-pencil", 2)
    world.change("UPDATE products SET is_active = 0 WHERE sku = 'MUG'")

    cart = own_shopper.opens_cart()
    expect(cart.line("Everyday mug")).to_contain_text("No longer sold, so it is not charged")
    expect(cart.page.get_by_label("Totals")).to_contain_text("Subtotal£1.70")
    cart.removes("Everyday mug").holds("Cedar pencil", 2)
    expect(cart.line("Everyday mug")).to_have_count(0)
