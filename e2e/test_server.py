"""How the server handles connections and cookie headers."""

from __future__ import annotations

import re
import socket
import urllib.request
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode, urlsplit

import pytest

from e2e.support import carts
from e2e.support.demo_catalogue import MUG
from e2e.support.server import DIRECT, RunningShop


def test_idle_connections_do_not_block_requests(shop: RunningShop) -> None:
    address = urlsplit(shop.url)
    with ExitStack() as opened:
        for _ in range(8):
            opened.enter_context(socket.create_connection((address.hostname, address.port)))
        with DIRECT.open(f"{shop.url}/healthz", timeout=4) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param(
            "POST /cart/lines HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", id="a body"
        ),
        pytest.param("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", id="a header"),
    ],
)
def test_unfinished_requests_do_not_block_others(shop: RunningShop, beginning: str) -> None:
    address = urlsplit(shop.url)
    with ExitStack() as opened:
        for _ in range(200):
            connection = socket.create_connection((address.hostname, address.port), timeout=10)
            opened.enter_context(connection).sendall(beginning.encode())
        for _ in range(5):
            with DIRECT.open(f"{shop.url}/products", timeout=4) as response:
                assert response.status == 200


def test_large_foreign_cookies_are_accepted(shop: RunningShop) -> None:
    cookies = "; ".join(f"big{number}={'x' * 4000}" for number in range(10))
    request = urllib.request.Request(f"{shop.url}/cart", headers={"Cookie": cookies})
    with DIRECT.open(request) as response:
        assert response.status == 200


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["session first", "cart first"])
def test_cookies_in_two_header_fields_are_read(shop: RunningShop, order: list[int]) -> None:
    cart = f"cart={carts.value_of({MUG: 2})}"
    with closing(HTTPConnection(urlsplit(shop.url).netloc, timeout=10)) as connection:
        page = _send(connection, "GET", "/cart", [cart])
        session = (page.headers["Set-Cookie"] or "").partition(";")[0]
        token = _match_in(r'name="csrf_token" value="([^"]+)"', page)
        fields = [(session, cart)[at] for at in order]
        shown = _send(connection, "GET", "/cart", fields)
        assert _match_in(r"top-count[^>]*>\s*(\d+)", shown) == "2"
        form = urlencode({"csrf_token": token, "sku": "PENCIL", "quantity": 1})
        assert _send(connection, "POST", "/cart/lines", fields, form).status == 303


def _send(
    connection: HTTPConnection, method: str, path: str, cookies: list[str], form: str = ""
) -> HTTPResponse:
    connection.putrequest(method, path)
    for cookie in cookies:
        connection.putheader("Cookie", cookie)
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(len(form)))
    connection.endheaders(form.encode())
    return connection.getresponse()


def _match_in(pattern: str, page: HTTPResponse) -> str:
    match = re.search(pattern, page.read().decode())
    assert match
    return match[1]
