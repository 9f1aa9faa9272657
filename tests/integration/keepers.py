"""Keepers in tests: accounts, and browsers in which one is signed in."""

from __future__ import annotations

from functools import cache

import pyotp
from werkzeug.test import TestResponse

from shop.storage.keepers import codes, passwords, sealing
from tests.conftest import KEY, OpenShop
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


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = tuple(codes.recovery_code(position, 123_456_789) for position in range(10))


def with_codes(shop: OpenShop, email: str = EMAIL) -> None:
    """Adds a keeper who is asked for codes of SECRET, and turned them on an hour ago."""
    add_keeper(shop, email)
    since = shop.clock.now - 3600
    shop.sql(
        "insert into keeper_codes select number, ?, ?, ?, 0 from keepers where email = ?",
        sealing.sealed(SECRET, (KEY,)),
        since,
        since // codes.STEP_SECONDS,
        email,
    )
    for position, code_hash in enumerate(_recovery_hashes()):
        shop.sql(
            "insert into keeper_recovery_codes select number, ?, ? from keepers where email = ?",
            position,
            code_hash,
            email,
        )


@cache
def _recovery_hashes() -> tuple[str, ...]:
    return tuple(passwords.hashed(code) for code in RECOVERY)


def code_at(now: int, *, secret: str = SECRET) -> str:
    """What the app of a keeper shows at this time."""
    return pyotp.TOTP(secret).at(now)


def types(visitor: LintingClient, code: str, **environ: str) -> TestResponse:
    """Sends a code after the password."""
    token = csrf_token(visitor.get("/admin/sign-in/code").text)
    sent = {"csrf_token": token, "code": code}
    return visitor.post("/admin/sign-in/code", data=sent, environ_overrides=environ)


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
