"""Security headers of every response, and the checks of every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, abort, current_app, request, session
from flask import Response as FlaskResponse
from flask.globals import request_ctx
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_compress import Compress
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from shop.web.languages.addressing import vary_on
from shop.web.site import rate_limits
from shop.web.site.request_cookies import values_in
from shop.web.site.shop import shop

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY_LIMIT_BYTES = 65_536
LONGEST_TOKEN_AGE_SECONDS = 300
"""How old the CSRF token of a new page may be."""
HSTS_SECONDS = 365 * 86_400
MOST_REMEMBERED = 1_024
"""How many sessions are remembered as they were read; a browser keeps none above 4,096 octets."""
SESSION, SECURE_SESSION = "session", "__Host-session"
"""The names of the session's cookie on http and on https."""
OPEN_FORMS = frozenset({"cart.create"})
"""The views whose forms need no token where the browser says that they come from our own pages:
these forms are on pages that are the same for everybody."""

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action {form_action}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SECRET_PAGES = ("checkout", "order", "find_order", "payment", "pretend_bank")


def csrf_token() -> str:
    """The CSRF token for a page's forms, signed again every few minutes."""
    secret = session.get("csrf_token", "")
    if secret:
        return _csrf_token(secret, shop().now() // LONGEST_TOKEN_AGE_SECONDS)
    return str(generate_csrf())


# Signing is slow, and a shopper's pages follow each other quickly.
@lru_cache(maxsize=4096)
def _csrf_token(secret: str, period: int) -> str:
    return str(generate_csrf())


class SessionOnWire(SecureCookieSessionInterface):
    """Flask's session, which holds the CSRF token and messages; Secure on https."""

    @cached_property
    def _serializer(self) -> _SignedOnce | None:
        plain = super().get_signing_serializer(current_app)
        return _SignedOnce.like(plain) if plain else None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the first cookie of its name that we signed, of however many came."""
        serializer = self._serializer
        if serializer is None:
            return None
        life_seconds = int(app.permanent_session_lifetime.total_seconds())
        for value in values_in(request.environ, self.get_cookie_name(app)):
            with suppress(BadSignature):
                return self.session_class(serializer.content(value, life_seconds))
        return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: FlaskResponse) -> None:
        """Sends a changed session, in a response that no shared cache may keep."""
        if session.modified and response.cache_control.public:
            response.headers["Cache-Control"] = "private, no-cache"
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_on(response, "Cookie")

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self._serializer  # made once: the keys of an app do not change

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return SECURE_SESSION if request.is_secure else SESSION


class _Signer(TimestampSigner):
    # Derives each of its keys once: that takes longer than signing with it.

    @cached_property
    def _derived(self) -> dict[str | bytes, bytes]:
        return {key: super(_Signer, self).derive_key(key) for key in self.secret_keys}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived[self.secret_key if secret_key is None else secret_key]


class _SignedOnce(URLSafeTimedSerializer):
    # A serializer that keeps its signer, and remembers what it has read.

    @classmethod
    def like(cls, plain: URLSafeTimedSerializer) -> _SignedOnce:
        return cls(
            plain.secret_keys,
            salt=plain.salt,
            serializer=plain.serializer,
            signer=_Signer,
            signer_kwargs=plain.signer_kwargs,
        )

    def content(self, value: str, life_seconds: int) -> dict[str, Any]:
        """What a session's cookie holds, as a copy. Raises BadSignature."""
        minute = self._own.get_timestamp() // 60
        return deepcopy(_remembered(self, value, life_seconds, minute))

    @cached_property
    def _own(self) -> TimestampSigner:
        return _Signer(self.secret_keys, salt=self.salt, **self.signer_kwargs)

    def make_signer(self, salt: str | bytes | None = None) -> TimestampSigner:
        return self._own  # it signs for one purpose


# A browser sends the same session with each page until it changes. It is verified anew each minute,
# so that it ends.
@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(
    serializer: _SignedOnce, value: str, life_seconds: int, minute: int
) -> dict[str, Any]:
    content: dict[str, Any] = serializer.loads(value, max_age=life_seconds)
    return content


class FormProtect(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's check of the CSRF token, which some forms can go without."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raises CSRFError when a form has no valid token and may not go without one."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return  # as it would find out later
        is_open = request.endpoint in OPEN_FORMS and not request.form.get("csrf_token")
        if not (is_open and is_from_own_page()):
            super().protect(apply_exemptions)


def is_from_own_page() -> bool:
    """Whether the browser says that this request comes from a page of this very shop.

    Source: OWASP, Cross-Site Request Forgery Prevention Cheat Sheet, on Fetch Metadata headers and,
    for browsers or connections without them, on the Origin header. No page can set either for
    another site. Our own pages do send their Origin: the Referrer-Policy `same-origin` keeps it
    (Fetch, "append a request `Origin` header").
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    # The host alone, as behind a proxy the scheme may not be known.
    return request.headers.get("Origin", "").partition("://")[2] == request.host


def register(
    app: Flask,
    *,
    ratelimit: str,
    ratelimit_storage: str,
    form_action_origins: Sequence[str] = (),
) -> Limiter:
    """CSRF protection, rate limit, body limit and response headers for the whole app.

    `form_action_origins` are the origins besides its own that a form may lead to. Returns the
    limiter, for what is limited beyond that.
    """
    Compress(app)  # first, so that it runs last after a request
    app.session_interface = SessionOnWire()
    FormProtect(app)
    app.context_processor(lambda: {"csrf_token": csrf_token})  # instead of Flask-WTF's own
    limiter = rate_limits.register(app, ratelimit, ratelimit_storage)
    app.before_request(_refuse_odd)
    app.after_request(_keep_private)
    app.wsgi_app = _with_headers(app.wsgi_app, form_action_origins)  # type: ignore[method-assign,assignment]
    return limiter


def _with_headers(wsgi_app: WSGIApplication, form_action_origins: Sequence[str]) -> WSGIApplication:
    # Wrapped around the app rather than in after_request: always the same list, at no cost.
    form_action = " ".join(("'self'", *form_action_origins))
    policy = _CONTENT_SECURITY_POLICY.format(form_action=form_action)
    plain = [("Content-Security-Policy", policy), *_HEADERS.items()]
    secure = [*plain, ("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")]

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        added = secure if environ["wsgi.url_scheme"] == "https" else plain

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            return start_response(status, headers + added, exc_info)

        return wsgi_app(environ, start)

    return guarded


def _refuse_odd() -> None:
    here = request_ctx.request
    # No address of the shop contains a NUL, and PostgreSQL accepts none in a query.
    if "\0" in here.path:
        abort(HTTPStatus.NOT_FOUND)
    # Besides the CSRF token: the browser itself reports that a form is on another site.
    if here.method == "POST" and here.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(HTTPStatus.BAD_REQUEST)


def _keep_private(response: Response) -> Response:
    # Most pages show the cart, so no cache may serve one shopper's page to another.
    stated = response.headers.get("Cache-Control", "")
    is_public = "public" in stated  # set by a view that shows nothing of it
    if is_public and "Set-Cookie" not in response.headers:
        return response
    is_secret = request.blueprint in _SECRET_PAGES or "no-store" in stated
    response.headers["Cache-Control"] = "no-store" if is_secret else "private, no-cache"
    vary_on(response, "Cookie")
    return response
