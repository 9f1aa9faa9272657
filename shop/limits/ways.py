"""Other ways of keeping a cart in a cookie, to hold the product's own against.

Each gives the bytes of name + value of the cookie that would be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

SESSION_NAME = "session"


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A line as a shop without a codec keeps it. `price` is in minor units."""

    sku: str
    name: str
    price: int
    quantity: int


class SessionWays:
    """Flask's own signed session, with its own serializer, holding a cart in two shapes."""

    def __init__(self, key: str) -> None:
        self._app = Flask("comparison")
        self._app.secret_key = key
        serializer = SecureCookieSessionInterface().get_signing_serializer(self._app)
        if serializer is None:
            raise ValueError("a session needs a key")
        self._serializer: URLSafeTimedSerializer = serializer

    def naive_bytes(self, lines: Sequence[PlainLine]) -> int:
        """SKU, name, price and quantity of each line, as tutorials do it."""
        return self._bytes(
            [
                {
                    "sku": line.sku,
                    "name": line.name,
                    "price": line.price,
                    "quantity": line.quantity,
                }
                for line in lines
            ]
        )

    def sku_quantity_bytes(self, lines: Sequence[PlainLine]) -> int:
        """`{sku: quantity}`, as careful tutorials do it."""
        return self._bytes({line.sku: line.quantity for line in lines})

    def _bytes(self, cart: object) -> int:
        with self._app.app_context():  # where Flask's own JSON settings hold
            return len(SESSION_NAME) + len(self._serializer.dumps({"cart": cart}))
