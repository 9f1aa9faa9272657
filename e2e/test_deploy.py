"""The shop as `deploy/` has it: behind nginx, on https, where a cart may fill its cookie."""

from __future__ import annotations

import gzip
import re
import shutil
import ssl
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
from playwright.sync_api import Page, expect

from e2e.cluster.running import OPENER
from e2e.jar import Crumb, Jar
from e2e.support import carts, nginx
from e2e.support.debian import NGINX, needed
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper
from e2e.support.server import KEY, RunningShop, running_shop
from shop.core import cookie
from shop.core.cart import Cart, Line

NAME = cookie.SECURE_NAME


@pytest.fixture(scope="module")
def deployed(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningShop, tuple[str, str]]]:
    """The shop, and its https and its http address; nginx keeps public pages for an hour."""
    needed(NGINX)
    instance = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("deployed") / "instance"))
    with (
        running_shop(instance, SHOP_TRUSTED_PROXIES="1", SHOP_CACHE_SECONDS="3600") as shop,
        nginx.deployed_nginx([shop.url], tmp_path_factory.mktemp("nginx")) as served,
    ):
        yield shop, served


@pytest.fixture
def addresses(deployed: tuple[RunningShop, tuple[str, str]]) -> tuple[str, str]:
    """The https and the http address."""
    return deployed[1]


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


MUG_PAGE = "/products/everyday-mug"
CART = cookie.encode(Cart((Line(MUG, 3),), int(time.time())), [KEY], name=NAME)
OLD, NEW = "£12.34", "£56.78"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response without its time."""

    headers: tuple[tuple[str, str], ...]
    page: str


def visit(https: str, *, cookies: str = "", path: str = MUG_PAGE, **headers: str) -> Answer:
    """What a browser with these cookies gets."""
    own = {"Cookie": cookies} if cookies else {}
    request = urllib.request.Request(https + path, headers=own | headers)
    nobody = ssl.create_default_context()
    nobody.check_hostname, nobody.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=nobody)
    )
    with opener.open(request, timeout=10) as response:
        kept = [(name, value) for name, value in response.headers.items() if name != "Date"]
        octets = response.read()
        is_packed = response.headers["Content-Encoding"] == "gzip"
        page = (gzip.decompress(octets) if is_packed else octets).decode()
        return Answer(tuple(sorted(kept)), page)


def test_nginx_keeps_public_pages_and_gives_a_cart_its_own(
    deployed: tuple[RunningShop, tuple[str, str]],
) -> None:
    shop, (https, _) = deployed
    shop.change("update products set price_minor = 1234 where number = ?", MUG)
    first = visit(https)
    assert OLD in first.page
    names = {name for name, _ in first.headers}
    assert "Set-Cookie" not in names
    assert ("Cache-Control", "public, max-age=0, must-revalidate, s-maxage=3600") in first.headers
    assert "csrf_token" not in first.page
    # From now on the price tells what comes from the cache.
    shop.change("update products set price_minor = 5678 where number = ?", MUG)

    assert visit(https) == first
    session = "__Host-session=anything"
    scripts = visit(https, cookies=f"script=1; {NAME}={CART}; {session}")
    assert scripts == first
    assert visit(https, cookies="theme=dark") == first

    for cookies in (
        f"{NAME}={CART}",
        f"{NAME}={CART}; {session}",
        f"other=1,{NAME}={CART}",
        f'{NAME} ="{CART}"',
        f"noscript=1; script=0; other=x script=1; {NAME}={CART}",
    ):
        own = visit(https, cookies=cookies)
        assert NEW in own.page, cookies
        assert "3 <span" in own.page.partition("<cart-count")[2], cookies
        assert ("Cache-Control", "private, no-cache") in own.headers, cookies
    assert NEW in visit(https, cookies=session).page
    assert visit(https) == first


def test_nginx_keeps_a_copy_for_each_address_and_encoding(
    deployed: tuple[RunningShop, tuple[str, str]],
) -> None:
    shop, (https, _) = deployed
    path = "/products/cedar-pencil"
    shop.change("update products set price_minor = 1234 where sku = 'PENCIL'")
    assert OLD in visit(https, path=path).page
    shop.change("update products set price_minor = 5678 where sku = 'PENCIL'")
    assert NEW in visit(https, path=path, **{"Accept-Encoding": "gzip"}).page
    assert NEW in visit(https, path=path + "?x").page
    assert OLD in visit(https, path=path).page


def test_behind_nginx_a_script_counts_what_is_in_the_cart(
    page: Page, addresses: tuple[str, str]
) -> None:
    https, _ = addresses
    shopper = Shopper(page, https)
    shopper.visits("/products/beeswax-pillar-candle")
    expect(page.get_by_role("link", name="Cart 0 items")).to_be_visible()
    shopper.adds("everyday-mug", 2)
    with page.expect_response("**/cart/personal") as personal:
        shopper.visits("/products/beeswax-pillar-candle")
    assert personal.value.ok
    expect(page.get_by_role("link", name="Cart 2 items")).to_be_visible()


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_what_a_browser_loads_is_compressed_once(addresses: tuple[str, str], encoding: str) -> None:
    https, _ = addresses

    def load(path: str) -> tuple[str, bytes]:
        request = urllib.request.Request(https + path, headers={"Accept-Encoding": encoding})
        with OPENER.open(request, timeout=10) as response:
            assert response.headers["Content-Encoding"] == encoding, path
            return response.headers.get_content_type(), response.read()

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding]
    kind, body = load("/products")
    page = unpack(body).decode()
    assert (kind, page[:15]) == ("text/html", "<!DOCTYPE html>")
    paths = set(re.findall(r'"(/static/[^"]+\.(?:css|js|svg))"', page))
    kinds = {kind for kind, body in map(load, paths) if unpack(body).decode()}
    assert kinds == {"text/css", "text/javascript", "image/svg+xml"}
