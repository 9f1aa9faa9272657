"""Orders as a keeper sees them: a list, one with its history, and the steps that it may take."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, g, request, url_for
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.core.errors import OrderNotFound, TransitionRefused
from shop.core.orders import Order, Status
from shop.core.text import tidy
from shop.storage.engine import reading
from shop.storage.orders import advancing, invoices, listing, lookup
from shop.web.checkout import postal
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

PAGE_SIZE = 25
MOST_CHARACTERS = 500
"""Of a note or a tracking."""
OWED = "owed"
CHOICES = {
    "": "All",
    OWED: "Not paid",
    **{status.value: status.value.capitalize() for status in Status},
}
"""Which orders a list shows, by the parameter `status` of its address."""

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.get("")
def index() -> Response:
    chosen = request.args.get("status", "")
    status = _status(chosen)
    is_owed = chosen == OWED
    search = tidy(request.args.get("q", ""))[:MOST_CHARACTERS].replace("\0", "")
    number = request.args.get("page", 1, type=int)
    with reading(shop().engine) as connection:
        page = listing.page(
            connection,
            status=status,
            is_owed=is_owed,
            search=search,
            number=number,
            size=PAGE_SIZE,
        )

    def address(**changed: object) -> str:
        asked = {"q": search, "status": chosen, **changed}
        query = urlencode({name: value for name, value in asked.items() if value})
        return url_for("admin.orders.index") + (f"?{query}" if query else "")

    return frame.page(
        "admin/orders/index.html",
        page=page,
        search=search,
        chosen=chosen,
        choices=CHOICES,
        address=address,
    )


@blueprint.get("/<reference>")
def show(reference: str) -> Response:
    return _page(_order(reference))


@blueprint.post("/<reference>/steps")
def advance(reference: str) -> Response:
    status = _status(request.form.get("status", ""))
    note, tracking = (tidy(request.form.get(name, "")) for name in ("note", "tracking"))
    order = _order(reference)
    problem = _problem(status, note, tracking)
    if status is None or problem:
        return _page(order, status=HTTPStatus.UNPROCESSABLE_ENTITY, alert=problem)
    try:
        moved = advancing.advance(
            shop().engine,
            order.reference,
            status,
            by=g.keeper.email,
            at=shop().now(),
            note=note,
            tracking=tracking,
        )
    except TransitionRefused as refused:
        return _page(_order(reference), status=HTTPStatus.CONFLICT, alert=str(refused))
    add_message(f"Order {moved.reference} is now {status.value}.")
    return frame.see_other(url_for("admin.orders.show", reference=moved.reference))


def _problem(status: Status | None, note: str, tracking: str) -> str | None:
    if status is None:
        return "The form did not say which step to take. Nothing was changed."
    if tracking and status is not Status.SENT:
        return "Only an order that is sent has a tracking. Nothing was changed."
    if max(len(note), len(tracking)) > MOST_CHARACTERS:
        return f"Please use at most {MOST_CHARACTERS} characters. Nothing was changed."
    return None


def _page(order: Order, *, status: int = HTTPStatus.OK, alert: str | None = None) -> Response:
    method = shop().payments.get(order.payment)
    with reading(shop().engine) as connection:
        invoice = invoices.of_order(connection, order.reference)
    return frame.page(
        "admin/orders/show.html",
        status=status,
        alert=alert,
        order=order,
        envelope=postal.printed(order.customer),
        payment=method.label if method else order.payment,
        invoice=invoice,
    )


def _order(reference: str) -> Order:
    try:
        with reading(shop().engine) as connection:
            return lookup.by_reference(connection, reference)
    except OrderNotFound:
        abort(HTTPStatus.NOT_FOUND)


def _status(text: str) -> Status | None:
    return next((status for status in Status if status.value == text), None)
