"""A model browser that visits a shop, and keeps cookies by its own rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from tests.conftest import KEY, OpenShop
from tests.integration.client import TOKEN_PAGE, LintingClient, csrf_token
from tests.model_browser import ModelBrowser

SERVER_OCTETS = len(
    "Server: gunicorn\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\n"
)
PICTURE = re.compile(r'<img src="([^"]*/(?:room|jar/witness)[^"]*)"')
ONWARD = re.compile(r'<meta http-equiv="refresh" content="[01]; url=([^"]*)"')
MOST_RESPONSES = 2_000


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy between browser and shop, by default a default nginx: the most octets of a response's
    whole header (proxy_buffer_size), and of one line of a request (large_client_header_buffers)."""

    response: int = 4_096
    line: int = 8_192

    def refuses(self, response: TestResponse) -> int:
        """The status that it responds with instead; 0 when everything passes."""
        environ = response.request.environ
        request_line = f"GET {environ['RAW_URI']} HTTP/1.1\r\n"
        cookie_line = f"Cookie: {environ.get('HTTP_COOKIE', '')}\r\n"
        if max(len(request_line), len(cookie_line)) > self.line:
            return HTTPStatus.BAD_REQUEST
        is_long = header_octets(response) + SERVER_OCTETS > self.response
        return HTTPStatus.BAD_GATEWAY if is_long else 0


def header_octets(response: TestResponse) -> int:
    """Octets of a response before its content, without what the server adds."""
    fields = [f"{name}: {text}" for name, text in response.headers]
    return len("\r\n".join([f"HTTP/1.1 {response.status}", *fields, "", ""]))


class ModelVisit:
    """The browser, the client without a jar that sends its requests, and all responses so far.

    A `proxy` replaces what it refuses: those addresses are `refused`, and the browser takes no
    cookies from them.
    """

    def __init__(
        self,
        shop: OpenShop,
        browser: ModelBrowser,
        *,
        base_url: str = "http://localhost",
        proxy: Proxy | None = None,
    ) -> None:
        self.proxy = proxy
        self.refused: list[str] = []
        self.browser = browser
        self.client = cast("LintingClient", shop.app.test_client(use_cookies=False))
        self.client.base_url = base_url
        self.responses: list[TestResponse] = []

    def request(self, address: str, **more: Any) -> TestResponse:
        """Sends a request, lets the browser take the cookies of the response, and loads a run's
        pictures."""
        path = urlsplit(address).path
        self.client.raw_cookies = self.browser.sent_to(path)
        with self.client.may_write_cart():
            response = self.client.open(address, **more)
        if self.proxy and (status := self.proxy.refuses(response)):
            self.refused.append(path)
            builder = EnvironBuilder(address)
            return TestResponse([], f"{status} Refused", Headers(), builder.get_request())
        for line in response.headers.getlist("Set-Cookie"):
            self.browser.take(line, path)
        self.responses.append(response)
        for picture in PICTURE.findall(response.text):
            self.request(unescape(picture))
        return response

    def follow(self, address: str) -> str:
        """Follows redirects and refreshes as a browser without scripts, up to the report of a run,
        and returns its page."""
        next_address = address
        while next_address and len(self.responses) < MOST_RESPONSES:
            response = self.request(next_address)
            onward = ONWARD.search(response.text)
            next_address = response.location or (unescape(onward[1]) if onward else "")
        return response.text

    def start(self, address: str) -> str:
        """Sends the form that starts a run, visits the page that it redirects to, and returns its
        address."""
        token = csrf_token(self.request(TOKEN_PAGE).text)
        headers = {"Referer": f"{self.client.base_url}/"}
        response = self.request(address, method="POST", data={"csrf_token": token}, headers=headers)
        assert response.status_code == 303
        self.request(response.location)
        return response.location


def signed(purpose: str, packed: list[object]) -> str:
    """A state, signed as a run signs it for this purpose."""
    return str(URLSafeTimedSerializer([KEY], f"crumb {purpose}").dumps(packed))


def signed_for_session(visitor: LintingClient, purpose: str, packed: list[object]) -> str:
    """A state, signed as an unfinished run in this browser's session."""
    visitor.get(TOKEN_PAGE)
    with visitor.session_transaction() as session:
        return signed(f"{purpose} of {session['csrf_token']}", packed)
