"""Browsers in which a keeper has signed in before, by a signed cookie (ADR 16).

Their attempts to sign in are counted apart, so that a stranger who guesses passwords cannot keep
the keeper out. The cookie lets nobody in, and holds nothing secret but a mark of this browser.
"""

from __future__ import annotations

from flask import request
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from shop.admin.session import cookie_path
from shop.web.site.shop import shop

NAME = "admin-known"
LIFE_SECONDS = 180 * 24 * 3600


def remember(response: Response, account: str) -> None:
    """Marks the browser of a keeper who has just signed in; a mark that it has stays the same."""
    mark = mark_of(account) or shop().new_id()
    response.set_cookie(
        _name(),
        str(shop().signer(NAME).dumps([account, mark])),
        max_age=LIFE_SECONDS,
        path=cookie_path(),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def mark_of(account: str) -> str | None:
    """The mark of this browser, when the keeper of this account has signed in with it before."""
    try:
        kept = request.cookies.get(_name(), "")
        owner, mark = shop().signer(NAME).loads(kept, max_age=LIFE_SECONDS)
    except (BadSignature, ValueError):
        return None
    return str(mark) if owner == account else None


def _name() -> str:
    return f"__Secure-{NAME}" if request.is_secure else NAME
