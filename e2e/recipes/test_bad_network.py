"""Use it for every change that a page makes in the background.

On the machine of a test the network never fails and never waits, so nobody sees the button that
stays grey for ever, or the click that is lost. A context can be offline, a route can refuse one
request, and Chromium can be slowed down over CDP.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from e2e.jar import Jar
from e2e.support.pages import Shopper

LATENCY_MS = 400


def slow_down(page: Page) -> None:
    """Makes every response of the network arrive this much later; Chromium only."""
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1}
    session = page.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})


def test_what_is_added_while_offline_is_not_counted(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    counts_nothing = page.get_by_role("link", name="Cart 0 items", exact=True)
    expect(counts_nothing).to_be_visible()  # the page has asked for its count
    page.context.set_offline(True)
    shopper.adds_here().says("The shop could not be reached.").is_closed_by_escape()
    expect(counts_nothing).to_be_visible()


def test_a_change_whose_page_is_lost_is_reported(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*2")
    cart = own_shopper.opens_cart()
    cart.page.route("**/cart", lambda route: route.abort())

    cart.page.get_by_role("button", name="One more of Everyday mug").click()
    expect(cart.page.get_by_role("status").first).to_have_text(
        "Your change was made. Please reload the page to see it."
    )
    expect(cart.page.locator("main cart-view")).not_to_have_attribute("aria-busy", "true")

    cart.page.unroute_all()
    own_shopper.opens_cart().holds("Everyday mug", 3)


def test_on_a_slow_network_the_cart_says_that_it_is_busy(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*2, PENCIL")
    cart = own_shopper.opens_cart()
    slow_down(cart.page)

    cart.asks_to_remove("Cedar pencil")
    expect(cart.page.locator("main cart-view")).to_have_attribute("aria-busy", "true")
    expect(cart.line("Cedar pencil")).to_have_count(0)
    expect(cart.page.locator("main cart-view")).not_to_have_attribute("aria-busy", "true")
