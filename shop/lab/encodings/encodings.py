"""Encodings of a cart in a cookie, for comparison with Crumb's own.

Each one returns the octets of name + value of the cookie that would be sent, whether or not a
browser would keep it; attributes are not counted (RFC 6265bis, section 5.6, step 5). Flask's
sessions have the name that Flask gives them, all others have the name of Crumb's own cookie.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadData, Signer, URLSafeTimedSerializer
from werkzeug.http import dump_cookie

from shop.core.cart import Cart
from shop.lab.carts.cookie_limit import CookieLimit

SESSION_NAME = "session"
LEFT_BY_SCRIPTS = "!'()*-._~"
"""What encodeURIComponent leaves unescaped besides letters and digits (ECMA-262)."""
BETWEEN, TIMES = "!", "*"
"""Separators of the compact pairs: cookie-octets that never occur in a quoted SKU."""

COOKIE_OCTETS = 90
"""RFC 6265bis, section 4.1.1: US-ASCII without controls, white space, DQUOTE, comma, semicolon
and backslash."""
LIFE_SECONDS = 400 * 86_400
"""RFC 6265bis, section 5.5: no cookie lives longer."""
SIGNATURE_BITS = 128


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line as a shop without a codec stores it. `price` is in minor units."""

    sku: str
    name: str
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PlainCart:
    """A cart, its lines as a shop without a codec stores them, in the same order, and the number of
    products to choose from."""

    cart: Cart
    lines: tuple[PlainLine, ...]
    products: int

    def __post_init__(self) -> None:
        if len(self.lines) != len(self.cart):
            raise ValueError("a plain cart has the lines of its cart")

    @property
    def quantities(self) -> dict[str, int]:
        return {line.sku: line.quantity for line in self.lines}


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding. `about` explains it, `tells` names what the cookie holds; `octets` measures a
    cart, and is 0 if an empty cart has no cookie."""

    key: str
    title: str
    about: str
    tells: str
    octets: Callable[[PlainCart, CookieLimit], int]


class Session:
    """Flask's signed session, made by Flask's own serializer.

    Raises ValueError for an empty key.
    """

    def __init__(self, key: str) -> None:
        self._app = Flask("comparison")
        self._app.secret_key = key
        serializer = SecureCookieSessionInterface().get_signing_serializer(self._app)
        if serializer is None:
            raise ValueError("a session needs a key")
        self._serializer: URLSafeTimedSerializer = serializer

    def value(self, cart: object) -> str:
        """The cookie's value of a session that holds this cart."""
        with self._app.app_context():  # where Flask's own JSON settings hold
            return str(self._serializer.dumps({"cart": cart}))

    def cart(self, value: str) -> object:
        """The cart in such a value; None when this key did not sign it."""
        try:
            kept = self._serializer.loads(value)
        except BadData:
            return None
        return kept.get("cart") if isinstance(kept, dict) else None


@lru_cache(maxsize=8)
def session_of(key: str) -> Session:
    """The session of a key, made once."""
    return Session(key)


def everything(lines: Sequence[PlainLine]) -> list[dict[str, object]]:
    """SKU, name, price and quantity of each line, as tutorials store them in a session."""
    return [
        {"sku": line.sku, "name": line.name, "price": line.price, "quantity": line.quantity}
        for line in lines
    ]


def compact_pairs(cart: PlainCart) -> str:
    """`MUG*2!PENCIL`: a quantity of 1 is omitted, and an SKU is percent-encoded where necessary."""
    return BETWEEN.join(map(_pair, cart.lines))


def bound_bits(cart: PlainCart) -> float:
    """The fewest bits that distinguish every ordered choice of this many products, these quantities
    in any order, the second of the last change, and a signature."""
    drawn_from = max(cart.products, *(line.number for line in cart.cart.lines))
    left = drawn_from - len(cart.cart)
    choice = (math.lgamma(drawn_from + 1) - math.lgamma(left + 1)) / math.log(2)
    quantities = Counter(line.quantity for line in cart.cart.lines)
    entropy = sum(n * math.log2(len(cart.cart) / n) for n in quantities.values())
    return choice + entropy + math.log2(LIFE_SECONDS) + SIGNATURE_BITS


def _session_naive(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    return len(SESSION_NAME) + len(session_of(cookie_limit.keys[0]).value(everything(cart.lines)))


def _session_sku_quantity(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    return len(SESSION_NAME) + len(session_of(cookie_limit.keys[0]).value(cart.quantities))


def _json_percent(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    return (
        len(cookie_limit.name) + len(quote(_json(cart), safe=LEFT_BY_SCRIPTS)) if cart.lines else 0
    )


def _json_quoted(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    if not cart.lines:
        return 0
    return len(dump_cookie(cookie_limit.name, _json(cart), path=None, max_size=0)) - len("=")


def _pairs_signed(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    if not cart.lines:
        return 0
    return len(cookie_limit.name) + len(Signer(cookie_limit.keys[0]).sign(compact_pairs(cart)))


def _product(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    return cookie_limit.octets(cart.cart)


def _bound(cart: PlainCart, cookie_limit: CookieLimit) -> int:
    if not cart.lines:
        return 0
    return len(cookie_limit.name) + math.ceil(bound_bits(cart) / math.log2(COOKIE_OCTETS))


def _json(cart: PlainCart) -> str:
    return json.dumps(cart.quantities, separators=(",", ":"), ensure_ascii=False)


def _pair(line: PlainLine) -> str:
    sku = quote(line.sku, safe="")
    return sku if line.quantity == 1 else f"{sku}{TIMES}{line.quantity}"


NAIVE = Encoding(
    "session_naive",
    "Flask session, everything",
    "SKU, name, price and quantity of each line in Flask’s session: JSON, deflated when that is "
    "shorter, base64url, signed by itsdangerous.",
    "everything, prices included",
    _session_naive,
)
PRODUCT = Encoding(
    "product",
    "This shop",
    "Numbers and quantities as integers, packed into a few bits each, or deflated, and signed.",
    "product numbers, quantities and the time of the last change",
    _product,
)
BOUND = Encoding(
    "bound",
    "The bound",
    "Not an encoding, but the size that none can go below on average.",
    "the same as this shop’s own",
    _bound,
)
ENCODINGS = (
    NAIVE,
    Encoding(
        "session_sku_quantity",
        "Flask session, {sku: quantity}",
        "Only SKU and quantity in Flask’s session, as above.",
        "SKUs, quantities and the time of the last change",
        _session_sku_quantity,
    ),
    Encoding(
        "json_percent",
        "JSON, percent-encoded",
        "{sku: quantity} as JSON without spaces, as encodeURIComponent leaves it. Nothing signs "
        "it.",
        "SKUs and quantities, and anyone can change them",
        _json_percent,
    ),
    Encoding(
        "json_quoted",
        "JSON, quoted by Werkzeug",
        "The same JSON given to Werkzeug’s set_cookie, which writes two characters for a quote and "
        "four for a comma. Nothing signs it.",
        "SKUs and quantities, and anyone can change them",
        _json_quoted,
    ),
    Encoding(
        "pairs_signed",
        "Pairs, signed",
        f"MUG{TIMES}2{BETWEEN}PENCIL, a quantity of 1 left out, signed by itsdangerous’ default "
        "Signer: HMAC-SHA-1 in 27 characters, no time.",
        "SKUs and quantities",
        _pairs_signed,
    ),
    PRODUCT,
    BOUND,
)
"""All of them, in the order in which they are shown."""
