"""The coupon of a cart: its code is typed on the cart page, and its number goes into the cookie."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, request
from werkzeug.wrappers import Response

from shop.core import coupons as rules
from shop.core.coupons import Coupon, Obstacle
from shop.core.errors import CartTooLarge
from shop.core.text import tidy
from shop.storage import coupons
from shop.storage.engine import reading
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.languages.texts import gettext
from shop.web.pages.cart import RefusedCode, back, changed, page, quoted
from shop.web.site import wording
from shop.web.site.counts import count_refusal
from shop.web.site.shop import shop

# Below the cart's address, the only place that the undo cookie is sent to.
blueprint = Blueprint("coupon", __name__, url_prefix="/cart/coupon")
RATELIMIT = "20 per minute"
"""Codes are short, and meant for some people only: they are not guessed at this pace."""
CODE_CHARACTERS = 100
"""How much of what was typed is looked at."""


@blueprint.get("")
@blueprint.get("/remove")
def refused() -> Response:
    """A refused form is shown at the form's own address; reloading that leads to the cart."""
    return back(read_visit())


@blueprint.post("")
def create() -> Response:
    """Puts a coupon into the cart. One that waits for a larger subtotal is accepted; one that can
    no longer apply is not."""
    visit = read_visit()
    if not visit.cart.lines:
        return back(visit, gettext("Your cart is empty. Add something first, then the code"))
    typed = tidy(request.form.get("code", "")[:CODE_CHARACTERS])
    try:
        code = rules.code_of(typed)
    except ValueError:
        return _refused(
            visit,
            typed,
            gettext(
                "A code has 3 to %(longest)s letters, digits and hyphens. Your cart is as it was.",
                longest=wording.number(rules.LONGEST_CODE),
            ),
        )
    with reading(shop().engine) as connection:
        coupon = coupons.by_code(connection, code)
    if coupon is None:
        return _refused(
            visit,
            typed,
            gettext(
                "There is no code %(code)s. Please check it. Your cart is as it was.", code=code
            ),
        )
    return _with(visit, coupon, typed)


@blueprint.post("/remove")
def destroy() -> Response:
    """Takes the coupon out of the cart."""
    visit = read_visit()
    if not visit.cart.coupon:
        return back(visit)
    return changed(
        visit, visit.cart.with_coupon(0).touched(shop().now()), gettext("The code was removed")
    )


def _with(visit: CartVisit, coupon: Coupon, typed: str) -> Response:
    cart = visit.cart.with_coupon(coupon.number).touched(shop().now())
    quote = quoted(cart)
    if quote.obstacle not in (None, Obstacle.TOO_LITTLE):
        kept = gettext("Your cart is as it was.")
        return _refused(visit, typed, f"{wording.coupon_obstacle(quote)} {kept}")
    try:
        return changed(visit, cart, gettext("Your code was added: %(code)s", code=coupon.code))
    except CartTooLarge as overflow:
        return _refused(visit, typed, wording.too_large(overflow, coupon.code))


def _refused(visit: CartVisit, typed: str, error: str) -> Response:
    count_refusal("coupon")
    return page(visit, status=HTTPStatus.CONFLICT, code=RefusedCode(typed, error))
