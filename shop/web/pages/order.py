"""A placed order, at an address that nobody can guess."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from shop.core.orders import Status
from shop.storage.orders import lookup
from shop.web.cart.visit import read_visit
from shop.web.checkout import postal
from shop.web.frame import responses
from shop.web.site.shop import shop

STATUSES = {
    Status.PLACED: "placed",
    Status.PAID: "paid",
    Status.SENT: "on its way",
    Status.CANCELLED: "cancelled",
    Status.REFUNDED: "refunded",
}
"""What a shopper reads of each status."""

blueprint = Blueprint("order", __name__, url_prefix="/orders")


@blueprint.get("/<token>")
def show(token: str) -> Response:
    order = lookup.by_token(shop().engine, token)
    if order is None:
        abort(HTTPStatus.NOT_FOUND)
    return responses.page(
        "order/show.html",
        read_visit(),
        order=order,
        is_new=order.status is Status.PLACED,
        status_text=STATUSES[order.status],
        envelope=postal.printed(order.customer),
        instructions=shop().payments.instructions(order),
    )
