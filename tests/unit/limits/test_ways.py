from __future__ import annotations

import pytest
from flask import Flask, session

from shop.limits.ways import PlainLine, SessionWays
from tests.unit.core.carts import KEYS


def sent_bytes(cart: object) -> int:
    """Name + value of the session cookie that Flask sends for this cart."""
    app = Flask("a tutorial")
    app.secret_key = KEYS[0]

    @app.get("/")
    def index() -> str:
        session["cart"] = cart
        return ""

    response = app.test_client().get("/")
    return len(response.headers["Set-Cookie"].partition(";")[0].replace("=", "", 1))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="no lines"),
        pytest.param([PlainLine("BOOK-7", "Büchlein", 1050, 1)], id="not ASCII"),
    ],
)
def test_a_short_session_is_as_long_as_the_one_flask_sends(lines: list[PlainLine]) -> None:
    ways = SessionWays(KEYS[0])
    naive = [
        {"sku": line.sku, "name": line.name, "price": line.price, "quantity": line.quantity}
        for line in lines
    ]
    assert ways.naive_bytes(lines) == sent_bytes(naive)
    assert ways.sku_quantity_bytes(lines) == sent_bytes({line.sku: line.quantity for line in lines})


def test_a_long_session_is_deflated_as_flask_does() -> None:
    lines = [PlainLine(f"SKU{number}", "Mug", 100, number) for number in range(100, 200)]
    deflated = SessionWays(KEYS[0]).sku_quantity_bytes(lines)
    assert deflated == sent_bytes({line.sku: line.quantity for line in lines})


def test_a_session_needs_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        SessionWays("")
