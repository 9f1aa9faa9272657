"""A cart as a link: the signed cart itself, which needs no account and no database row.

Opening a link changes nothing. It shows the cart and offers to replace one's own cart with it or
to merge both. A link expires like the cart it was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.cookie import Expired
from shop.core.errors import CartTooLarge, CookieRefused
from shop.core.text import marked
from shop.web.cart import cart_cookie, writer
from shop.web.cart.line_views import line_view
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.frame import responses
from shop.web.frame.error_page import ErrorText, error_page
from shop.web.languages.addressing import root
from shop.web.languages.texts import gettext
from shop.web.pages.cart import quoted
from shop.web.site import qr, wording
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("share", __name__)

LONGEST_QR_CHARACTERS = 1273
"""The capacity of version 25 at level L (ISO/IEC 18004, table 7): 117 modules a side. Larger
codes exist, up to version 40, but a phone does not read them well from a screen."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cart's link; `qr` is its code as SVG, None when the link is too long for one."""

    address: str
    qr: Markup | None
    expires_at: int


@blueprint.get("/cart/share")
def create() -> Response:
    """One's own cart as a link and a code."""
    visit = read_visit()
    if not visit.cart.lines:
        return responses.see_other(addresses().cart, visit)
    return responses.page(
        "share/create.html", visit, link=_link(visit.cart), pieces=visit.cart.pieces
    )


@blueprint.get("/c/<token>")
def show(token: str) -> Response:
    """A shared cart, for viewing. Nothing changes."""
    visit = read_visit()
    try:
        shared = cart_cookie.decode(token).with_coupon(0)
    except Expired as expired:
        return error_page(HTTPStatus.GONE, _expired(expired), visit)
    except CookieRefused:
        return error_page(HTTPStatus.NOT_FOUND, _DAMAGED, visit)
    quote = quoted(shared)
    to = addresses()
    return responses.page(
        "share/show.html",
        visit,
        token=token,
        lines=[line_view(line, to) for line in quote.lines],
        quote=quote,
        pieces=shared.pieces,
        mine=visit.cart,
        is_mine=visit.cart.lines == shared.lines,
        can_be_undone=_can_be_undone(visit, shared),
    )


_DAMAGED = ErrorText(
    marked("This link does not lead to a cart"),
    marked("Part of it may be missing, or it was made by another shop. Your cart is as it was."),
    marked("Ask for the link again, and open all of it."),
)


def _expired(expired: Expired) -> ErrorText:
    return ErrorText(
        gettext("This link has expired"),
        gettext(
            "The cart behind it dates from %(day)s, and a link lasts only as long as a cart. Your "
            "cart is as it was.",
            day=wording.day(expired.cart.changed_at),
        ),
        gettext("Ask for a new link, or have a look around."),
    )


def _can_be_undone(visit: CartVisit, shared: Cart) -> bool:
    try:
        return writer.can_be_undone(visit, writer.encoded(visit, shared))
    except CartTooLarge:
        return not visit.cart.lines


def _link(cart: Cart) -> Link:
    token = cookie.encode_for_link(cart, shop().keys)
    # Without a language: whoever opens it may read another.
    address = f"{request.host_url.rstrip('/')}{root()}/c/{token}"
    return Link(address, _qr(address), cart.changed_at + shop().cart_max_age_seconds)


def _qr(address: str) -> Markup | None:
    if len(address) > LONGEST_QR_CHARACTERS:
        return None
    return qr.drawn(address, "l")
