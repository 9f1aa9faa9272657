"""What a keeper prints for an order, or downloads as PDF: the packing slip, and the invoice with
its number (ADR 23)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, url_for
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.core.errors import InvoiceRefused, OrderNotFound
from shop.core.orders import Order
from shop.pdf.process import NotWritten, Typesetter
from shop.storage.engine import reading
from shop.storage.orders import invoices, lookup
from shop.storage.orders.invoices import Invoice
from shop.web.checkout import paying, postal
from shop.web.site.addresses import addresses
from shop.web.site.assets import assets
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

STYLES = ("css/shop.css", "css/admin/admin.css")
"""The style sheets of `admin/base.html`."""
_TYPESETTER = "typesetter"

blueprint = Blueprint("papers", __name__, url_prefix="/orders")
log = logging.getLogger("shop.admin")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of an order: its template and what that shows, and the name of its file without an
    ending."""

    template: str
    name: str
    order: Order
    invoice: Invoice | None = None


def register(app: Flask, typesetter: Typesetter | None) -> None:
    """Offers papers as PDF where there is a typesetter."""
    app.extensions[_TYPESETTER] = typesetter


def typesetter() -> Typesetter | None:
    """What writes PDFs, where that is possible."""
    found: Typesetter | None = current_app.extensions[_TYPESETTER]
    return found


@blueprint.get("/<reference>/packing-slip")
def slip(reference: str) -> Response:
    return _printed(_slip(reference))


@blueprint.get("/<reference>/packing-slip.pdf")
def slip_pdf(reference: str) -> Response:
    return _pdf(_slip(reference), "admin.papers.slip")


@blueprint.get("/<reference>/invoice")
def invoice(reference: str) -> Response:
    paper = _invoice(reference)
    return _printed(paper) if paper.invoice else _no_invoice(paper.order)


@blueprint.get("/<reference>/invoice.pdf")
def invoice_pdf(reference: str) -> Response:
    paper = _invoice(reference)
    return _pdf(paper, "admin.papers.invoice") if paper.invoice else _no_invoice(paper.order)


@blueprint.post("/<reference>/invoice")
def make(reference: str) -> Response:
    order, _ = _found(reference)
    try:
        invoices.make(shop().engine, order.reference, by=g.keeper.email, at=shop().now())
    except InvoiceRefused as refused:
        add_message(str(refused), "warning")
        return frame.see_other(url_for("admin.orders.show", reference=order.reference))
    return frame.see_other(url_for("admin.papers.invoice", reference=order.reference))


def _slip(reference: str) -> Paper:
    order, _ = _found(reference)
    return Paper("admin/papers/slip.html", f"packing-slip-{order.reference}", order)


def _invoice(reference: str) -> Paper:
    order, made = _found(reference)
    name = f"invoice-{made.number}" if made else ""
    return Paper("admin/papers/invoice.html", name, order, made)


def _found(reference: str) -> tuple[Order, Invoice | None]:
    try:
        with reading(shop().engine) as connection:
            order = lookup.by_reference(connection, reference)
            return order, invoices.of_order(connection, reference)
    except OrderNotFound:
        abort(HTTPStatus.NOT_FOUND)


def _no_invoice(order: Order) -> Response:
    add_message("This order has no invoice yet.", "warning")
    return frame.see_other(url_for("admin.orders.show", reference=order.reference))


def _printed(paper: Paper) -> Response:
    return frame.page(paper.template, is_pdf_possible=typesetter() is not None, **_shown(paper))


def _pdf(paper: Paper, page: str) -> Response:
    write = typesetter() or abort(HTTPStatus.NOT_FOUND)
    styles = {addresses().asset(name): assets().octets(name).decode("utf-8") for name in STYLES}
    try:
        octets = write(frame.document(paper.template, **_shown(paper)), styles)
    except NotWritten as problem:
        log.error("pdf_not_written", extra={"reason": str(problem)})
        add_message("The PDF could not be made. Please print this page instead.", "warning")
        return frame.see_other(url_for(page, reference=paper.order.reference))
    response = Response(octets, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=f"{paper.name}.pdf")
    return response


def _shown(paper: Paper) -> dict[str, Any]:
    order = paper.order
    method = shop().payments.get(order.payment)
    return {
        "order": order,
        "invoice": paper.invoice,
        "envelope": postal.printed(order.customer),
        "payment": method.label if method else order.payment,
        "instructions": paying.instructions(order),
    }
