"""Pages that are the same for everybody: what only one browser sees arrives by script, and without
scripts in a page of its own."""

from __future__ import annotations

import time
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from pytest_playwright import CreateContextCallback

from e2e.support import carts
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import CartPage, Shopper
from e2e.support.scripts import script
from e2e.support.server import KEY, RunningShop
from shop.core import cookie
from shop.core.cart import Cart, Line

PERSONAL = "**/cart/personal"
DAY = 86_400
ADDED = "Added to your cart: Everyday mug"


def holds(context: BrowserContext, url: str, *, days_old: int = 0) -> None:
    """Gives a browser a cart of three mugs."""
    cart = Cart((Line(MUG, 3),), int(time.time()) - days_old * DAY)
    carts.put(context, url, cookie.encode(cart, [KEY], name=cookie.NAME))


def is_marked(shopper: Shopper) -> bool:
    return "script" in {kept.get("name") for kept in shopper.page.context.cookies(shopper.url)}


def asked_for(page: Page) -> list[str]:
    """A list of the pages and parts of pages that are requested from now on."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type in ("document", "fetch"):
            seen.append(request.url.partition("//")[2].partition("/")[2])

    page.on("request", note)
    return seen


def waits(shopper: Shopper) -> None:
    """Leaves a message for the next page, as a form does whose tab is closed."""
    shopper.page.context.request.post(
        f"{shopper.url}/cart/lines",
        form={"sku": "MUG"},
        headers={"Origin": shopper.url},
        max_redirects=0,
    )


@pytest.fixture
def scripted(shopper: Shopper) -> Shopper:
    """A shopper whose browser has said that its scripts work, and who waits for nothing."""
    counts(shopper.visits("/products"), "0 items")
    assert is_marked(shopper)
    return shopper


@pytest.fixture
def plain(new_context: CreateContextCallback, shop: RunningShop) -> Shopper:
    """A shopper without scripts."""
    return Shopper(new_context(java_script_enabled=False).new_page(), shop.url)


def says(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_have_count(1)


def counts(page: Page, items: str) -> None:
    expect(page.get_by_role("link", name=f"Cart {items}", exact=True)).to_be_visible()


def test_one_small_request_brings_the_count(scripted: Shopper) -> None:
    holds(scripted.page.context, scripted.url)
    seen = asked_for(scripted.page)
    counts(scripted.visits("/products"), "3 items")
    assert seen == ["products", "cart/personal"]


def test_nothing_moves_when_the_count_arrives(scripted: Shopper) -> None:
    page = scripted.page
    carts.put(
        page.context,
        scripted.url,
        cookie.encode(Cart((Line(MUG, 42),), int(time.time())), [KEY], name=cookie.NAME),
    )
    held: list[Route] = []
    page.route(PERSONAL, lambda route: held.append(route))
    with page.expect_request(PERSONAL):
        scripted.visits("/products")
    link, heading = page.get_by_role("link", name="Products", exact=True), page.locator("h1")
    before = (link.bounding_box(), heading.bounding_box())
    counts_not_yet = page.get_by_role("link", name="Cart", exact=True)
    expect(counts_not_yet).to_be_visible()
    held[0].continue_()
    counts(page, "42 items")
    assert (link.bounding_box(), heading.bounding_box()) == before


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("arrives", ["message", "offer"])
def test_nothing_moves_when_a_message_or_an_offer_arrives(
    scripted: Shopper, arrives: str, width: int
) -> None:
    page = scripted.page
    page.set_viewport_size({"width": width, "height": 740})
    if arrives == "message":
        waits(scripted)
    else:
        holds(page.context, scripted.url, days_old=31)
    held: list[Route] = []
    page.route(PERSONAL, lambda route: held.append(route))
    with page.expect_request(PERSONAL):
        scripted.visits("/products")
    first, last = page.locator("h1"), page.get_by_role("contentinfo")
    before = (first.bounding_box(), last.bounding_box())
    held[0].continue_()
    arrived = page.get_by_text(ADDED if arrives == "message" else "has expired")
    expect(arrived).to_be_in_viewport()
    assert (first.bounding_box(), last.bounding_box()) == before
    page.keyboard.press("End")  # what it covers can be scrolled clear of it
    covers = page.locator("mini-cart")
    page.wait_for_function(
        "([a, b]) => a.getBoundingClientRect().bottom <= b.getBoundingClientRect().top",
        arg=[last.element_handle(), covers.element_handle()],
    )


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize("button", ["Restore it", "No, let it go", "Close"])
def test_a_tap_meant_for_what_was_there_before_hits_nothing_that_has_just_arrived(
    scripted: Shopper, button: str, motion: Literal["no-preference", "reduce"]
) -> None:
    page = scripted.page
    page.emulate_media(reduced_motion=motion)
    page.add_init_script(script("hold-guards"))
    if button == "Close":
        waits(scripted)
    else:
        holds(page.context, scripted.url, days_old=31)
    late = scripted.visits("/products").get_by_role("button", name=button)
    expect(page.locator("[data-held]")).to_be_visible()
    hits = [late.evaluate(script("is-hit"), elapsed) for elapsed in (0, 300, 590, 600)]
    assert hits == [False, False, False, True]
    late.click()
    expect(late).to_be_hidden()


def test_a_late_message_can_be_closed(scripted: Shopper) -> None:
    page = scripted.page
    waits(scripted)
    says(scripted.visits("/products"), ADDED)
    page.get_by_role("button", name="Close").press("Enter")
    expect(page.get_by_text(ADDED)).to_have_count(0)
    expect(page.get_by_role("button", name="Close")).to_be_hidden()
    expect(page.get_by_role("main")).to_be_focused()
    counts(page, "1 item")
    page.get_by_role("button", name="Add Everyday mug").click()
    expect(page.get_by_role("button", name="Close")).to_have_count(1)  # only the mini-cart's


def test_the_next_page_has_room_for_an_offer(scripted: Shopper) -> None:
    holds(scripted.page.context, scripted.url, days_old=31)
    restore = scripted.visits("/products").get_by_role("button", name="Restore it")
    expect(restore).to_be_visible()
    in_the_page = scripted.page.get_by_role("main").get_by_role("button", name="Restore it")
    expect(in_the_page).to_have_count(0)
    for _ in range(2):
        scripted.visits("/products")
        expect(in_the_page).to_be_visible()
        expect(restore).to_have_count(1)
    scripted.page.get_by_role("button", name="No, let it go").click()
    expect(restore).to_have_count(0)
    counts(scripted.visits("/products"), "0 items")
    assert is_marked(scripted)


def test_what_got_no_answer_is_asked_for_again(scripted: Shopper) -> None:
    page = scripted.page
    waits(scripted)
    page.route(PERSONAL, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        scripted.visits("/products")
    page.unroute(PERSONAL)
    page.context.set_offline(True)
    page.context.set_offline(False)
    counts(page, "1 item")
    says(page, ADDED)


def test_without_scripts_the_shop_counts_after_the_first_add(plain: Shopper) -> None:
    counts(plain.visits("/products"), "0 items")
    seen = asked_for(plain.page)
    plain.page.get_by_role("button", name="Add Everyday mug").click()
    says(plain.page, ADDED)
    CartPage(plain).holds("Everyday mug")
    expect(plain.page).to_have_url(f"{plain.url}/cart")
    counts(plain.visits("/products"), "1 item")
    counts(plain.visits("/products/everyday-mug"), "1 item")
    assert "cart/personal" not in seen
    assert not is_marked(plain)


def test_without_scripts_a_waiting_message_is_on_the_page(plain: Shopper) -> None:
    waits(plain)
    says(plain.visits("/products"), ADDED)
    expect(plain.visits("/products").get_by_text(ADDED)).to_have_count(0)


def test_a_message_waits_for_a_page_that_shows_it(scripted: Shopper) -> None:
    page = scripted.page
    waits(scripted)
    page.route(PERSONAL, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        scripted.visits("/products")
    expect(page.get_by_text(ADDED)).to_have_count(0)
    page.unroute(PERSONAL)
    with page.expect_response(lambda answer: answer.request.method == "POST") as taken:
        says(scripted.visits("/products"), ADDED)
    assert taken.value.status == 204
    counts(scripted.visits("/products"), "1 item")
    expect(page.get_by_text(ADDED)).to_have_count(0)


def test_an_expired_cart_is_offered_and_can_be_restored(scripted: Shopper) -> None:
    holds(scripted.page.context, scripted.url, days_old=31)
    scripted.visits("/products").get_by_role("button", name="Restore it").click()
    CartPage(scripted).holds("Everyday mug", 3)


def test_a_damaged_cart_is_reported_once(scripted: Shopper) -> None:
    carts.put(scripted.page.context, scripted.url, "damaged")
    page = scripted.page
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        expect(scripted.visits("/products").locator(".notice")).to_have_count(1)
    with page.expect_response(PERSONAL):
        scripted.visits("/products")
    counts(page, "0 items")
    expect(page.locator(".notice")).to_have_count(0)


def test_two_tabs_count_the_same(scripted: Shopper) -> None:
    other = scripted.in_another_tab()
    other.visits("/products/everyday-mug")
    counts(other.page, "0 items")
    counts(scripted.visits("/products"), "0 items")
    other.page.bring_to_front()
    other.adds_here().says(ADDED)
    counts(other.page, "1 item")
    counts(scripted.page, "1 item")


@pytest.fixture(params=["kept by the browser", "loaded again"])
def returning(request: pytest.FixtureRequest, shop: RunningShop) -> Shopper:
    """A shopper whose browser keeps pages to go back to, and one whose browser does not."""
    fixture = "whole_page" if request.param == "kept by the browser" else "page"
    return Shopper(request.getfixturevalue(fixture), shop.url)


def test_the_back_button_leads_to_the_count_of_now(returning: Shopper) -> None:
    returning.visits("/products")
    counts(returning.visits("/products/everyday-mug"), "0 items")
    returning.adds_here().says(ADDED)
    returning.opens_cart().sets_quantity("Everyday mug", "5")
    counts(returning.page, "5 items")
    # Of a kept page, go_back would await its loading. Without a timer, this page may be gone before
    # it answers.
    returning.page.evaluate("setTimeout(() => history.back())")
    counts(returning.page, "5 items")


def test_a_browser_whose_scripts_were_turned_off_gets_its_own_pages_again(plain: Shopper) -> None:
    context = plain.page.context
    holds(context, plain.url)
    context.add_cookies([{"name": "script", "value": "1", "url": plain.url}])
    counts(plain.visits("/products"), "0 items")
    counts(plain.visits("/products"), "3 items")
    assert not is_marked(plain)


def test_a_browser_that_lets_scripts_set_no_cookie_sends_its_forms_itself(
    shopper: Shopper,
) -> None:
    page = shopper.page
    page.context.new_cdp_session(page).send(
        "Emulation.setDocumentCookieDisabled", {"disabled": True}
    )
    shopper.visits("/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    says(page, ADDED)
    expect(page).to_have_url(f"{shopper.url}/cart")


def test_a_form_of_another_site_adds_nothing(shopper: Shopper) -> None:
    page = shopper.page
    form = (
        f"<form method=post action='{shopper.url}/cart/lines'>"
        "<input name=sku value=MUG><button>Win</button></form>"
    )
    page.route(
        "http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html")
    )
    page.goto("http://evil.example/")
    page.get_by_role("button", name="Win").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form came without its token")
    shopper.opens_cart().is_empty()
