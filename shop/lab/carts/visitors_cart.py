"""The visitor's own cart: what limits its cookie, and what could be added to it."""

from __future__ import annotations

from shop.core.cart import Cart
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.filling import Filling
from shop.storage import catalogue
from shop.web.cart import cart_cookie
from shop.web.site.shop import shop


def cookie_limit() -> CookieLimit:
    """What limits the cart's cookie on this connection."""
    return CookieLimit(cart_cookie.name(), shop().keys, shop().cart_budget_bytes)


def growing(cart: Cart) -> Filling:
    """The lines that can be added to a cart for demonstrations, active products first."""
    here = shop()
    numbers = here.catalogue.ask(catalogue.active_numbers)
    return Filling.of(cart, numbers, now=here.now())
