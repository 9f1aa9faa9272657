"""What one shopper does: looks around, fills a cart with an order, and looks at the cart.

Nine of ten browsers run scripts. As `static/js` does, they mark themselves, fetch what is personal
beside a product's page, send forms in the background without loading the page that the redirect
leads to, and fetch the cart page now and then. The others load every page that they are led to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import quote_plus

from load.browser import Browser, Exchange, Fault, Response
from load.orders import Order
from shop.core import cookie
from shop.core.errors import CookieRefused

FIRST_ADDRESS = IPv4Address("10.0.0.1")
WITHOUT_SCRIPTS = 10
"""Every tenth runs no scripts."""
LOOKS_AT = 4
"""Every fourth product is looked at on its own page before it is added."""
LOOKS_BACK = 8
"""After so many products the cart is looked at."""
LIST_PAGES = 300
"""So deep do shoppers go; a smaller shop shows its last page instead."""
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_LINE = b'<td class="line-remove">'


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as a shopper finds it, and the number by which a cookie knows it."""

    slug: str
    number: int


@dataclass(frozen=True, slots=True)
class Visited:
    """The shop that is visited: its host, its goods by SKU, and the keys that sign its carts."""

    host: str
    goods: Mapping[str, Goods]
    keys: Sequence[str]


def fill(visited: Visited, exchange: Exchange, order: Order, number: int, now: int) -> None:
    """The whole visit of the shopper with this number. Raises Fault when anything is not as it
    should be: a response, or a cart that is not the order, line by line."""
    browser = Browser(exchange, visited.host, str(FIRST_ADDRESS + number))
    has_scripts = number % WITHOUT_SCRIPTS != 0
    seen = browser.get(_entrance(order, number))
    if has_scripts:
        browser.cookies["script"] = ("1", "/")
    for position, (sku, quantity) in enumerate(order):
        if (number + position) % LOOKS_AT == 0:
            seen = browser.get(f"/products/{visited.goods[sku].slug}")
            if has_scripts and position:
                browser.get("/cart/personal")
        added = browser.post("/cart/lines", _form(sku, quantity, seen))
        if not has_scripts:
            seen = browser.follow(added.location)
        elif (position + 1) % LOOKS_BACK == 0:
            browser.get("/cart")
    _check(visited, browser, order, now)


def _entrance(order: Order, number: int) -> str:
    sku, _ = order[0]
    page, search = number % LIST_PAGES + 1, quote_plus(sku)
    entrances = ("/", "/products", f"/products?page={page}", f"/products?q={search}")
    return entrances[number % len(entrances)]


def _form(sku: str, quantity: int, seen: Response) -> str:
    token = _TOKEN.search(seen.body)
    with_token = f"csrf_token={token[1].decode()}&" if token else ""
    return f"{with_token}sku={quote_plus(sku)}&quantity={quantity}"


def _check(visited: Visited, browser: Browser, order: Order, now: int) -> None:
    page = browser.get("/cart")
    shown = page.body.count(_LINE)
    if shown != len(order):
        raise Fault(f"the cart page shows {shown} lines instead of {len(order)}")
    value = browser.value(cookie.SECURE_NAME)
    try:
        cart = cookie.decode(value, visited.keys, now=now, max_age_seconds=86_400)
    except CookieRefused as refusal:
        raise Fault(f"the cart cannot be read: {refusal.reason}") from None
    held = [(line.number, line.quantity) for line in cart.lines]
    if held != [(visited.goods[sku].number, quantity) for sku, quantity in order]:
        raise Fault("the cart does not hold what was put in")
