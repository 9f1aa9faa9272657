"""What a keeper prints for an order: the packing slip, and the invoice with its number (ADR 23)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, g, url_for
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.core.errors import InvoiceRefused, OrderNotFound
from shop.core.orders import Order
from shop.storage.engine import reading
from shop.storage.orders import invoices, lookup
from shop.web.checkout import postal
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

blueprint = Blueprint("papers", __name__, url_prefix="/orders")


@blueprint.get("/<reference>/packing-slip")
def slip(reference: str) -> Response:
    order, _ = _found(reference)
    return _paper("admin/papers/slip.html", order)


@blueprint.get("/<reference>/invoice")
def invoice(reference: str) -> Response:
    order, made = _found(reference)
    if made is None:
        add_message("This order has no invoice yet.", "warning")
        return frame.see_other(url_for("admin.orders.show", reference=order.reference))
    return _paper("admin/papers/invoice.html", order, invoice=made)


@blueprint.post("/<reference>/invoice")
def make(reference: str) -> Response:
    order, _ = _found(reference)
    try:
        invoices.make(shop().engine, order.reference, by=g.keeper.email, at=shop().now())
    except InvoiceRefused as refused:
        add_message(str(refused), "warning")
        return frame.see_other(url_for("admin.orders.show", reference=order.reference))
    return frame.see_other(url_for("admin.papers.invoice", reference=order.reference))


def _found(reference: str) -> tuple[Order, invoices.Invoice | None]:
    try:
        with reading(shop().engine) as connection:
            order = lookup.by_reference(connection, reference)
            return order, invoices.of_order(connection, reference)
    except OrderNotFound:
        abort(HTTPStatus.NOT_FOUND)


def _paper(template: str, order: Order, **context: Any) -> Response:
    method = shop().payments.get(order.payment)
    return frame.page(
        template,
        order=order,
        envelope=postal.printed(order.customer),
        payment=method.label if method else order.payment,
        instructions=shop().payments.instructions(order),
        **context,
    )
