"""A placed order, at an address that nobody can guess."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from shop.storage import orders
from shop.web.site.shop import shop

blueprint = Blueprint("order", __name__, url_prefix="/orders")


@blueprint.get("/<token>")
def show(token: str) -> str:
    order = orders.by_token(shop().engine, token)
    if order is None:
        abort(404)
    return render_template(
        "order/show.html", order=order, instructions=shop().payment.instructions(order)
    )
