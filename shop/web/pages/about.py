"""What the shop keeps in a browser, told to whom it belongs, and one button that deletes it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.budget import Meter
from shop.web.cart import cart_cookie, undo
from shop.web.cart.cart_cookie import Reading
from shop.web.pages.cart import quoted
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

# Below the cart's own address, where alone the cookie of the undo is sent.
blueprint = Blueprint("about", __name__, url_prefix="/cart/about")

DAY_SECONDS = 86_400
GONE = "gone"
"""Argument of the address after a deletion: a message would need a cookie to wait in."""


@dataclass(frozen=True, slots=True)
class KeptCookie:
    """The cart cookie as a shopper is told of it; times are Unix seconds."""

    name: str
    value: str
    json: str
    changed_at: int
    expires_at: int


@blueprint.get("")
def show() -> str:
    """What the cookie holds, and for how long."""
    seen = cart_cookie.read()
    return render_template(
        "about/show.html",
        cookie=_kept(seen) if seen.cart.lines else None,
        quote=quoted(seen.cart),
        meter=Meter(seen.used_bytes, shop().cart_budget_bytes),
        life_days=_days(shop().cart_max_age_seconds),
        grace_days=_days(shop().cart_grace_seconds),
        is_gone=GONE in request.args and not seen.cart.lines,
        is_kept=bool(request.cookies),
    )


@blueprint.post("/delete")
def destroy() -> Response:
    """Deletes every cookie of the shop that this browser keeps."""
    response = redirect(f"{addresses().about}?{GONE}", 303)
    cart_cookie.delete(response)
    undo.forget(response)
    session.clear()
    return response


def _days(seconds: int) -> int:
    return -(-seconds // DAY_SECONDS)


def _kept(seen: Reading) -> KeptCookie:
    here, changed_at = shop(), seen.cart.changed_at
    return KeptCookie(
        name=cart_cookie.name(),
        value=seen.value,
        json=cookie.dissect(seen.value, here.keys).json,
        changed_at=changed_at,
        expires_at=changed_at + here.cart_max_age_seconds,
    )
