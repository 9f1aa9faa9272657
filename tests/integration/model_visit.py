"""A model browser that visits a shop, and keeps cookies by its own rules."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.conftest import KEY, OpenShop
from tests.integration.client import TOKEN_PAGE, LintingClient, csrf_token
from tests.model_browser import ModelBrowser


class ModelVisit:
    """The browser, the client without a jar that sends its requests, and all responses so far."""

    def __init__(
        self, shop: OpenShop, browser: ModelBrowser, *, base_url: str = "http://localhost"
    ) -> None:
        self.browser = browser
        self.client = cast("LintingClient", shop.app.test_client(use_cookies=False))
        self.client.base_url = base_url
        self.responses: list[TestResponse] = []

    def request(self, address: str, **more: Any) -> TestResponse:
        """Sends a request, and lets the browser take the cookies of the response."""
        path = urlsplit(address).path
        self.client.raw_cookies = self.browser.sent_to(path)
        with self.client.may_write_cart():
            response = self.client.open(address, **more)
        for line in response.headers.getlist("Set-Cookie"):
            self.browser.take(line, path)
        self.responses.append(response)
        return response

    def start(self, address: str) -> str:
        """Sends the form that starts a run, and returns the address that it redirects to."""
        token = csrf_token(self.request(TOKEN_PAGE).text)
        headers = {"Referer": f"{self.client.base_url}/"}
        response = self.request(address, method="POST", data={"csrf_token": token}, headers=headers)
        assert response.status_code == 303
        return response.location


def signed(purpose: str, packed: list[object]) -> str:
    """A state, signed as a run signs it for this purpose."""
    return str(URLSafeTimedSerializer([KEY], f"crumb {purpose}").dumps(packed))


def signed_for_session(visitor: LintingClient, purpose: str, packed: list[object]) -> str:
    """A state, signed as an unfinished run in this browser's session."""
    visitor.get(TOKEN_PAGE)
    with visitor.session_transaction() as session:
        return signed(f"{purpose} of {session['csrf_token']}", packed)
