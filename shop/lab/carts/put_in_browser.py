"""Carts that the laboratory puts into the visitor's browser, in place of the one that is there.

They go through the shop's own writer. Steps back are the shop's own, too; but their cookie is
sent to the cart's pages only (Path=/cart), so here it is begun anew. Where it has no room beside
a cart that is full, the way back is in a form of the next page, whose address carries it.
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


def way_back(visit: CartVisit) -> str:
    """What a page's address carries so that it can offer the cart of this request again."""
    return str(_signer().dumps(visit.value if visit.cart.lines else undo.EMPTY))


def form_of(visit: CartVisit, token: str) -> UndoForm | None:
    """The way back that an address carries; None when it is none of this browser, or too old."""
    try:
        step = str(_signer().loads(token, max_age=LIFE_SECONDS))
    except BadSignature:
        return None
    return undo.form_of_step(step, visit.cart)


def _signer() -> Signer:
    # Of this browser alone: else a link could offer a stranger's cart as the visitor's own.
    return shop().signer(f"way back of {session.get('csrf_token', '')}")
