"""The addresses that every page links to, asked of the routes once.

`url_for` costs about as much as a row of a table, and a cart of 20 lines has 60 addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flask import request, url_for


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ready addresses, and the beginnings of those that end in a slug or a number."""

    home: str
    products: str
    cart: str
    cart_lines: str
    cart_clear: str
    cart_restore: str
    cart_dismiss: str
    checkout: str
    stylesheet: str
    favicon: str
    before_slug: str
    before_picture: str

    def product(self, slug: str) -> str:
        return self.before_slug + slug

    def picture(self, image: str | None) -> str:
        return self.before_picture + (image or "placeholder.svg")

    def line(self, number: int) -> str:
        return f"{self.cart_lines}/{number}"

    def removal(self, number: int) -> str:
        return f"{self.cart_lines}/{number}/remove"


def addresses() -> Addresses:
    """The addresses below the path that this request's shop is mounted at."""
    return _addresses(request.script_root)


@lru_cache(maxsize=16)
def _addresses(script_root: str) -> Addresses:
    return Addresses(
        home=url_for("product.home"),
        products=url_for("product.index"),
        cart=url_for("cart.show"),
        cart_lines=url_for("cart.create"),
        cart_clear=url_for("cart.clear"),
        cart_restore=url_for("cart.restore"),
        cart_dismiss=url_for("cart.dismiss"),
        checkout=url_for("checkout.show"),
        stylesheet=url_for("static", filename="css/shop.css"),
        favicon=url_for("static", filename="img/favicon.svg"),
        before_slug=url_for("product.show", slug="x")[:-1],
        before_picture=url_for("static", filename="img/products/x")[:-1],
    )
