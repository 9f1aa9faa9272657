"""Keepers: their accounts in a shop's database, and browsers in which one is signed in."""

from __future__ import annotations

import hashlib
import secrets
import time
from functools import cache

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import BrowserContext

from e2e.support.server import KEY, Served
from shop.admin.session import PATH, AdminSession
from shop.admin.sign_in import SIGNED_IN
from shop.storage.keepers import passwords, sealing

EMAIL = "bea@example.com"
PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The secret of the keeper's app, in Base32."""


def add_keeper(shop: Served) -> None:
    """Adds the keeper, if the shop does not have them yet."""
    shop.change(
        "INSERT OR IGNORE INTO keepers (email, password_hash, added_at) VALUES (?, ?, 1)",
        EMAIL,
        _kept(),
    )


def ask_for_codes(shop: Served) -> None:
    """Has the keeper asked for codes of SECRET."""
    add_keeper(shop)
    shop.change(
        "INSERT OR IGNORE INTO keeper_codes (keeper_number, sealed_secret, since, last_step) "
        "SELECT number, ?, 1780000000, 0 FROM keepers WHERE email = ?",
        sealing.sealed(SECRET, (KEY,)),
        EMAIL,
    )


def ask_for_no_codes(shop: Served) -> None:
    """Has nobody asked for codes."""
    shop.change("DELETE FROM keeper_codes")


def sign_in(shop: Served, context: BrowserContext) -> None:
    """Has the keeper signed in, over http. No form is sent, so that no attempt is counted."""
    value = signed_in(shop)
    context.add_cookies([{"name": "admin", "value": value, "domain": "127.0.0.1", "path": PATH}])


def signed_in(shop: Served) -> str:
    """The value of the cookie of a keeper who has just signed in."""
    add_keeper(shop)
    token, now = secrets.token_urlsafe(16), int(time.time())
    shop.change(
        "INSERT INTO keeper_sessions (token_hash, keeper_number, started_at, seen_at) "
        "SELECT ?, number, ?, ? FROM keepers WHERE email = ?",
        hashlib.sha256(token.encode()).hexdigest(),
        now,
        now,
        EMAIL,
    )
    signer = SecureCookieSessionInterface()
    signer.salt = AdminSession.salt
    app = Flask(__name__)
    app.secret_key = KEY
    serializer = signer.get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({SIGNED_IN: token}))


@cache
def _kept() -> str:
    return passwords.hashed(PASSWORD)  # once, because it is slow on purpose
