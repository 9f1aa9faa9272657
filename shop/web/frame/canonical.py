"""Redirects or refuses requests for an address that is not the canonical one.

A browser keeps the cookies of each host for itself, so a cart that was filled at one host name of a
shop does not show at another. With a canonical host, every page of another host is redirected to
it. A form cannot be: the canonical host would get it without the cookies that it needs, and the
Content-Security-Policy of its page forbids sending it elsewhere. A cart at the other host is never
deleted; it follows as a link.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote

from flask import (
    Flask,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.globals import request_ctx
from werkzeug.exceptions import BadHost, HTTPException, NotFound, SecurityError
from werkzeug.sansio.utils import host_is_trusted
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.text import marked
from shop.web.cart.visit import read_visit
from shop.web.frame.error_page import ErrorText
from shop.web.languages.addressing import prefix
from shop.web.site.addresses import addresses, with_query
from shop.web.site.shop import shop

AT_ANY_HOST = ("/healthz", "/readyz")
"""Monitoring may ask by IP address; these responses depend on no host."""
FOLLOWED = "followed"
"""Session key, at another host, of the cart that was last sent on to the canonical one."""
_ELSEWHERE = ErrorText(
    marked("This shop has a different address"),
    marked("Your form was sent to an address that this shop does not use. Nothing was changed."),
    marked(
        "Please continue at the shop’s own address. If there was something in your cart, you will "
        "find it there."
    ),
)


def register(app: Flask, *, canonical_host: str, trusted_hosts: tuple[str, ...]) -> None:
    """Serves pages at one host or, if that is empty, at each of the trusted ones, and without a
    slash at the end. Call it before anything else looks at a request."""

    @lru_cache(maxsize=64)
    def is_trusted(host: str) -> bool:
        return host_is_trusted(host, trusted_hosts)

    def send_on() -> Response | None:
        here = request_ctx.request
        if here.path in AT_ANY_HOST:
            return None
        if isinstance(here.routing_exception, BadHost):  # Flask can build no address for it
            raise here.routing_exception
        if canonical_host and here.host != canonical_host:
            return _sent_to(f"{here.scheme}://{canonical_host}")
        if not canonical_host and not is_trusted(here.host):
            raise SecurityError
        if prefix() and not here.environ["PATH_INFO"]:
            return redirect(with_query(addresses().home), HTTPStatus.PERMANENT_REDIRECT)
        return _without_slash() if isinstance(here.routing_exception, NotFound) else None

    app.before_request(send_on)


def _sent_to(origin: str) -> Response:
    cart = _cart_link()
    if request.method not in ("GET", "HEAD"):
        address = origin + (cart or url_for("product.home"))
        html = render_template("error/bare.html", error_text=_ELSEWHERE.said(), address=address)
        return make_response(html, HTTPStatus.MISDIRECTED_REQUEST)
    if cart and "text/html" in request.headers.get("Accept", ""):
        followed = hashlib.sha256(cart.encode("ascii")).hexdigest()[:8]
        if session.get(FOLLOWED) != followed:
            session[FOLLOWED] = followed
            return redirect(origin + cart, HTTPStatus.FOUND)
    path = quote(request.root_path.rstrip("/") + request.path, safe="/!$&'()*+,:;=@")
    return redirect(origin + with_query(path), HTTPStatus.MOVED_PERMANENTLY)


def _cart_link() -> str | None:
    cart = read_visit().cart
    if not cart.lines:
        return None
    return url_for("share.show", token=cookie.encode_for_link(cart, shop().keys))


def _without_slash() -> Response | None:
    if not request.path.endswith("/"):
        return None
    routes = current_app.create_url_adapter(request)
    if routes is None:
        return None
    try:
        endpoint, values = routes.match(request.path.rstrip("/"), method=request.method)
    except HTTPException:
        return None
    # 308 and not 301, after which browsers would send a form again as GET (RFC 9110, 15.4.9).
    return redirect(with_query(routes.build(endpoint, values)), HTTPStatus.PERMANENT_REDIRECT)
