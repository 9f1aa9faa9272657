"""Addresses that pages repeat many times over, without a search through the routes.

`url_for` costs about as much as a whole table row; a cart of 20 lines has 60 addresses. A
test holds these equal to what `url_for` says.
"""

from __future__ import annotations

from flask import request


def product(slug: str) -> str:
    return f"{request.script_root}/products/{slug}"


def picture(image: str | None) -> str:
    return f"{request.script_root}/static/img/products/{image or 'placeholder.svg'}"


def cart_line(number: int) -> str:
    return f"{request.script_root}/cart/lines/{number}"


def cart_line_removal(number: int) -> str:
    return f"{cart_line(number)}/remove"
