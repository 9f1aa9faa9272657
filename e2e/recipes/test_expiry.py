"""Use it for everything that ends after days: a cart, an offer, a link.

A test that waits is slow, and one that only reads `expires` never sees what happens then. Moving
the server's clock leaves the cookie in the browser; moving `page.clock` does not touch it either.
`jar.advance` ages the cookies and moves the shop's clock.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.jar import Jar
from e2e.support.pages import Shopper


def test_a_cart_of_a_month_ago_is_offered_back(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*4")
    jar.advance(days=31)

    cart = own_shopper.opens_cart().is_empty()
    offer = cart.page.get_by_role("region", name="has expired. Restore it?")
    offer.get_by_role("button", name="Restore it").click()
    cart.holds("Everyday mug", 4)
    expect(offer).to_have_count(0)
    jar["cart"].to_last(days=33)


def test_the_browser_drops_a_cart_that_nobody_came_back_for(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*4")
    jar.advance(days=34)

    jar["cart"].to_be_absent()
    own_shopper.opens_cart().is_empty()
