"""Error pages: what happened, what was kept, what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, make_response, render_template, request
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from shop.core.errors import CartTooLarge, DatabaseUnavailable
from shop.web.cart.visit import read_visit
from shop.web.frame.error_page import ErrorText, error_page

log = logging.getLogger("shop.errors")

RETRY_AFTER_SECONDS = 5


_CART_KEPT = "Your cart is as it was."
_COPY: dict[int, ErrorText] = {
    HTTPStatus.BAD_REQUEST: ErrorText(
        "We could not read that",
        f"Your browser sent something this shop does not understand. {_CART_KEPT}",
        "Go back and try again. If you followed a link, part of it may be missing.",
    ),
    HTTPStatus.NOT_FOUND: ErrorText(
        "There is nothing here",
        "The page may have moved, or we no longer have the product.",
        "Search for it, or look at what we have.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorText(
        "That does not work here",
        f"This page cannot handle that kind of request. {_CART_KEPT}",
        "Go back and use the buttons on the page.",
    ),
    HTTPStatus.CONFLICT: ErrorText(
        "That could not be done as things stand",
        f"Something changed in the meantime. {_CART_KEPT}",
        "Check your cart and try again.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorText(
        "That was too much at once",
        f"What you sent is larger than this shop accepts. {_CART_KEPT}",
        "Shorten the text and send it again.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ErrorText(
        "Too many requests",
        f"Too many requests came from your connection, so this one was refused. {_CART_KEPT}",
        "Wait a minute, then try again.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorText(
        "The shop needs a moment",
        f"Our database is busy or being restarted, so nothing was changed. {_CART_KEPT}",
        "Wait a few seconds, then try again. An order is never placed twice.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ErrorText(
        "Something broke on our side",
        f"It is our fault, not yours. {_CART_KEPT}",
        "Try again in a moment. We have logged the fault.",
    ),
}
_WRONG_HOST = ErrorText(
    "This shop does not answer to that name",
    "Your browser asked for a host name that this shop is not set up for.",
    "Use the address you were given. If you run this shop, add the name to SHOP_TRUSTED_HOSTS.",
)
_TOO_OLD = ErrorText(
    "This page was open for too long",
    "For your security, a form works only for a while after its page was opened, and only in the "
    f"browser that opened it. Nothing was changed. {_CART_KEPT}",
    "Go back, reload the page and press the button again.",
)
_NO_TOKEN = ErrorText(
    "This form came without its token",
    "Every form of this shop has a hidden field, csrf_token, which proves that the form is ours. "
    f"This one had none, or an empty one. Nothing was changed. {_CART_KEPT}",
    "Go back, reload the page and press the button again. Does a program send the form? Open the "
    "page with the form first, and send the csrf_token of that page, with the cookies that came "
    "with it.",
)
_NO_COOKIES = ErrorText(
    "Your browser sent no cookie",
    "This shop keeps your cart in a cookie, in your own browser and nowhere else. Your browser "
    "blocks cookies for this site, or has deleted them since the page was opened. Nothing was "
    "changed.",
    "Allow cookies for this site, then go back, reload the page and press the button again.",
)


def register(app: Flask) -> None:
    """Gives every error of the app a page."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(CartTooLarge, _too_large)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(HTTPException, _http)


def _csrf(error: CSRFError) -> Response:
    log.info("form_refused", extra={"reason": error.description})
    if not request.form.get("csrf_token"):
        return _page(HTTPStatus.BAD_REQUEST, _NO_TOKEN)
    return _page(HTTPStatus.BAD_REQUEST, _TOO_OLD if request.cookies else _NO_COOKIES)


def _too_large(_: CartTooLarge) -> Response:
    return _page(HTTPStatus.CONFLICT)


def _too_many(error: RateLimitExceeded) -> Response:
    response = _page(HTTPStatus.TOO_MANY_REQUESTS)
    if error.limit is not None:
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _unavailable(error: DatabaseUnavailable) -> Response:
    log.error("database_unavailable", extra={"reason": error.reason})
    response = _page(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, SecurityError):  # a host that is not ours has no addresses to link to
        return make_response(render_template("error/bare.html", error_text=_WRONG_HOST), status)
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:  # a redirect by routing
        return error.get_response()
    response = _page(status)
    headers = dict(error.get_headers())
    response.headers.extend({name: headers[name] for name in ("Allow",) if name in headers})
    return response


def _page(status: int, text: ErrorText | None = None) -> Response:
    return error_page(status, text or _text(status), read_visit())


def _text(status: int) -> ErrorText:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.BAD_REQUEST
    return _COPY.get(status) or _COPY[kind]
