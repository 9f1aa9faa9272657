"""Carts that the laboratory puts into the visitor's browser, in place of the one that is there.

They go through the shop's own writer. Steps back are the shop's own, too; but their cookie is
sent to the cart's pages only (Path=/cart), so here it is begun anew.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.web import cart_cookie, undo

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
