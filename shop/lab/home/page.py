"""`/limits`: the visitor's own cookie, what other ways would have cost, and the probes."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.core.errors import CartTooLarge
from shop.lab.carts import filling, put_in_browser
from shop.lab.carts.visitors_cart import growing, jar
from shop.lab.conformance import cases
from shop.lab.encodings import unguarded
from shop.lab.encodings.comparison import comparison
from shop.lab.header_limits.hops import HOPS
from shop.lab.header_limits.search import MOST_REQUESTS
from shop.lab.home.cookie_anatomy import wire
from shop.lab.museum.exhibits import EXHIBITS
from shop.lab.sources import NAME_AND_VALUE
from shop.web.cart import cart_cookie
from shop.web.frame import seo
from shop.web.pages.cart import CONFLICT
from shop.web.site import wording
from shop.web.site.messages import say

blueprint = Blueprint("limits", __name__, url_prefix="/limits")

DESCRIPTION = (
    "See a cart cookie byte by byte, measure what your browser does at 4,096 bytes and beyond, "
    "and what other ways of keeping a cart would have lost."
)
LONGEST_WAY_BACK = 900
"""Characters of an address: with a cart of 2,300 bytes the header of the answer then stays below
the 4,096 that a default nginx lets through."""
COUNTS = (1, 10, 100)
"""How many lines the buttons add."""


@blueprint.get("")
def show() -> str:
    return page()


@blueprint.post("/cart/lines")
def create() -> Response:
    """Adds so many lines, or as many of them as fit; 409 when not even one does."""
    count = request.form.get("count", "1")
    wanted = int(count) if count in map(str, COUNTS) else 1
    cart = cart_cookie.read().cart
    try:
        longer = filling.with_more(growing(cart), wanted, jar())
    except CartTooLarge as overflow:
        return make_response(page(alert=wording.too_large(overflow, "One more line")), CONFLICT)
    added = len(longer) - len(cart)
    return _changed(longer, f"{wording.counted(added, 'line', 'lines')} added{_of(added, wanted)}")


@blueprint.post("/cart/fill")
def fill() -> Response:
    """Adds lines until no byte is free."""
    cart = cart_cookie.read().cart
    full = filling.filled(growing(cart), jar())
    if full.lines == cart.lines:
        return redirect(url_for("limits.show"), 303)
    added = wording.counted(len(full) - len(cart), "line", "lines")
    return _changed(full, f"{added} added: {wording.number(jar().octets(full))} bytes")


@blueprint.post("/cart/empty")
def empty() -> Response:
    return _changed(Cart(), "Your cart is empty now")


def page(*, alert: str | None = None) -> str:
    """The whole page, with what went wrong on top."""
    return render_template(
        "lab/home/show.html",
        found=seo.page("What a cookie can carry", url_for("limits.show"), DESCRIPTION),
        alert=alert,
        back=put_in_browser.offer_of(request.args.get("back", "")),
        is_one_waiting=put_in_browser.is_one_waiting(),
        wire=wire(),
        counts=COUNTS,
        comparison=comparison(),
        limit_bytes=BROWSER_LIMIT_BYTES,
        source=NAME_AND_VALUE,
        unguarded_counts=unguarded.COUNTS,
        hops=HOPS,
        most_requests=MOST_REQUESTS,
        case_count=cases.count(),
        exhibits=EXHIBITS,
    )


def _changed(cart: Cart, said: str) -> Response:
    if put_in_browser.is_one_waiting():
        say(put_in_browser.WAITING, "warning")
        return redirect(url_for("limits.show"), 303)
    response = redirect(url_for("limits.show", back=_way_back_from(cart)), 303)
    put_in_browser.put(response, cart)
    say(said)
    return response


def _way_back_from(cart: Cart) -> str | None:
    if put_in_browser.can_be_undone(cart):
        return None
    token = put_in_browser.way_back()
    return token if len(token) <= LONGEST_WAY_BACK else None


def _of(added: int, wanted: int) -> str:
    return "" if added == wanted else f" of {wording.number(wanted)}: no more fit"
