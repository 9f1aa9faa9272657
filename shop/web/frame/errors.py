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
from shop.core.text import marked
from shop.web.cart.visit import read_visit
from shop.web.frame.error_page import ErrorText, error_page
from shop.web.site.counts import count_refusal

log = logging.getLogger("shop.errors")

RETRY_AFTER_SECONDS = 5


_COPY: dict[int, ErrorText] = {
    HTTPStatus.BAD_REQUEST: ErrorText(
        marked("We could not read that"),
        marked(
            "Your browser sent something this shop does not understand. Your cart is as it was."
        ),
        marked("Go back and try again. If you followed a link, part of it may be missing."),
    ),
    HTTPStatus.NOT_FOUND: ErrorText(
        marked("There is nothing here"),
        marked("The page may have moved, or we no longer have the product."),
        marked("Search for it, or look at what we have."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorText(
        marked("That does not work here"),
        marked("This page cannot handle that kind of request. Your cart is as it was."),
        marked("Go back and use the buttons on the page."),
    ),
    HTTPStatus.CONFLICT: ErrorText(
        marked("That could not be done as things stand"),
        marked("Something changed in the meantime. Your cart is as it was."),
        marked("Check your cart and try again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ErrorText(
        marked("That was too much at once"),
        marked("What you sent is larger than this shop accepts. Your cart is as it was."),
        marked("Shorten the text and send it again."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: ErrorText(
        marked("Too many requests"),
        marked(
            "Too many requests came from your connection, so this one was refused. Your cart is as"
            " it was."
        ),
        marked("Wait a minute, then try again."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorText(
        marked("The shop needs a moment"),
        marked(
            "Our database is busy or being restarted, so nothing was changed. Your cart is as it "
            "was."
        ),
        marked("Wait a few seconds, then try again. An order is never placed twice."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ErrorText(
        marked("Something broke on our side"),
        marked("It is our fault, not yours. Your cart is as it was."),
        marked("Try again in a moment. We have logged the fault."),
    ),
}
_WRONG_HOST = ErrorText(
    marked("This shop does not answer to that name"),
    marked("Your browser asked for a host name that this shop is not set up for."),
    marked(
        "Use the address you were given. If you run this shop, add the name to SHOP_TRUSTED_HOSTS."
    ),
)
_TOO_OLD = ErrorText(
    marked("This page was open for too long"),
    marked(
        "For your security, a form works only for a while after its page was opened, and only in "
        "the browser that opened it. Nothing was changed. Your cart is as it was."
    ),
    marked("Go back, reload the page and press the button again."),
)
_NO_TOKEN = ErrorText(
    marked("This form came without its token"),
    marked(
        "Every form of this shop has a hidden field, csrf_token, which proves that the form is "
        "ours. This one had none, or an empty one. Nothing was changed. Your cart is as it was."
    ),
    marked(
        "Go back, reload the page and press the button again. Does a program send the form? Open "
        "the page with the form first, and send the csrf_token of that page, with the cookies that"
        " came with it. To add something, it can send the header Origin with the address of this "
        "shop instead."
    ),
)
NO_COOKIES = ErrorText(
    marked("Your browser sent no cookie"),
    marked(
        "This shop keeps your cart in a cookie, in your own browser and nowhere else. Your browser"
        " blocks cookies for this site, or has deleted them since the page was opened. Nothing was"
        " changed."
    ),
    marked(
        "Allow cookies for this site, then go back, reload the page and press the button again."
    ),
)


def register(app: Flask) -> None:
    """Gives every error of the app a page."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(CartTooLarge, _too_large)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(DatabaseUnavailable, _unavailable)
    app.register_error_handler(HTTPException, _http)


def _csrf(error: CSRFError) -> Response:
    count_refusal("form")
    log.info("form_refused", extra={"reason": error.description})
    if not request.form.get("csrf_token"):
        return _page(HTTPStatus.BAD_REQUEST, _NO_TOKEN)
    return _page(HTTPStatus.BAD_REQUEST, _TOO_OLD if request.cookies else NO_COOKIES)


def _too_large(_: CartTooLarge) -> Response:
    return _page(HTTPStatus.CONFLICT)


def _too_many(error: RateLimitExceeded) -> Response:
    count_refusal("rate_limit")
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
        return make_response(
            render_template("error/bare.html", error_text=_WRONG_HOST.said()), status
        )
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
