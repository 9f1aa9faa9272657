"""What surrounds every page of the admin: who is signed in, its messages and its errors."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import cast

from flask import Blueprint, g, get_flashed_messages, make_response, redirect, render_template
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from shop.core.errors import DatabaseUnavailable, ProductNotFound
from shop.storage.engine import reading
from shop.storage.keepers.accounts import Keeper
from shop.storage.orders import outbox
from shop.storage.photos.limits import MOST_BYTES
from shop.web.frame.error_page import ErrorText
from shop.web.frame.errors import RETRY_AFTER_SECONDS
from shop.web.frame.layout import Notice
from shop.web.site.counts import count_refusal
from shop.web.site.security import BODY_LIMIT_BYTES
from shop.web.site.shop import shop

log = logging.getLogger("shop.admin")

_COPY: dict[int, ErrorText] = {
    HTTPStatus.BAD_REQUEST: ErrorText(
        "We could not read that",
        "Your browser sent something that the admin does not understand. Nothing was changed.",
        "Go back, reload the page and try again.",
    ),
    HTTPStatus.FORBIDDEN: ErrorText(
        "You are not signed in",
        "You have been signed out, or were not signed in. Nothing was changed.",
        "Sign in, and do it again.",
    ),
    HTTPStatus.NOT_FOUND: ErrorText(
        "There is nothing here",
        "The admin has no page, and the shop no order and no product, at this address.",
        "Look for it among the orders or the products.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorText(
        "That was too much at once",
        f"A photo can have up to {MOST_BYTES // 1_000_000} MB, and any other form up to "
        f"{BODY_LIMIT_BYTES // 1024} kB. What you sent is larger. Nothing was changed.",
        "Go back, and send a smaller photo or a shorter text.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ErrorText(
        "Too many attempts",
        "There were too many attempts from your connection, or for this account.",
        "Wait a quarter of an hour, then try again.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorText(
        "The shop needs a moment",
        "The database is busy or being restarted. Nothing was changed.",
        "Wait a few seconds, then try again.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ErrorText(
        "Something broke on our side",
        "It is our fault, not yours. The fault has been logged.",
        "Look whether your change was made, then try again.",
    ),
}
_TOO_OLD = ErrorText(
    "This page was open for too long",
    "A form works only for a while after its page was opened, and only while you are signed in. "
    "Nothing was changed.",
    "Go back, reload the page and press the button again.",
)


def keeper() -> Keeper | None:
    """Who is signed in."""
    found: Keeper | None = g.get("keeper")
    return found


def page(template: str, *, status: int = HTTPStatus.OK, **context: object) -> Response:
    """A page in the admin's frame. It shows the messages that are waiting, and a keeper how much
    mail was given up."""
    return _page(template, status, {"mail_given_up": _given_up(), **context})


def _given_up() -> int:
    if keeper() is None:
        return 0
    with reading(shop().engine) as connection:
        return outbox.counts(connection).given_up


def _page(template: str, status: int, context: dict[str, object]) -> Response:
    messages = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    notices = [Notice(kind, text) for kind, text in messages]
    html = render_template(template, keeper=keeper(), notices_now=notices, **context)
    return make_response(html, status)


def document(template: str, **context: object) -> str:
    """A page as it is printed: without who is signed in, and without messages, which wait."""
    return render_template(template, keeper=None, notices_now=[], mail_given_up=0, **context)


def see_other(address: str) -> Response:
    """A redirect that is followed with GET."""
    return redirect(address, HTTPStatus.SEE_OTHER)


def keep_private(response: Response) -> Response:
    """What the admin shows is kept by no cache, not even by the browser's."""
    response.headers["Cache-Control"] = "no-store"
    return response


def register_errors(blueprint: Blueprint) -> None:
    """Gives every error of the admin a page of its own."""
    blueprint.register_error_handler(CSRFError, _csrf)
    blueprint.register_error_handler(RateLimitExceeded, _too_many)
    blueprint.register_error_handler(DatabaseUnavailable, _unavailable)
    blueprint.register_error_handler(ProductNotFound, _missing)
    blueprint.register_error_handler(HTTPException, _http)


def _csrf(error: CSRFError) -> Response:
    count_refusal("form")
    log.info("form_refused", extra={"reason": error.description})
    return _error_page(HTTPStatus.BAD_REQUEST, _TOO_OLD)


def _too_many(error: RateLimitExceeded) -> Response:
    count_refusal("rate_limit")
    response = _error_page(HTTPStatus.TOO_MANY_REQUESTS)
    if error.limit is not None:
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _unavailable(error: DatabaseUnavailable) -> Response:
    log.error("database_unavailable", extra={"reason": error.reason})
    response = _error_page(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _missing(_: ProductNotFound) -> Response:
    return _error_page(HTTPStatus.NOT_FOUND)


def _http(error: HTTPException) -> Response:
    return _error_page(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)


def _error_page(status: int, text: ErrorText | None = None) -> Response:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.BAD_REQUEST
    error_text = text or _COPY.get(status) or _COPY[kind]
    # Without the count, for which the database may be missing.
    return _page("admin/error.html", status, {"code": status, "error_text": error_text})
