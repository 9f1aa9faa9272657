"""The browser of the shoppers: what it keeps, and what it sends."""

from __future__ import annotations

import gzip

import pytest

from load.browser import Browser, Fault


class Server:
    """Responds with what it was given, in turn, and keeps the requests."""

    def __init__(self, *responses: tuple[int, str, bytes]) -> None:
        self.responses = list(responses)
        self.requests: list[str] = []

    def __call__(self, request: bytes) -> tuple[int, bytes, bytes]:
        self.requests.append(request.decode())
        status, header, body = self.responses.pop(0)
        return status, f"HTTP/1.1 {status} -\r\n{header}".encode(), body


def browser(server: Server) -> Browser:
    return Browser(server, "shop.example", "10.0.0.7")


def test_a_cookie_is_sent_below_its_path_only() -> None:
    cookies = "Set-Cookie: cart=1; Path=/; Secure\r\nSet-Cookie: undo=2; Path=/cart"
    server = Server((200, cookies, b""), (200, "", b""), (200, "", b""))
    visitor = browser(server)
    for path in ("/", "/products", "/cart"):
        visitor.get(path)
    assert "Cookie: cart=1\r\n" in server.requests[1]
    assert "Cookie: cart=1; undo=2\r\n" in server.requests[2]


def test_a_cookie_is_deleted_when_its_life_is_over() -> None:
    server = Server((200, "Set-Cookie: a=1; Path=/", b""), (200, "Set-Cookie: a=; Max-Age=0", b""))
    visitor = browser(server)
    visitor.get("/")
    visitor.get("/")
    assert visitor.cookies == {}


def test_a_request_says_which_client_and_scheme_the_proxy_has() -> None:
    server = Server((200, "", b""))
    browser(server).get("/")
    assert "X-Forwarded-For: 10.0.0.7\r\n" in server.requests[0]
    assert "X-Forwarded-Proto: https\r\n" in server.requests[0]


def test_redirects_are_followed_to_the_page() -> None:
    compressed = (200, "Content-Encoding: gzip", gzip.compress(b"the cart"))
    server = Server(
        (303, "Location: /cart?cookies", b""), (303, "location: /cart", b""), compressed
    )
    assert browser(server).follow("/cart/lines").body == b"the cart"


@pytest.mark.parametrize("status", [200, 400, 429, 500, 503])
def test_a_form_that_leads_nowhere_is_a_fault(status: int) -> None:
    with pytest.raises(Fault, match=f"POST /cart/lines: {status} no"):
        browser(Server((status, "", b"no"))).post("/cart/lines", "sku=MUG")


@pytest.mark.parametrize("status", [303, 404, 502])
def test_a_page_that_is_none_is_a_fault(status: int) -> None:
    with pytest.raises(Fault, match=f"GET /products: {status}"):
        browser(Server((status, "Location: /", b""))).get("/products?page=2")
