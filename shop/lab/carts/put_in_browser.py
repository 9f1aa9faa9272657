"""Carts that the laboratory puts into the visitor's browser, in place of the one that is there.

They go through the shop's own writer. Steps back are the shop's own, too; but their cookie is
sent to the cart's pages only (Path=/cart), so here it is begun anew. Where it has no room beside
a cart that is full, the way back is in a form of the next page, whose address carries it.
"""

from __future__ import annotations

from flask import session
from itsdangerous import BadSignature
from itsdangerous import URLSafeTimedSerializer as Signer
from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.web.cart import cart_cookie, undo
from shop.web.cart.undo import Offer
from shop.web.site.shop import shop

LIFE_SECONDS = 3600
WAITING = (
    "Your earlier cart has expired, and we are still keeping it for you. Please restore it or let "
    "it go first. Nothing was changed."
)


def is_one_waiting() -> bool:
    """Whether an expired cart is being offered back, which another would replace for good."""
    return cart_cookie.read().offer is not None


def put(response: Response, cart: Cart) -> None:
    """Writes a cart, or deletes it when it is empty, and remembers the one before if that has
    room beside it. Raises CartTooLarge, and nothing is written."""
    cart_cookie.store(response, cart)
    before = cart_cookie.read().cart
    if before.lines and undo.has_room(before, cart):
        undo.push(response, cart)
    else:
        undo.forget(response)  # a step from before this would be offered as the last one


def can_be_undone(cart: Cart) -> bool:
    """Whether the cart's own page could step back from this one in full."""
    return undo.has_room(cart_cookie.read().cart, cart)


def way_back() -> str:
    """What a page's address carries so that it can offer the cart of this request again."""
    seen = cart_cookie.read()
    return str(_signer().dumps(seen.value if seen.cart.lines else undo.EMPTY))


def offer_of(token: str) -> Offer | None:
    """The way back that an address carries; None when it is none of this browser, or too old."""
    try:
        return undo.offer_of(str(_signer().loads(token, max_age=LIFE_SECONDS)))
    except BadSignature:
        return None


def _signer() -> Signer:
    # Of this browser alone: else a link could offer a stranger's cart as the visitor's own.
    return shop().signer(f"way back of {session.get('csrf_token', '')}")
