"""The shop as `deploy/` has it: behind nginx, on https, where a cart may fill its cookie."""

from __future__ import annotations

import shutil
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.jar import Crumb, Jar
from e2e.support import carts, nginx
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from e2e.support.server import KEY, running_shop
from shop.core import cookie
from shop.core.cart import Line

NAME = cookie.SECURE_NAME


@pytest.fixture(scope="module")
def addresses(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The https and the http address."""
    if not nginx.installed():
        pytest.skip("nginx is not installed")
    instance = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("deployed") / "instance"))
    with (
        running_shop(instance, SHOP_TRUSTED_PROXIES="1") as shop,
        nginx.deployed_nginx([shop.url], tmp_path_factory.mktemp("nginx")) as served,
    ):
        yield served


def test_a_cart_that_is_full_to_the_last_byte_passes_nginx(
    page: Page, addresses: tuple[str, str]
) -> None:
    https, _ = addresses
    full = carts.cart_that_fills(cookie.BROWSER_LIMIT_BYTES, Line(MUG, 1), name=NAME)
    kept = {"name": NAME, "value": cookie.encode(full, [KEY], name=NAME), "url": https}
    page.context.add_cookies([{**kept, "secure": True, "expires": time.time() + 86_400}])  # type: ignore[typeddict-item]

    shopper = Shopper(page, https)
    shopper.adds("everyday-mug").holds("Everyday mug")
    jar = Jar(page.context, Crumb(https))
    jar[NAME].to_have_bytes(exactly=cookie.BROWSER_LIMIT_BYTES).to_have_attributes(secure=True)
    # Emptying it puts as much into the cookie that undoes this.
    page.get_by_role("button", name="Empty the cart").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    jar[NAME].to_be_absent()
    page.get_by_role("button", name="Undo").click()
    jar[NAME].to_have_bytes(exactly=cookie.BROWSER_LIMIT_BYTES)


def test_http_leads_to_https(addresses: tuple[str, str]) -> None:
    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stays)
    with pytest.raises(urllib.error.HTTPError) as answer:
        opener.open(f"{addresses[1]}/cart?x=1", timeout=10)
    with answer.value as response:
        found = (response.code, response.headers["Location"])
    assert found == (308, "https://127.0.0.1/cart?x=1")
