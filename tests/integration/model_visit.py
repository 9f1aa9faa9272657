"""A browser of the model's kind at a shop: it keeps what it is given, by its own rules."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlsplit

from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.conftest import KEY, OpenShop
from tests.integration.client import TOKEN_PAGE, LintingClient, csrf_token
from tests.model_browser import ModelBrowser


class ModelVisit:
    """The browser, the client without a jar that asks for it, and all answers so far."""

    def __init__(
        self, shop: OpenShop, browser: ModelBrowser, *, base_url: str = "http://localhost"
    ) -> None:
        self.browser = browser
        self.client = cast("LintingClient", shop.app.test_client(use_cookies=False))
        self.client.base_url = base_url
        self.answers: list[TestResponse] = []

    def asks(self, address: str, **more: Any) -> TestResponse:
        """The answer, once the browser has kept of it what it keeps."""
        path = urlsplit(address).path
        self.client.raw_cookies = self.browser.sent_to(path)
        with self.client.may_write_cart():
            answer = self.client.open(address, **more)
        for line in answer.headers.getlist("Set-Cookie"):
            self.browser.take(line, path)
        self.answers.append(answer)
        return answer

    def begins(self, address: str) -> str:
        """Sends the form of a chain: the address that it leads to."""
        token = csrf_token(self.asks(TOKEN_PAGE).text)
        headers = {"Referer": f"{self.client.base_url}/"}
        answer = self.asks(address, method="POST", data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 303
        return answer.location


def signed(purpose: str, packed: list[object]) -> str:
    """A state as a chain signs it for this purpose."""
    return str(URLSafeTimedSerializer([KEY], f"crumb {purpose}").dumps(packed))


def running(visitor: LintingClient, purpose: str, packed: list[object]) -> str:
    """A state as a chain of this purpose signs it for this browser while it is asked."""
    visitor.get(TOKEN_PAGE)
    with visitor.session_transaction() as session:
        return signed(f"{purpose} of {session['csrf_token']}", packed)
