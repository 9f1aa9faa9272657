"""What a shopper and a keeper do at a shop before it is attacked."""

from __future__ import annotations

from collections.abc import Sequence

from audit.hostile.exploring import Pairs, Visitor, choices, fields_of
from e2e.support import demo_customer


def fill_cart(visitor: Visitor, products: Sequence[Pairs]) -> None:
    """Puts up to three products into the cart, each by the fields of its form."""
    for product in products[:3]:
        visitor.post("/cart/lines", product)


def ways_to_pay(visitor: Visitor, products: Sequence[Pairs]) -> list[dict[str, str]]:
    """The fields with which the checkout chooses each way of paying."""
    fill_cart(visitor, products)
    html = visitor.get("/checkout").body.decode()
    return [{"payment": value} for value in choices(html, "payment")] or [{}]


def order(visitor: Visitor, products: Sequence[Pairs], payment: dict[str, str]) -> str:
    """Places an order, and returns the address that the shop leads to then.

    Raises RuntimeError when it is not placed.
    """
    fill_cart(visitor, products)
    fields = (
        fields_of(visitor.get("/checkout").body.decode(), "/checkout")
        | demo_customer.FIELDS
        | payment
    )
    placed = visitor.post("/checkout", fields.items())
    if placed.status != 303:
        raise RuntimeError(f"no order could be placed: status {placed.status}")
    return placed.header("location")


def sign_in(visitor: Visitor, keeper: tuple[str, str]) -> None:
    """Signs a keeper in, by email and password. Raises RuntimeError when they are refused."""
    fields = fields_of(visitor.get("/admin/sign-in").body.decode(), "/admin/sign-in")
    signed_in = visitor.post(
        "/admin/sign-in", (fields | dict(zip(("email", "password"), keeper, strict=True))).items()
    )
    if signed_in.status != 303:
        raise RuntimeError(f"the keeper could not sign in: status {signed_in.status}")
