"""Use it for every journey that people must be able to make without a mouse.

`locator.press` and `locator.focus` put the focus where Tab may never lead. So only the keyboard is
used here: Tab until a control has the focus, and then its key.
"""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from e2e.jar import Jar
from e2e.support.pages import Shopper

MOST_STOPS = 60


def tab_to(control: Locator) -> None:
    """Presses Tab until the control has the focus."""
    for _ in range(MOST_STOPS):
        control.page.keyboard.press("Tab")
        if control.evaluate("control => control === document.activeElement"):
            return
    raise AssertionError(f"{control} is not among the first {MOST_STOPS} stops of Tab")


def test_a_cart_is_changed_and_checked_out_by_keyboard(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG, PENCIL")
    cart = own_shopper.opens_cart()
    keyboard = cart.page.keyboard

    tab_to(cart.quantity_of("Everyday mug"))
    keyboard.press("ControlOrMeta+A")
    keyboard.type("3")
    keyboard.press("Enter")
    expect(cart.line("Everyday mug")).to_contain_text("£28.50")
    expect(cart.quantity_of("Everyday mug")).to_be_focused()

    tab_to(cart.page.get_by_role("link", name="Check out"))
    keyboard.press("Enter")
    expect(cart.page.get_by_role("heading", level=1)).to_have_text("Checkout")
