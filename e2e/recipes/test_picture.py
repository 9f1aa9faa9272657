"""Use it when something must look as it did, to the pixel.

A picture from another machine never fits: fonts and their smoothing differ, and a tolerance that
forgives them forgives a lost line too. So nothing is stored. The page is compared with itself, in
one run: before a change and after it has been undone. Such a test does not notice a page that is
always ugly; `e2e/support/layout.py` measures that in boxes.
"""

from __future__ import annotations

from playwright.sync_api import Locator

from e2e.jar import Jar
from e2e.support.pages import CartPage, Shopper


def picture_of(cart: CartPage) -> bytes:
    lines: Locator = cart.shopper.opens_cart().page.locator("table.lines")
    return lines.screenshot(animations="disabled", caret="hide")


def test_a_removal_and_its_undoing_leave_no_trace(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*2, PENCIL*3")
    cart = own_shopper.opens_cart()
    before = picture_of(cart)

    cart.removes("Everyday mug")
    cart.holds("Cedar pencil", 3)
    assert picture_of(cart) != before
    cart.undoes().holds("Everyday mug", 2)

    assert picture_of(cart) == before
