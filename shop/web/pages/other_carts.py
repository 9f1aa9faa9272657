"""Forms that bring in a cart other than the browser's: an earlier, a shared or an expired one.

Each form carries the cart, signed. What the browser has now is merged or can be undone, so no
line is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as with_other

from flask import Blueprint, request
from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.core.errors import CartTooLarge, CookieRefused
from shop.core.text import marked
from shop.web.cart import cart_cookie, undo, writer
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import CartChange
from shop.web.frame import responses
from shop.web.languages.texts import gettext
from shop.web.pages.cart import back, changed, choose_first, done, must_choose, too_large
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("other_carts", __name__, url_prefix="/cart")

_BROUGHT_BACK = marked("The removed items are back in your cart")
_UNDONE = marked("Undone. Your cart is as it was before")
_KEPT_BOTH = marked(
    "Undone. Your cart had changed in the meantime, so everything in it was kept as well"
)


@blueprint.get("/undo")
@blueprint.get("/replace")
@blueprint.get("/merge")
@blueprint.get("/restore")
def refused() -> Response:
    """A refused form is shown at the form's own address; reloading that leads to the cart."""
    return back(read_visit())


@blueprint.post("/undo")
def step_back() -> Response:
    """Undoes the last change, whose step the form carries; priced anew, as every cart is."""
    visit = read_visit()
    step, since = request.form.get("cart", ""), request.form.get("since", "")
    try:
        before = undo.undone(step, since, visit.cart, now=shop().now())
    except CookieRefused:
        return back(visit, gettext("That can no longer be undone. Your cart is as it was"))
    if must_choose(visit):
        return choose_first(visit)
    try:
        change = writer.undone(visit, before, step)
    except CartTooLarge as overflow:
        return too_large(visit, overflow, gettext("The earlier cart"))
    seen_at = Cart(before.lines, visit.cart.changed_at or undo.changed_at(step))
    return done(visit, change, before, _undone(visit, step, since), seen_at=seen_at)


@blueprint.post("/replace")
def replace() -> Response:
    """Takes over a shared cart, which its form carries, instead of one's own."""
    visit = read_visit()
    return _with_shared(
        visit,
        lambda shared: shared.touched(shop().now()).with_coupon(visit.cart.coupon),
        gettext("Your cart is now the shared cart"),
    )


@blueprint.post("/merge")
def merge() -> Response:
    """Adds a shared cart, which its form carries, to one's own."""
    visit = read_visit()
    return _with_shared(
        visit,
        lambda shared: visit.cart.merged_with(shared, now=shop().now()),
        gettext("The shared cart was added to yours"),
    )


@blueprint.post("/restore")
def restore() -> Response:
    """Puts the lines of an expired cart, which its form carries, back into the cart."""
    visit = read_visit()
    try:
        old = cart_cookie.decode(
            request.form.get("cart", ""), grace_seconds=shop().cart_grace_seconds
        )
    except CookieRefused:
        return back(visit, gettext("That cart can no longer be restored. Your cart is as it was"))
    merged = old.merged_with(visit.cart, now=shop().now())
    merged = merged.with_coupon(visit.cart.coupon or old.coupon)
    try:
        change = writer.changed(visit, merged)
    except CartTooLarge as overflow:
        return too_large(visit, overflow, gettext("The expired cart"))
    # No undo: it would lose the expired cart, which nobody offers any more.
    change = with_other(change, steps=writer.NO_STEPS, expired="")
    return done(visit, change, merged, gettext("Your cart is back"), seen_at=old)


@blueprint.post("/dismiss")
def dismiss() -> Response:
    """Lets an expired cart go. A cart that is not expired stays as it is."""
    visit = read_visit()
    change = CartChange(value=None if visit.offer is None else "", expired="")
    return responses.see_other(addresses().cart, visit, change)


def _undone(visit: CartVisit, step: str, since: str) -> str:
    if undo.is_stale(since, visit.cart):
        return gettext(_KEPT_BOTH)
    return gettext(_BROUGHT_BACK if undo.is_part(step) else _UNDONE)


def _with_shared(visit: CartVisit, made_of: Callable[[Cart], Cart], message: str) -> Response:
    if must_choose(visit):
        return choose_first(visit)
    try:
        shared = cart_cookie.decode(request.form.get("cart", "")).with_coupon(0)
        cart = made_of(shared)
        if cart.lines == visit.cart.lines:
            return back(visit, gettext("Everything in that cart is already in yours"))
        return changed(visit, cart, message)
    except CookieRefused:
        return back(visit, gettext("This link has expired or is damaged. Your cart is as it was"))
    except CartTooLarge as overflow:
        return too_large(visit, overflow, gettext("The shared cart"))
