"""Carts expire on time, and can be restored for a while."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import expect

from e2e.support import jar
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from e2e.support.server import running_shop

LIFE_DAYS = 30
GRACE_DAYS = 3
TWO_SECONDS_IN_DAYS = "0.000024"


def test_the_cookie_lasts_for_the_lifetime_and_the_grace_period(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")

    held = jar.cart_cookie(shopper.page.context)
    assert held is not None
    left_days = (held["expires"] - time.time()) / jar.SECONDS_A_DAY
    assert abs(left_days - (LIFE_DAYS + GRACE_DAYS)) < 0.01


def test_a_cart_disappears_when_it_expires(shopper: Shopper, instance: Path) -> None:
    with running_shop(
        instance, SHOP_CART_MAX_AGE_DAYS=TWO_SECONDS_IN_DAYS, SHOP_CART_GRACE_DAYS="0"
    ) as shop:
        own_shopper = Shopper(shopper.page, shop.url)
        own_shopper.visits("/products/everyday-mug")
        own_shopper.adds_here().holds("Everyday mug")
        own_shopper.page.add_init_script("setTimeout(() => location.reload(), 300)")
        own_shopper.opens_cart().is_empty()
        assert jar.cart_cookie(shopper.page.context) is None


def test_the_browser_itself_drops_the_cookie(shopper: Shopper, instance: Path) -> None:
    with running_shop(
        instance, SHOP_CART_MAX_AGE_DAYS=TWO_SECONDS_IN_DAYS, SHOP_CART_GRACE_DAYS="0"
    ) as shop:
        own_shopper = Shopper(shopper.page, shop.url)
        own_shopper.visits("/products/everyday-mug")
        own_shopper.adds_here().holds("Everyday mug")

    jar.wait_until_gone(
        shopper.page.context
    )  # the shop has stopped, so only the browser can drop it


def test_an_expired_cart_is_offered_and_can_be_restored(shopper: Shopper) -> None:
    expired_value = jar.value_of({MUG: 4}, aged_days=LIFE_DAYS + 1)
    jar.put(shopper.page.context, shopper.url, expired_value)

    cart = shopper.opens_cart().is_empty()
    offer = cart.page.get_by_role("region", name="has expired. Restore it?")
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="Restore it").click()

    cart.holds("Everyday mug", 4)
    expect(offer).to_have_count(0)


def test_an_expired_cart_can_be_dismissed(shopper: Shopper) -> None:
    jar.put(shopper.page.context, shopper.url, jar.value_of({MUG: 4}, aged_days=LIFE_DAYS + 1))

    cart = shopper.opens_cart()
    cart.page.get_by_role("button", name="No, let it go").click()

    cart.is_empty()
    expect(cart.page.get_by_text("has expired")).to_have_count(0)
    assert jar.cart_cookie(shopper.page.context) is None


def test_adding_to_an_expired_cart_loses_neither(shopper: Shopper) -> None:
    jar.put(shopper.page.context, shopper.url, jar.value_of({MUG: 4}, aged_days=LIFE_DAYS + 1))

    cart = shopper.adds("cedar-pencil").holds("Cedar pencil")
    cart.page.get_by_role("button", name="Restore it").click()

    cart.holds("Everyday mug", 4).holds("Cedar pencil")


def test_a_cart_past_its_grace_period_is_deleted_with_a_notice(shopper: Shopper) -> None:
    expired_value = jar.value_of({MUG: 4}, aged_days=LIFE_DAYS + GRACE_DAYS + 1)
    jar.put(shopper.page.context, shopper.url, expired_value)

    cart = shopper.opens_cart().is_empty()
    expect(cart.page.get_by_text("has expired and could not be kept")).to_be_visible()
    assert jar.cart_cookie(shopper.page.context) is None


def test_viewing_the_cart_renews_it_after_a_day(shopper: Shopper) -> None:
    old = jar.value_of({MUG: 4}, aged_days=2)
    jar.put(shopper.page.context, shopper.url, old)

    shopper.visits("/products")
    unchanged = jar.cart_cookie(shopper.page.context)
    assert unchanged is not None
    assert unchanged["value"] == old

    shopper.opens_cart().holds("Everyday mug", 4)
    renewed = jar.held_cart(shopper.page.context)
    assert renewed is not None
    assert time.time() - renewed.changed_at < 60
