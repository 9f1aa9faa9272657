"""What the shop keeps in this browser, and a button that deletes it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, session
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.budget import Meter
from shop.web.cart import undo
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import NO_STEPS, CartChange
from shop.web.checkout import recent_orders
from shop.web.frame import responses
from shop.web.frame.public_pages import SCRIPT
from shop.web.pages.cart import quoted
from shop.web.site.addresses import addresses
from shop.web.site.request_cookies import values_of
from shop.web.site.shop import shop

# Below the cart's address, the only place that the undo cookie is sent to.
blueprint = Blueprint("about", __name__, url_prefix="/cart/about")

DAY_SECONDS = 86_400
DELETED = "gone"
"""Query argument after a deletion: a message would need a cookie to wait in."""


@dataclass(frozen=True, slots=True)
class KeptCookie:
    """The cart cookie as it is explained to a shopper; times are Unix seconds."""

    name: str
    value: str
    json: str
    changed_at: int
    expires_at: int


@blueprint.get("")
def show() -> Response:
    """What the cookie holds, and for how long."""
    visit = read_visit()
    return responses.page(
        "about/show.html",
        visit,
        cookie=_kept(visit) if visit.cart.lines else None,
        quote=quoted(visit.cart),
        meter=Meter(visit.used_bytes, shop().cart_budget_bytes),
        life_days=_days(shop().cart_max_age_seconds),
        grace_days=_days(shop().cart_grace_seconds),
        is_deleted=DELETED in request.args and not visit.cart.lines,
        is_kept=bool(request.cookies.keys() - {SCRIPT}),
        undo_name=undo.name(),
        script_name=SCRIPT,
    )


@blueprint.post("/delete")
def destroy() -> Response:
    """Deletes every cookie of the shop that this browser keeps."""
    visit = read_visit()
    session.clear()
    change = CartChange(value="", steps=NO_STEPS)
    response = responses.see_other(f"{addresses().about}?{DELETED}", visit, change)
    if recent_orders.references():
        recent_orders.forget(response)
    if values_of(SCRIPT):
        response.delete_cookie(SCRIPT)
    return response


def _days(seconds: int) -> int:
    return -(-seconds // DAY_SECONDS)


def _kept(visit: CartVisit) -> KeptCookie:
    here, changed_at = shop(), visit.cart.changed_at
    return KeptCookie(
        name=visit.name,
        value=visit.value,
        json=cookie.dissect(visit.value, here.keys).json,
        changed_at=changed_at,
        expires_at=changed_at + here.cart_max_age_seconds,
    )
