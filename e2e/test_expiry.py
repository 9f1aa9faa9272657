"""Carts expire on time, and can be restored for a while."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.jar import Crumb, Jar
from e2e.support.carts import put, value_of
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from e2e.support.server import RunningShop, running_shop

LIFE_DAYS = 30
GRACE_DAYS = 3
TWO_SECONDS_IN_DAYS = "0.000024"


@pytest.fixture(scope="module")
def brief(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """A shop whose carts live for two seconds."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("brief") / "instance"))
    with running_shop(
        folder, SHOP_CART_MAX_AGE_DAYS=TWO_SECONDS_IN_DAYS, SHOP_CART_GRACE_DAYS="0"
    ) as served:
        yield served


def test_the_browser_itself_drops_the_cookie(page: Page, brief: RunningShop) -> None:
    shopper = Shopper(page, brief.url)
    shopper.visits("/products/everyday-mug")
    shopper.adds_here().holds("Everyday mug")
    page.context.set_offline(True)  # the shop cannot be reached, so only the browser can drop it

    Jar(page.context, Crumb(brief.url))["cart"].to_be_absent(timeout=20_000)


def test_an_expired_cart_can_be_dismissed(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*4", aged_days=LIFE_DAYS + 1)

    cart = own_shopper.opens_cart()
    cart.page.get_by_role("button", name="No, let it go").click()

    cart.is_empty()
    expect(cart.page.get_by_text("has expired")).to_have_count(0)
    jar["cart"].to_be_absent()


def test_adding_to_an_expired_cart_loses_neither(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*4", aged_days=LIFE_DAYS + 1)

    cart = own_shopper.adds("cedar-pencil").holds("Cedar pencil")
    cart.page.get_by_role("button", name="Restore it").click()

    cart.holds("Everyday mug", 4).holds("Cedar pencil")


def test_a_cart_past_its_grace_period_is_deleted_with_a_notice(
    jar: Jar, own_shopper: Shopper
) -> None:
    # A browser whose clock is behind still has it, so it does not come from the jar.
    expired_value = value_of({MUG: 4}, aged_days=LIFE_DAYS + GRACE_DAYS + 1)
    put(own_shopper.page.context, own_shopper.url, expired_value)

    cart = own_shopper.opens_cart().is_empty()
    expect(cart.page.get_by_text("has expired and could not be kept")).to_be_visible()
    jar["cart"].to_be_absent()


def test_viewing_the_cart_renews_it_after_a_day(jar: Jar, own_shopper: Shopper) -> None:
    jar.arrange("MUG*4", aged_days=2)

    own_shopper.visits("/products")
    jar["cart"].to_last(days=LIFE_DAYS + GRACE_DAYS - 2)
    own_shopper.opens_cart().holds("Everyday mug", 4)
    jar["cart"].to_last(days=LIFE_DAYS + GRACE_DAYS)
