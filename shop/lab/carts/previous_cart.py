"""Offers the visitor's previous cart after the laboratory has put another into the browser.

The shop's own writer writes such a cart, with an undo step. But the undo cookie is sent to the
cart's pages only (Path=/cart), so its stack starts again, and beside a full cart it has no room. So
the next page offers the previous cart in a form, and its address carries that cart.
"""

from __future__ import annotations

from flask import session
from itsdangerous import BadSignature
from itsdangerous import URLSafeTimedSerializer as Signer

from shop.web.cart import undo
from shop.web.cart.undo import UndoForm
from shop.web.cart.visit import CartVisit
from shop.web.site.shop import shop

LIFE_SECONDS = 3600
WAITING = (
    "Your earlier cart has expired, but we still have it for you. Please restore it or let "
    "it go first. Nothing was changed."
)


def token_of(visit: CartVisit) -> str:
    """The visit's cart, signed, for the address of a page that offers it."""
    return str(_signer().dumps(visit.value if visit.cart.lines else undo.EMPTY))


def form_of(visit: CartVisit, token: str) -> UndoForm | None:
    """The form for the cart in an address; None if it is from another browser, or too old."""
    try:
        step = str(_signer().loads(token, max_age=LIFE_SECONDS))
    except BadSignature:
        return None
    return undo.form_of_step(step, visit.cart)


def _signer() -> Signer:
    # For this browser only: otherwise a link could offer a stranger's cart as the visitor's own.
    return shop().signer(f"previous cart of {session.get('csrf_token', '')}")
