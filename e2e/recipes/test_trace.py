"""Use it to find out why a test failed on a machine that you do not have.

With `--tracing retain-on-failure`, which `make e2e` sets, a failed test leaves a trace in
`test-results/`: every step with the page before and after it, and every request. `playwright
show-trace` opens it. It is also a file to be read: this test records one, and finds the cookie that
the shop set, which no script in the page can see.
"""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Browser

from e2e.support.pages import Shopper
from e2e.support.server import RunningShop


def set_cookies(trace: Path) -> list[str]:
    """The Set-Cookie headers of all responses in a trace, as a HAR describes them."""
    with ZipFile(trace) as files:
        entries = [json.loads(line) for line in files.read("trace.network").splitlines()]
    return [
        header["value"]
        for entry in entries
        for header in entry["snapshot"]["response"]["headers"]
        if header["name"].lower() == "set-cookie"
    ]


def test_a_trace_has_the_cookie_that_the_shop_set(
    browser: Browser, shop: RunningShop, tmp_path: Path
) -> None:
    with browser.new_context() as context:
        context.tracing.start(snapshots=True, screenshots=True)
        Shopper(context.new_page(), shop.url).adds("everyday-mug")
        context.tracing.stop(path=tmp_path / "trace.zip")

    (cart,) = [one for one in set_cookies(tmp_path / "trace.zip") if one.startswith("cart=")]
    assert "Max-Age=2851200" in cart
