"""`/limits`: the visitor's own cookie, what other encodings would take, and the probes."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.core.errors import CartTooLarge
from shop.lab.carts import filling, previous_cart
from shop.lab.carts.visitors_cart import cookie_limit, growing
from shop.lab.conformance import cases
from shop.lab.encodings import unguarded
from shop.lab.encodings.comparison import comparison
from shop.lab.header_limits.hops import GROUPS
from shop.lab.header_limits.search import MOST_REQUESTS
from shop.lab.home.cookie_anatomy import cookie_anatomy
from shop.lab.museum.exhibits import EXHIBITS
from shop.lab.sources import NAME_AND_VALUE
from shop.web.cart import writer
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import CartChange
from shop.web.frame import responses, seo
from shop.web.site import wording
from shop.web.site.messages import add_message

blueprint = Blueprint("lab", __name__, url_prefix="/limits")

DESCRIPTION = (
    "See a cart cookie byte by byte, measure what your browser does at 4,096 bytes and beyond, "
    "and what other ways of keeping a cart would have lost."
)
LONGEST_PREVIOUS_CART = 650
"""In characters of an address: with a cart of 2,300 bytes, the response headers then stay below the
4,096 bytes that a default nginx lets through."""
COUNTS = (1, 10, 100)
"""How many lines the buttons add."""


@blueprint.get("")
def show() -> Response:
    return page(read_visit())


@blueprint.post("/cart/lines")
def create() -> Response:
    """Adds some lines, or as many of them as fit; 409 when not even one does."""
    count = request.form.get("count", "1")
    wanted = int(count) if count in map(str, COUNTS) else 1
    visit = read_visit()
    cart = visit.cart
    try:
        longer = filling.with_more(growing(cart), wanted, cookie_limit())
    except CartTooLarge as overflow:
        alert = wording.too_large(overflow, "One more line")
        return page(visit, status=HTTPStatus.CONFLICT, alert=alert)
    added = len(longer) - len(cart)
    return _changed(
        visit, longer, f"{wording.counted(added, 'line', 'lines')} added{_of(added, wanted)}"
    )


@blueprint.post("/cart/fill")
def fill() -> Response:
    """Adds lines until no byte is free."""
    visit = read_visit()
    cart = visit.cart
    full = filling.filled(growing(cart), cookie_limit())
    if full.lines == cart.lines:
        return responses.see_other(url_for("lab.show"), visit)
    added = wording.counted(len(full) - len(cart), "line", "lines")
    return _changed(
        visit, full, f"{added} added: {wording.number(cookie_limit().octets(full))} bytes"
    )


@blueprint.post("/cart/empty")
def empty() -> Response:
    return _changed(read_visit(), Cart(), "Your cart is empty now")


def page(visit: CartVisit, *, status: int = HTTPStatus.OK, alert: str | None = None) -> Response:
    """The whole page, with an alert at its top if something went wrong."""
    return responses.page(
        "lab/home/show.html",
        visit,
        status=status,
        head=seo.page("What a cookie can carry", url_for("lab.show"), DESCRIPTION),
        alert=alert,
        back=previous_cart.form_of(visit, request.args.get("back", "")),
        is_one_waiting=visit.offer is not None,
        anatomy=cookie_anatomy(visit),
        counts=COUNTS,
        comparison=comparison(visit),
        limit_bytes=BROWSER_LIMIT_BYTES,
        source=NAME_AND_VALUE,
        unguarded_counts=unguarded.COUNTS,
        hop_groups=GROUPS,
        most_requests=MOST_REQUESTS,
        case_count=cases.count(),
        exhibits=EXHIBITS,
    )


def _changed(visit: CartVisit, cart: Cart, said: str) -> Response:
    if visit.offer is not None:
        add_message(previous_cart.WAITING, "warning")
        return responses.see_other(url_for("lab.show"), visit)
    change = writer.replaced(visit, cart)
    add_message(said)
    return responses.see_other(
        url_for("lab.show", back=_previous_cart_token(visit, change)), visit, change
    )


def _previous_cart_token(visit: CartVisit, change: CartChange) -> str | None:
    if writer.can_be_undone(visit, change.value or ""):
        return None
    token = previous_cart.token_of(visit)
    return token if len(token) <= LONGEST_PREVIOUS_CART else None


def _of(added: int, wanted: int) -> str:
    return "" if added == wanted else f" of {wording.number(wanted)}: no more fit"
