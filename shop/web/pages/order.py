"""A placed order, at an address that nobody can guess."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from shop.core.orders import Order, Status
from shop.core.payment import State
from shop.storage.engine import reading
from shop.storage.orders import lookup
from shop.storage.payments import attempts
from shop.web.cart.visit import read_visit
from shop.web.checkout import paying, postal
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
        payment=_payment(order) if paying.is_awaited(order) else None,
    )


@dataclass(frozen=True, slots=True)
class AwaitedPayment:
    """What an unpaid order says: what the last attempt came to, and until when it is kept."""

    text: str
    kept_until: int


SAID = {
    State.OPEN: "It is not paid yet, as far as we know: if you have just paid, we shall hear of it "
    "soon.",
    State.FAILED: "The payment did not go through, and no money was taken.",
}


def _payment(order: Order) -> AwaitedPayment:
    with reading(shop().engine) as connection:
        tried = attempts.of_order(connection, order.token)
    last = tried[-1].state if tried else State.OPEN
    since = tried[-1].begun_at if tried else order.placed_at
    return AwaitedPayment(SAID[last], since + shop().unpaid_seconds)
