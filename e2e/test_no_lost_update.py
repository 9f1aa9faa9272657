"""Concurrent changes in one tab or several are all kept, and every tab shows the current cart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from e2e.support import carts
from e2e.support.demo_catalogue import MUG, PENCIL, SHADE
from e2e.support.pages import MiniCart, Shopper
from e2e.support.scripts import script
from e2e.support.server import RunningShop

A_SECOND = 1000

FIRST_SIX = ["MUG", "MUG-OAT", "CREPE-PAN", "BOARD-BEECH", "KNIFE-BREAD", "TIN-LOAF"]


def held(context: BrowserContext) -> list[int]:
    cart = carts.held_cart(context)
    return sorted(line.number for line in cart.lines) if cart else []


def elapsed_ms(page: Page) -> float:
    return float(page.evaluate("window.shownAt - window.calledAt"))


def shows_six(page: Page) -> None:
    # Not the count in the header: it is updated before the shop responds.
    expect(page.get_by_role("region", name="Your cart").get_by_role("row")).to_have_count(6 + 1)


def test_six_concurrent_adds_from_one_tab_are_all_kept(shopper: Shopper) -> None:
    page = shopper.visits("/products")
    page.evaluate(script("add-each"), FIRST_SIX)

    shows_six(page)
    assert held(page.context) == [1, 2, 3, 4, 5, 6]


def test_six_concurrent_adds_from_two_tabs_are_all_kept(shopper: Shopper) -> None:
    one, other = shopper.visits("/products"), shopper.in_another_tab().visits("/products")
    later = f"names => setTimeout(() => ({script('add-each')})(names))"
    one.evaluate(later, FIRST_SIX[:3])
    other.evaluate(script("add-each"), FIRST_SIX[3:])

    for page in (one, other):
        shows_six(page)
    assert held(one.context) == [1, 2, 3, 4, 5, 6]


def test_without_web_locks_a_tab_still_sends_one_change_at_a_time(shopper: Shopper) -> None:
    shopper.page.add_init_script("Object.defineProperty(navigator, 'locks', {value: undefined})")
    page = shopper.visits("/products")
    page.evaluate(script("add-each"), FIRST_SIX)

    shows_six(page)
    assert held(page.context) == [1, 2, 3, 4, 5, 6]


def sends_late(page: Page, action: str, meanwhile: Locator) -> None:
    """The response to this page's form arrives only after a button of another tab is pressed, and
    with the cart from before: had the other change not waited, it would be overwritten."""

    def send(route: Route) -> None:
        late = route.fetch(max_redirects=0)
        meanwhile.click()
        meanwhile.page.wait_for_function(script("is-waiting-or-done"))
        route.fulfill(response=late)

    page.route(f"**{action}", send)


@pytest.mark.parametrize("is_form_first", [False, True], ids=["change first", "form first"])
def test_a_change_and_a_form_that_leads_elsewhere_take_turns(
    shopper: Shopper, is_form_first: bool
) -> None:
    carts.put(shopper.page.context, shopper.url, carts.value_of({SHADE: 1}))
    page = shopper.visits("/products/everyday-mug")
    other = shopper.in_another_tab().visits(carts.link_of({PENCIL: 3}))
    add = page.get_by_role("button", name="Add to cart")
    merge = other.get_by_role("button", name="Merge with mine")
    if is_form_first:
        sends_late(other, "/cart/merge", meanwhile=add)
        merge.click()
    else:
        sends_late(page, "/cart/lines", meanwhile=merge)
        add.click()

    expect(other.get_by_role("heading", level=1)).to_have_text("Your cart")
    MiniCart(shopper).holds("Everyday mug")
    assert held(page.context) == sorted([MUG, PENCIL, SHADE])


def test_a_change_arrives_although_its_page_is_left_at_once(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")

    def leave(route: Route) -> None:
        page.goto("about:blank")
        route.continue_()

    page.route("**/cart/lines", leave)
    page.get_by_role("button", name="Add to cart").click()
    carts.wait_until_held(page.context)
    shopper.opens_cart().holds("Everyday mug")


def test_a_tab_that_is_shown_again_shows_the_current_cart(shopper: Shopper) -> None:
    carts.put(shopper.page.context, shopper.url, carts.value_of({MUG: 1}))
    cart = shopper.opens_cart()
    carts.put(shopper.page.context, shopper.url, carts.value_of({MUG: 4}))
    # Dispatched, because a headless browser never hides a tab.
    cart.page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")

    cart.holds("Everyday mug", 4)
    expect(cart.page.get_by_role("link", name="Cart 4 items")).to_be_visible()


def test_another_tab_shows_the_new_cart_within_a_second(shopper: Shopper) -> None:
    other = shopper.in_another_tab()
    other.page.add_init_script(script("when-shown"))
    other.visits("/cart")
    shopper.visits("/products/everyday-mug")
    shopper.adds_here().says("Added to your cart: Everyday mug")

    expect(other.page.get_by_label("Quantity of Everyday mug", exact=True)).to_have_value("1")
    expect(other.page.get_by_role("link", name="Cart 1 item")).to_be_visible()
    expect(other.page.get_by_text("Added to your cart")).to_have_count(0)
    assert elapsed_ms(other.page) < A_SECOND


def test_going_back_shows_the_current_cart_within_a_second(shopper: Shopper) -> None:
    shopper.page.add_init_script(script("when-shown"))
    page = shopper.visits("/products")
    shopper.adds("everyday-mug", 2)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{shopper.url}/products")
    expect(page.get_by_role("link", name="Cart 2 items")).to_be_visible()
    assert elapsed_ms(page) < A_SECOND


@pytest.fixture
def bfcache_page(whole_page: Page, whole_browser_launch_args: dict[str, Any]) -> Page:
    """A page in a browser with a back/forward cache, which the headless shell does not have."""
    executable = whole_browser_launch_args.get("executable_path")
    if executable and "headless" in Path(executable).name:
        pytest.skip(f"{executable} has no back/forward cache: it is a headless shell")
    return whole_page


def test_a_page_from_the_back_forward_cache_shows_the_cart_within_a_second(
    bfcache_page: Page, shop: RunningShop
) -> None:
    page = bfcache_page
    page.add_init_script(script("when-shown"))
    page.goto(f"{shop.url}/products")
    # A page that is left while it asks for the count is not kept.
    expect(page.get_by_role("link", name="Cart 0 items")).to_be_visible()
    page.evaluate("addEventListener('pageshow', event => { window.kept = event.persisted })")
    page.goto(f"{shop.url}/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    MiniCart(Shopper(page, shop.url)).says("Added to your cart")

    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(f"{shop.url}/products")
    expect(page.get_by_role("link", name="Cart 1 item")).to_be_visible()
    assert page.evaluate("window.kept") is True
    assert elapsed_ms(page) < A_SECOND


def test_a_page_from_the_back_forward_cache_has_no_open_mini_cart(
    bfcache_page: Page, shop: RunningShop
) -> None:
    shopper = Shopper(bfcache_page, shop.url)
    page = shopper.visits("/products/everyday-mug")
    page.evaluate("addEventListener('pageshow', event => { window.kept = event.persisted })")
    mini = shopper.adds_here().holds("Everyday mug")
    page.get_by_role("link", name="Cart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")
    page.evaluate("setTimeout(() => history.back())")
    expect(page).to_have_url(f"{shop.url}/products/everyday-mug")
    expect(page.get_by_role("link", name="Cart 1 item")).to_be_visible()
    expect(mini.panel).to_be_hidden()
    assert page.evaluate("window.kept") is True
    shopper.adds_here().holds("Everyday mug", 2)
