"""Use it for every state of a page, and not only for its first one.

axe-core finds what a machine can find: missing names, wrong roles, pale text. Most of it hides in
states that no list of addresses leads to, such as an offer, an error or an open panel. Arrange the
state, then ask. The keyboard and what a sentence means are left to people and to other tests.
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.jar import Jar
from e2e.support import layout
from e2e.support.pages import Shopper


def test_the_offer_of_an_expired_cart_is_accessible(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG", aged_days=31)
    page = own_shopper.visits("/cart")
    page.emulate_media(reduced_motion="reduce")  # else a colour is measured while it changes
    expect(page.get_by_role("button", name="Restore it")).to_be_visible()

    assert layout.inaccessible(page) == []
    assert layout.pale(page) == []
