"""What every response carries, and what every change must bring along."""

from __future__ import annotations

from functools import cached_property

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shop.web import cart_cookie

BODY_LIMIT_BYTES = 65_536
HSTS_SECONDS = 365 * 86_400

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SECRET_PAGES = ("checkout", "order")


class SessionOnWire(SecureCookieSessionInterface):
    """Flask's session, which holds the CSRF token and messages, Secure whenever it can be."""

    @cached_property
    def _serializer(self) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(current_app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer  # made once: the keys of an app do not change

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-session" if request.is_secure else "session"


def register(app: Flask, *, ratelimit: str, ratelimit_storage: str) -> None:
    """CSRF protection, rate limit, body limit and response headers for the whole app."""
    app.session_interface = SessionOnWire()
    CSRFProtect(app)
    Limiter(
        get_remote_address,
        app=app,
        application_limits=[ratelimit],
        application_limits_exempt_when=lambda: request.method != "POST",
        storage_uri=ratelimit_storage,
        headers_enabled=True,
    )
    app.after_request(cart_cookie.drop_refused)
    app.after_request(_guard)


def _guard(response: Response) -> Response:
    response.headers.extend(_HEADERS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}"
    if request.endpoint == "static" and response.status_code < 400:
        return response
    # Every page shows the cart: no cache may give one shopper's to another.
    is_secret = request.blueprint in _SECRET_PAGES
    response.headers["Cache-Control"] = "no-store" if is_secret else "private, no-cache"
    response.vary.add("Cookie")
    return response
