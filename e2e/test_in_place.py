"""With JavaScript the cart changes in place, and the page shows what the shop returns."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from e2e.support import carts
from e2e.support.demo_catalogue import LAST_LAMP, MUG, PENCIL, SHADE
from e2e.support.pages import CartPage, CheckoutPage, MiniCart, Shopper
from e2e.support.scripts import script
from e2e.support.server import World

MARK = "document.body.dataset.stayed = 'yes'"


def cart_page_with(shopper: Shopper, lines: dict[int, int]) -> CartPage:
    """The cart page with these lines, marked so that a page load is detected."""
    carts.put(shopper.page.context, shopper.url, carts.value_of(lines))
    cart = shopper.opens_cart()
    shopper.page.evaluate(MARK)
    return cart


def expect_no_page_load(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-stayed", "yes")


def posts_of(page: Page) -> list[Request]:
    """A list that records every POST of the page from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


def test_adding_opens_the_mini_cart_and_leaves_the_focus(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    page.evaluate(MARK)
    mini = shopper.adds_here().says("Added to your cart: Everyday mug").holds("Everyday mug")
    add = page.get_by_role("button", name="Add to cart")
    expect(add).to_be_focused()
    page.keyboard.press("Enter")
    mini.holds("Everyday mug", 2).is_closed_by_escape()
    expect(add).to_be_focused()
    expect(page.get_by_role("link", name="Cart 2 items")).to_be_visible()
    expect_no_page_load(page)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_stays_usable_beside_the_mini_cart(shopper: Shopper, width: int) -> None:
    page = shopper.page
    page.set_viewport_size({"width": width, "height": 640})
    shopper.visits("/products/everyday-mug")
    mini = shopper.adds_here().holds("Everyday mug")
    page.get_by_role("button", name="One more", exact=True).click()
    shopper.adds_here().holds("Everyday mug", 3)
    for card in page.get_by_role("list", name="More from Kitchen").get_by_role("button").all():
        card.click()
        expect(card).to_be_focused()
        assert page.evaluate(script("is-uncovered"))
    expect(mini.panel.get_by_role("row")).to_have_count(1 + 1 + 4)
    shopper.follows(page.get_by_role("link", name="Cart"), to="Your cart")
    expect(page.get_by_role("link", name="Cart 7 items")).to_be_visible()


def test_a_click_on_cart_right_after_one_on_add_shows_what_was_added(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="Cart").click()
    expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    page.get_by_role("link", name="Products", exact=True).click()
    page.get_by_role("button", name="Add Oat glazed mug").click()
    page.get_by_role("link", name="Cart").click()

    expect(page.get_by_text("2 items")).to_be_visible()
    page.get_by_label("Quantity of Everyday mug").fill("3")
    page.get_by_label("Quantity of Everyday mug").press("Enter")
    expect(page.get_by_text("4 items")).to_be_visible()
    page.get_by_role("button", name="Remove Oat glazed mug").click()
    expect(page.get_by_text("3 items")).to_be_visible()
    page.get_by_role("link", name="Check out").click()
    CheckoutPage(shopper).fills_in().places_the_order()
    expect(page.get_by_text("0 items")).to_be_visible()


def test_closing_the_mini_cart_from_within_returns_the_focus(shopper: Shopper) -> None:
    page = shopper.visits("/products")
    add = page.get_by_role("button", name="Add Everyday mug", exact=True)
    add.click()
    mini = MiniCart(shopper).says("Added to your cart: Everyday mug")
    mini.panel.get_by_role("button", name="Close").click()
    expect(mini.panel).to_be_hidden()
    expect(add).to_be_focused()
    expect(add).not_to_have_attribute("aria-busy", "true")

    add.click()
    mini.holds("Everyday mug", 2)
    page.get_by_label("Search").click()
    expect(mini.panel).to_be_visible()
    mini.is_closed_by_escape()
    expect(page.get_by_label("Search")).to_be_focused()


def test_the_announcement_is_made_in_a_region_that_was_there_before(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    expect(page.get_by_role("status").last).to_be_attached()
    page.get_by_role("status").last.evaluate("region => { region.dataset.before = 'yes' }")
    shopper.adds_here().says("Added to your cart: Everyday mug")
    expect(page.locator("[role=status][data-before]")).to_have_text(
        "Added to your cart: Everyday mug"
    )
    expect(page.get_by_text("Added to your cart: Everyday mug")).to_have_count(1)


def test_the_count_is_grammatical_before_the_shop_responds(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    held: list[Route] = []
    page.route("**/cart/lines", lambda route: held.append(route))
    with page.expect_request("**/cart/lines"):
        page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="Cart 1 item", exact=True)).to_be_visible()
    held[0].abort()
    expect(page.get_by_role("link", name="Cart 0 items", exact=True)).to_be_visible()


def test_quick_clicks_on_a_stepper_send_one_request(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 2, PENCIL: 1})
    sent = posts_of(cart.page)
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    more.focus()
    more.evaluate("button => { button.click(); button.click(); button.click(); }")

    cart.holds("Everyday mug", 5)
    expect(cart.line("Everyday mug")).to_contain_text("£47.50")
    expect(more).to_be_focused()
    (request,) = sent
    assert "step=3" in (request.post_data or "")
    expect_no_page_load(cart.page)


@pytest.mark.parametrize("key", ["Tab", "Enter"])
def test_a_typed_quantity_is_sent_once(shopper: Shopper, key: str) -> None:
    cart = cart_page_with(shopper, {MUG: 2})
    sent = posts_of(cart.page)
    cart.quantity_of("Everyday mug").fill("4")
    cart.page.keyboard.press(key)

    expect(cart.line("Everyday mug")).to_contain_text("£38.00")
    expect(cart.page.get_by_role("status").first).to_have_text("Quantity changed: Everyday mug")
    assert len(sent) == 1
    expect_no_page_load(cart.page)


def test_after_a_removal_the_focus_moves_to_the_next_line(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1, PENCIL: 1, SHADE: 1}).removes("Cedar pencil")

    expect(cart.line("Cedar pencil")).to_have_count(0)
    expect(
        cart.page.get_by_role("button", name="Remove Pleated paper shade", exact=True)
    ).to_be_focused()
    expect(cart.page.get_by_role("status").first).to_have_text("Removed: Cedar pencil")
    expect(cart.page.get_by_role("link", name="Cart 2 items")).to_be_visible()
    expect_no_page_load(cart.page)


def test_removing_the_last_line_focuses_the_undo_button(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1}).removes("Everyday mug").is_empty()
    undo = cart.page.get_by_role("button", name="Undo the last change")
    expect(undo).to_be_focused()
    cart.page.keyboard.press("Enter")
    cart.holds("Everyday mug")
    expect_no_page_load(cart.page)


def test_a_refusal_describes_its_field_and_resets_the_count(shopper: Shopper) -> None:
    page = shopper.visits("/products/last-one-lamp")
    field = page.get_by_label("Quantity", exact=True)
    held: list[Route] = []
    page.route("**/cart", lambda route: held.append(route))
    field.fill("2")
    with page.expect_request("**/cart"):
        page.get_by_role("button", name="Add to cart").click()

    expect(field).to_have_accessible_description("Only 1 left. Your cart is as it was.")
    expect(field).to_be_focused()
    expect(page.get_by_role("link", name="Cart 0 items")).to_be_visible()
    held[0].continue_()
    page.unroute("**/cart")
    field.fill("1")
    shopper.adds_here().holds("Last-one lamp").is_closed_by_escape()
    expect(field).to_have_accessible_description("")


def test_an_invalid_quantity_in_the_cart_describes_its_field(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 2, PENCIL: 1}).sets_quantity("Everyday mug", "abc")
    field = cart.quantity_of("Everyday mug")
    expect(field).to_have_accessible_description(
        re.compile("Please enter a whole number from 1 to 99")
    )
    expect(field).to_be_focused()
    expect_no_page_load(cart.page)


def test_an_unreachable_shop_is_reported(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 2, PENCIL: 1})
    cart.page.context.set_offline(True)
    cart.asks_to_remove("Cedar pencil")
    status = cart.page.get_by_role("status").first
    expect(status).to_contain_text("The shop could not be reached.")
    cart.holds("Cedar pencil").holds("Everyday mug", 2)
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    assert more.evaluate(script("click-and-read")) == "3"
    cart.holds("Everyday mug", 2)

    cart.page.context.set_offline(False)
    cart.removes("Cedar pencil")
    expect(status).to_have_text("Removed: Cedar pencil")


def test_a_shop_that_does_not_respond_is_reported(shopper: Shopper) -> None:
    shopper.page.add_init_script(script("impatient"))
    cart = cart_page_with(shopper, {MUG: 2, PENCIL: 1})
    cart.page.route("**/cart/lines/**", lambda route: None)  # never answered
    cart.asks_to_remove("Cedar pencil")
    status = cart.page.get_by_role("status").first
    expect(status).to_contain_text("The shop could not be reached.")


def test_a_link_is_followed_after_pending_changes_were_sent(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1})
    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    checkout = cart.checks_out()
    expect(checkout.page.get_by_text("2 × Everyday mug")).to_be_visible()


def test_a_typed_quantity_followed_by_a_click_counts_both_once(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1})
    cart.quantity_of("Everyday mug").fill("5")
    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    expect(cart.line("Everyday mug")).to_contain_text("£57.00")
    cart.holds("Everyday mug", 6)


def test_a_button_is_not_replaced_while_it_is_pressed(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1})
    page = cart.page
    box = page.get_by_role("button", name="One more of Everyday mug").bounding_box()
    assert box
    cart.quantity_of("Everyday mug").fill("5")
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    with page.expect_response(lambda answer: answer.request.method == "GET") as response_info:
        page.mouse.down()  # the field loses focus, and its quantity is sent
    response_info.value.finished()
    # Wait until idle, so that the response was processed; with a button down this may time out.
    page.evaluate("() => new Promise((done) => requestIdleCallback(done, { timeout: 1000 }))")
    page.mouse.up()
    expect(cart.line("Everyday mug")).to_contain_text("£57.00")
    cart.holds("Everyday mug", 6)


def test_a_line_does_not_move_when_it_is_changed(shopper: Shopper) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": 640})
    cart = cart_page_with(shopper, dict.fromkeys(range(1, 6), 1))
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    before = more.bounding_box()
    more.click()
    expect(cart.page.get_by_text("Quantity changed: Everyday mug")).to_be_in_viewport()
    expect(cart.page.get_by_role("button", name="Undo the last change")).to_be_attached()
    after = more.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 1


def test_messages_are_visible_far_down_a_long_cart(shopper: Shopper) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": 640})
    cart = cart_page_with(shopper, dict.fromkeys(range(1, 21), 1))
    removal = cart.page.get_by_role("button", name=re.compile("^Remove")).last
    removal.click()
    expect(cart.page.get_by_text("Removed:")).to_be_in_viewport()

    cart.sets_quantity("Olive wood spoon", "1000")
    wrong = cart.quantity_of("Olive wood spoon")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport(ratio=1)
    expect(cart.page.get_by_text("Please enter a whole number")).to_be_in_viewport(ratio=1)


def test_typed_text_survives_a_response(shopper: Shopper) -> None:
    cart = cart_page_with(shopper, {MUG: 1, PENCIL: 1})
    sent = posts_of(cart.page)
    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    cart.quantity_of("Cedar pencil").click()
    cart.page.keyboard.press("Control+A")
    cart.page.keyboard.type("7")
    expect(cart.line("Everyday mug")).to_contain_text("£19.00")
    expect(cart.quantity_of("Cedar pencil")).to_be_focused()
    cart.holds("Cedar pencil", 7)
    assert len(sent) == 1
    cart.page.keyboard.press("Enter")
    expect(cart.line("Cedar pencil")).to_contain_text("£5.95")


def test_a_refusal_among_several_adds_is_shown_with_them(shopper: Shopper) -> None:
    carts.put(shopper.page.context, shopper.url, carts.value_of({LAST_LAMP: 1}))
    page = shopper.visits("/products?category=light&sort=name")
    page.get_by_role("button", name="Add Long matches in a jar", exact=True).evaluate(
        script("add-last-lamp-too")
    )
    mini = MiniCart(shopper).says("Added to your cart: Long matches in a jar")
    mini.says("Only 1 left, and you have 1 in your cart already.")
    mini.holds("Long matches in a jar")


def test_the_page_shows_the_shops_prices_after_a_change(own_shopper: Shopper, world: World) -> None:
    cart = cart_page_with(own_shopper, {MUG: 1})
    world.change("UPDATE products SET price_minor = 1000 WHERE number = ?", MUG)
    cart.page.get_by_role("button", name="One more of Everyday mug").click()

    expect(cart.line("Everyday mug")).to_contain_text("£20.00")
    expect(cart.page.get_by_label("Totals")).to_contain_text("Subtotal£20.00")


@pytest.mark.parametrize("steps", [pytest.param(1, id="to zero"), pytest.param(3, id="below zero")])
def test_stepping_down_to_zero_removes_the_line(shopper: Shopper, steps: int) -> None:
    cart = cart_page_with(shopper, {MUG: 1, PENCIL: 2})
    less = cart.page.get_by_role("button", name="One less of Everyday mug")
    less.click(click_count=steps, delay=20)
    expect(cart.line("Everyday mug")).to_have_count(0)
    cart.holds("Cedar pencil", 2)
