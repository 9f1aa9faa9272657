"""A cart in Firefox: added by a script, kept while the browser is closed, offered when expired."""

from __future__ import annotations

from pathlib import Path

from e2e.support import carts
from e2e.support.firefox import PROFILE, running_firefox
from e2e.support.server import RunningShop
from shop.core import cookie


def test_a_cart_outlives_firefox_and_expires(
    firefox_path: Path, shop: RunningShop, tmp_path: Path
) -> None:
    with running_firefox(firefox_path, tmp_path) as running:
        window = running.new_window(PROFILE)
        window.opens(f"{shop.url}/products/everyday-mug")
        window.presses("Add to cart")
        window.waits_for(".mini-panel:not([hidden])")
        held = [kept for kept in window.cookies() if kept[0] == cookie.NAME]
        running.closes()

    with running_firefox(firefox_path, tmp_path) as running:
        window = running.new_window(PROFILE)
        window.opens(f"{shop.url}/cart")
        assert "Everyday mug" in " ".join(window.texts("main"))
        assert [kept for kept in window.cookies() if kept[0] == cookie.NAME] == held

        window.puts(cookie.NAME, carts.value_of({1: 2}, aged_days=31), shop.url)
        window.opens(f"{shop.url}/cart")
        (page,) = window.texts("main")
        assert "There is nothing in your cart." in page
        assert "Restore" in page
