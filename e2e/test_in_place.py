"""With JavaScript the cart changes where the shopper stands; what is shown is the shop's."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from e2e.support import jar
from e2e.support.demo_catalogue import LAST_LAMP, MUG, PENCIL, SHADE
from e2e.support.pages import CartPage, Shopper
from e2e.support.scripts import script
from e2e.support.server import RunningShop

MARK = "document.body.dataset.stayed = 'yes'"


def filled(shopper: Shopper, lines: dict[int, int]) -> CartPage:
    """The cart page of a cart with these lines, marked so that leaving it would show."""
    jar.put(shopper.page.context, shopper.url, jar.value_of(lines))
    cart = shopper.opens_cart()
    shopper.page.evaluate(MARK)
    return cart


def stayed(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-stayed", "yes")


def posts_of(page: Page) -> list[Request]:
    """A list to which every POST of the page is added from now on."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    return sent


def test_adding_opens_the_cart_beside_the_page(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    page.evaluate(MARK)
    mini = shopper.adds_here().says("Added to your cart: Everyday mug").holds("Everyday mug")
    expect(mini.dialog).to_have_accessible_description("Added to your cart: Everyday mug")
    expect(mini.dialog.get_by_role("button", name="Close")).to_be_focused()

    mini.is_closed_by_escape()
    expect(page.get_by_role("button", name="Add to cart")).to_be_focused()
    expect(page.get_by_role("link", name="Cart 1 item")).to_be_visible()
    stayed(page)


def test_a_card_adds_where_it_stands(shopper: Shopper) -> None:
    page = shopper.visits("/products")
    page.get_by_role("button", name="Add Everyday mug", exact=True).click()
    mini = page.get_by_role("dialog", name="Your cart")
    expect(mini.get_by_text("Added to your cart: Everyday mug")).to_be_visible()
    mini.get_by_role("button", name="Close").click()
    expect(mini).to_be_hidden()


def test_quick_clicks_of_a_stepper_are_one_request(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 2, PENCIL: 1})
    sent = posts_of(cart.page)
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    more.focus()
    more.evaluate("button => { button.click(); button.click(); button.click(); }")

    cart.holds("Everyday mug", 5)
    expect(cart.line("Everyday mug")).to_contain_text("£47.50")
    expect(more).to_be_focused()
    (request,) = sent
    assert "step=3" in (request.post_data or "")
    stayed(cart.page)


def test_a_typed_quantity_is_sent_when_the_field_is_left(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 2})
    sent = posts_of(cart.page)
    cart.quantity_of("Everyday mug").fill("4")
    cart.page.keyboard.press("Tab")

    expect(cart.line("Everyday mug")).to_contain_text("£38.00")
    expect(cart.page.get_by_role("status").first).to_have_text("Quantity changed: Everyday mug")
    assert len(sent) == 1
    stayed(cart.page)


def test_the_focus_goes_to_the_line_that_took_the_place(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1, PENCIL: 1, SHADE: 1}).removes("Cedar pencil")

    expect(cart.line("Cedar pencil")).to_have_count(0)
    expect(
        cart.page.get_by_role("button", name="Remove Pleated paper shade", exact=True)
    ).to_be_focused()
    expect(cart.page.get_by_role("status").first).to_have_text("Removed: Cedar pencil")
    expect(cart.page.get_by_role("link", name="Cart 2 items")).to_be_visible()
    stayed(cart.page)


def test_removing_the_last_line_leaves_the_undo_at_hand(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1}).removes("Everyday mug").is_empty()
    undo = cart.page.get_by_role("button", name="Undo the last change")
    expect(undo).to_be_focused()
    cart.page.keyboard.press("Enter")
    cart.holds("Everyday mug")
    stayed(cart.page)


def test_a_refusal_is_tied_to_its_field_and_the_count_goes_back(shopper: Shopper) -> None:
    page = shopper.visits("/products/last-one-lamp")
    field = page.get_by_label("Quantity", exact=True)
    field.fill("2")
    page.get_by_role("button", name="Add to cart").click()

    expect(field).to_have_accessible_description("Only 1 left. Your cart is as it was.")
    expect(field).to_be_focused()
    expect(page.get_by_role("link", name="Cart 0 items")).to_be_visible()
    field.fill("1")
    shopper.adds_here().holds("Last-one lamp").is_closed_by_escape()
    expect(field).to_have_accessible_description("")


def test_a_wrong_quantity_in_the_cart_is_tied_to_its_line(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 2, PENCIL: 1}).sets_quantity("Everyday mug", "abc")
    field = cart.quantity_of("Everyday mug")
    expect(field).to_have_accessible_description(
        re.compile("Please enter a whole number from 1 to 99")
    )
    expect(field).to_be_focused()
    stayed(cart.page)


def test_a_shop_that_cannot_be_reached_is_told(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 2, PENCIL: 1})
    cart.page.context.set_offline(True)
    cart.removes("Cedar pencil")
    said = cart.page.get_by_role("status").first
    expect(said).to_contain_text("The shop could not be reached.")
    cart.holds("Cedar pencil").holds("Everyday mug", 2)
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    assert more.evaluate(script("click-and-read")) == "3"
    cart.holds("Everyday mug", 2)

    cart.page.context.set_offline(False)
    cart.removes("Cedar pencil")
    expect(cart.line("Cedar pencil")).to_have_count(0)
    expect(said).to_have_text("Removed: Cedar pencil")


def test_a_link_is_followed_once_what_waits_was_sent(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1})
    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    checkout = cart.checks_out()
    expect(checkout.page.get_by_text("2 × Everyday mug")).to_be_visible()


def test_a_typed_quantity_and_a_click_beside_it_count_once(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1})
    cart.quantity_of("Everyday mug").fill("5")
    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    expect(cart.line("Everyday mug")).to_contain_text("£57.00")
    cart.holds("Everyday mug", 6)


def test_a_button_that_is_being_pressed_is_not_taken_away(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1})
    page = cart.page
    box = page.get_by_role("button", name="One more of Everyday mug").bounding_box()
    assert box
    cart.quantity_of("Everyday mug").fill("5")
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    with page.expect_response(lambda answer: answer.request.method == "GET") as look:
        page.mouse.down()  # the field is left, and what was typed is sent
    look.value.finished()
    # Idle, so that the answer was looked at; while a button is down a browser may never be.
    page.evaluate("() => new Promise((done) => requestIdleCallback(done, { timeout: 1000 }))")
    page.mouse.up()
    expect(cart.line("Everyday mug")).to_contain_text("£57.00")
    cart.holds("Everyday mug", 6)


def test_a_line_stays_under_the_finger_that_changes_it(shopper: Shopper) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": 640})
    cart = filled(shopper, dict.fromkeys(range(1, 6), 1))
    more = cart.page.get_by_role("button", name="One more of Everyday mug")
    before = more.bounding_box()
    more.click()
    expect(cart.page.get_by_text("Quantity changed: Everyday mug")).to_be_in_viewport()
    expect(cart.page.get_by_role("button", name="Undo the last change")).to_be_attached()
    after = more.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 1


def test_what_was_said_is_seen_far_down_a_long_cart(shopper: Shopper) -> None:
    shopper.page.set_viewport_size({"width": 360, "height": 640})
    cart = filled(shopper, dict.fromkeys(range(1, 21), 1))
    removal = cart.page.get_by_role("button", name=re.compile("^Remove")).last
    removal.click()
    expect(cart.page.get_by_text("Removed:")).to_be_in_viewport()

    cart.sets_quantity("Olive wood spoon", "1000")
    wrong = cart.quantity_of("Olive wood spoon")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport(ratio=1)
    expect(cart.page.get_by_text("Please enter a whole number")).to_be_in_viewport(ratio=1)


def test_what_is_being_typed_outlives_an_answer(shopper: Shopper) -> None:
    cart = filled(shopper, {MUG: 1, PENCIL: 1})
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


def test_a_refusal_among_additions_is_told_with_them(shopper: Shopper) -> None:
    jar.put(shopper.page.context, shopper.url, jar.value_of({LAST_LAMP: 1}))
    page = shopper.visits("/products?category=light&sort=name")
    page.get_by_role("button", name="Add Long matches in a jar", exact=True).evaluate(
        script("add-last-lamp-too")
    )
    mini = page.get_by_role("dialog", name="Your cart")
    expect(mini.get_by_text("Added to your cart: Long matches in a jar")).to_be_visible()
    expect(mini.get_by_text("Only 1 left, and you have 1 in your cart already.")).to_be_visible()
    expect(mini.get_by_label("Quantity of Long matches in a jar", exact=True)).to_have_value("1")


def test_what_was_not_added_is_not_counted(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    page.context.set_offline(True)
    mini = shopper.adds_here().says("The shop could not be reached.")
    mini.is_closed_by_escape()
    expect(page.get_by_role("link", name="Cart 0 items")).to_be_visible()


def test_what_is_shown_is_the_shops_not_the_browsers(own_shop: RunningShop, page: Page) -> None:
    shopper = Shopper(page, own_shop.url)
    cart = filled(shopper, {MUG: 1})
    own_shop.change("UPDATE products SET price_minor = 1000 WHERE number = ?", MUG)
    cart.page.get_by_role("button", name="One more of Everyday mug").click()

    expect(cart.line("Everyday mug")).to_contain_text("£20.00")
    expect(cart.page.get_by_label("Sums")).to_contain_text("Subtotal£20.00")


@pytest.mark.parametrize("steps", [pytest.param(1, id="to none"), pytest.param(3, id="below")])
def test_counting_down_to_none_removes(shopper: Shopper, steps: int) -> None:
    cart = filled(shopper, {MUG: 1, PENCIL: 2})
    less = cart.page.get_by_role("button", name="One less of Everyday mug")
    less.click(click_count=steps, delay=20)
    expect(cart.line("Everyday mug")).to_have_count(0)
    cart.holds("Cedar pencil", 2)
