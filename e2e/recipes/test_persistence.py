"""Use it for whatever must outlive the browser: a cart, a language, a consent.

Playwright's contexts forget everything when they are closed, so a test that opens a second page in
the same one proves nothing about tomorrow. A persistent profile is closed and opened again, as a
person does it. Close it, and do not kill it: Chromium writes its cookies only every 30 seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType

from e2e.support.pages import Shopper
from e2e.support.server import RunningShop


def test_a_cart_survives_a_restart_of_the_browser(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    browser_context_args: dict[str, Any],
    shop: RunningShop,
    tmp_path: Path,
) -> None:
    options = {**browser_type_launch_args, **browser_context_args}

    with browser_type.launch_persistent_context(tmp_path, **options) as context:
        Shopper(context.new_page(), shop.url).adds("everyday-mug", 3)

    with browser_type.launch_persistent_context(tmp_path, **options) as context:
        Shopper(context.new_page(), shop.url).opens_cart().holds("Everyday mug", 3)
