"""Keepers in tests: accounts, and browsers in which one is signed in."""

from __future__ import annotations

from functools import cache

from werkzeug.test import TestResponse

from shop.storage.keepers import passwords
from tests.conftest import OpenShop
from tests.integration.client import LintingClient, csrf_token

EMAIL = "bea@example.com"
PASSWORD = "correct horse battery staple"
COOKIE = "admin"


@cache
def _kept() -> str:
    return passwords.hashed(PASSWORD)  # once, because it is slow on purpose


def add_keeper(shop: OpenShop, email: str = EMAIL) -> None:
    shop.sql(
        "insert into keepers (email, password_hash, added_at) values (?, ?, ?)",
        email,
        _kept(),
        shop.clock.now,
    )


def signs_in(
    visitor: LintingClient, email: str = EMAIL, password: str = PASSWORD, **fields: str
) -> TestResponse:
    """Opens the sign-in and sends its form."""
    token = csrf_token(visitor.get("/admin/sign-in").text)
    sent = {"csrf_token": token, "email": email, "password": password, **fields}
    return visitor.post("/admin/sign-in", data=sent, headers={"Referer": f"{visitor.base_url}/"})


def signed_in(shop: OpenShop, email: str = EMAIL, **kind: str) -> LintingClient:
    """The browser of a new keeper who has signed in."""
    add_keeper(shop, email)
    visitor = shop.visitor(**kind)
    assert signs_in(visitor, email).status_code == 303
    return visitor


def sends(visitor: LintingClient, address: str, **fields: str) -> TestResponse:
    """Sends a form with the CSRF token of the admin's own session."""
    token = csrf_token(visitor.get("/admin/orders").text)
    sent = {"csrf_token": token, **fields}
    return visitor.post(address, data=sent, headers={"Referer": f"{visitor.base_url}/"})


def value_of(visitor: LintingClient) -> str:
    """The cookie of the admin that this browser keeps."""
    kept = visitor.get_cookie(COOKIE, path="/admin")
    assert kept
    return kept.value
