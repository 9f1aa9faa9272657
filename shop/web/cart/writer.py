"""The only writer of the cart's cookies: what a visit changes in the browser, and in which order.

A change is a value, made before anything is said or written, so that a cart that does not fit
changes nothing. A response then writes, in this order: the cart, its undo stack and, in the
session, an expired cart whose own cookie was replaced. Flask sends the session last.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, session
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.errors import CartOfNewerVersion, CartTooLarge
from shop.web.cart import cart_cookie, undo
from shop.web.cart.visit import CartVisit
from shop.web.site import wording
from shop.web.site.counts import count_refusal
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

RENEW_AFTER_SECONDS = 86_400
EXPIRED_CART = "expired cart"
"""Session key of an expired cart whose cookie was replaced while it was still offered back."""


@dataclass(frozen=True, slots=True)
class CartChange:
    """What a response writes; None leaves the cookie, or the session, as it is.

    `value` is the cart cookie's new value, empty to delete it. `steps` is the undo stack, empty
    to delete its cookie. `expired` is an expired cart to keep in the session, empty to drop it.
    """

    value: str | None = None
    steps: tuple[str, ...] | None = None
    expired: str | None = None


UNCHANGED = CartChange()
NO_STEPS: tuple[str, ...] = ()


def changed(visit: CartVisit, cart: Cart) -> CartChange:
    """The change to another cart, which can be undone. Raises CartTooLarge, and
    CartOfNewerVersion when it would overwrite one."""
    _require_readable(visit)
    value = encoded(visit, cart)
    return CartChange(value, _pushed(visit, cart, value), _kept_offer(visit))


def undone(visit: CartVisit, cart: Cart, step: str) -> CartChange:
    """The change back to the cart of a step. Raises CartTooLarge and CartOfNewerVersion."""
    _require_readable(visit)
    value = encoded(visit, cart)
    steps = undo.older_than(step, visit.steps, _room_bytes(visit, value))
    return CartChange(value, _if_any(steps, visit), _kept_offer(visit))


def replaced(visit: CartVisit, cart: Cart) -> CartChange:
    """The change to another cart by a page outside the undo cookie's path.

    Such a page does not see the stack, so it begins a new one; where the cart before does not
    fit into it, there is none. Raises CartTooLarge and CartOfNewerVersion.
    """
    _require_readable(visit)
    value = encoded(visit, cart)
    steps: tuple[str, ...] | None = NO_STEPS  # an older step would be offered as the last one
    if visit.cart.lines and can_be_undone(visit, value):
        steps = _pushed(visit, cart, value)
    return CartChange(value, steps, None)


def renewed(visit: CartVisit) -> CartChange:
    """Restarts a cart's life, once a day has passed since it last began.

    Only the cart page does this: a page that sends the cookie again can overwrite a newer one.
    Raises CartTooLarge when a full cart does not fit with a new time, which may take more bits or
    deflate worse; the cart stays as it is.
    """
    now = shop().now()
    if visit.cart.lines and now - visit.cart.changed_at >= RENEW_AFTER_SECONDS:
        return CartChange(encoded(visit, visit.cart.touched(now)))
    return UNCHANGED


def encoded(visit: CartVisit, cart: Cart) -> str:
    """The cookie value of a cart, empty for an empty one. Raises CartTooLarge.

    A cart that is over the budget because the budget was lowered may stay as large as it is. A
    change that only removes is held to the browser's limit alone: with one line fewer the cookie
    may be a few bytes longer, since it deflates worse.
    """
    if not cart.lines:
        return ""
    limit_bytes = max(shop().cart_budget_bytes, visit.used_bytes)
    if cart.is_less_than(visit.cart):
        limit_bytes = cookie.BROWSER_LIMIT_BYTES
    try:
        return cookie.encode(cart, shop().keys, name=visit.name, limit_bytes=limit_bytes)
    except CartTooLarge:
        count_refusal("too_large")
        raise


def can_be_undone(visit: CartVisit, value: str) -> bool:
    """Whether a change from the visit's cart to one with this value could be undone in full."""
    return not visit.cart.lines or len(visit.value) <= _room_bytes(visit, value)


def write(response: Response, visit: CartVisit, change: CartChange = UNCHANGED) -> Response:
    """Writes a change into a response, and deletes a cart that expired for good."""
    value = "" if change.value is None and visit.is_expired else change.value
    if value is not None:
        header = cart_cookie.cart_header(value) if value else cart_cookie.deletion_header()
        response.headers.add("Set-Cookie", header)
    if value == "" and visit.carts > 1:
        _delete_below(response)
    if change.steps is not None:
        for header in undo.headers(change.steps):
            response.headers.add("Set-Cookie", header)
    if change.expired is not None:
        _keep_expired(change.expired)
    is_gone = visit.is_expired or (value and value != visit.value and visit.offer is None)
    if visit.refusal and is_gone and 300 <= response.status_code < 400:  # a page says so itself
        add_message(wording.refusal(visit.refusal, is_replaced=bool(value)), "warning")
    return response


def put_back(response: Response, visit: CartVisit) -> Response:
    """Sends the cart that this request brought again, byte for byte, in a response that may make
    the browser evict it."""
    is_ours = bool(visit.cart.lines) or visit.offer is not None or visit.is_of_newer_version
    return write(response, visit, CartChange(visit.value) if is_ours else UNCHANGED)


def _require_readable(visit: CartVisit) -> None:
    if visit.is_of_newer_version:
        raise CartOfNewerVersion


def _pushed(visit: CartVisit, cart: Cart, value: str) -> tuple[str, ...] | None:
    if visit.cart.lines == cart.lines:
        return None
    room_bytes = _room_bytes(visit, value)
    steps = undo.pushed(visit.steps, visit.cart, visit.value, cart, room_bytes=room_bytes)
    return _if_any(steps, visit)


def _if_any(steps: tuple[str, ...], visit: CartVisit) -> tuple[str, ...] | None:
    return steps if steps or visit.has_steps_cookie else None


def _room_bytes(visit: CartVisit, value: str) -> int:
    # What the cart leaves of its own budget; one over a lowered budget keeps its size.
    limit_bytes = max(shop().cart_budget_bytes, visit.used_bytes)
    taken_bytes = len(visit.name) + len(value) if value else 0
    return limit_bytes - taken_bytes - len(undo.name())


def _kept_offer(visit: CartVisit) -> str | None:
    return visit.value if visit.offer is not None else None


def _keep_expired(value: str) -> None:
    if value:
        session[EXPIRED_CART] = value
    else:
        session.pop(EXPIRED_CART, None)


def _delete_below(response: Response) -> None:
    # A second cart has a longer path, or it would have replaced ours. That path leads to this page;
    # unless that cookie is deleted too, its cart shows up in place of the deleted one.
    path = ""
    for part in request.path.split("/")[1:]:
        path += f"/{part}"
        if part:
            response.headers.add("Set-Cookie", cart_cookie.deletion_header(path))
