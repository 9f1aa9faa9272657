"""Orders as a keeper sees them: a list, also as a file, and one with the steps it may take."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from urllib.parse import urlencode

from flask import Blueprint, abort, g, request, url_for
from werkzeug.wrappers import Response

from shop.admin import frame, mail, papers
from shop.core.errors import OrderNotFound, TransitionRefused
from shop.core.orders import LONGEST_NOTE, Order, Status
from shop.core.text import tidy
from shop.mail.sending import MOST_ATTEMPTS
from shop.storage.engine import reading
from shop.storage.orders import advancing, export, invoices, listing, lookup, outbox
from shop.storage.orders.listing import Conditions
from shop.storage.payments import attempts
from shop.web.checkout import postal
from shop.web.site import wording
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

PAGE_SIZE = 25
LONGEST_SEARCH = 500
LINES_AT_ONCE = 200
"""Of a download, each time that some of it is sent."""
OWED = "owed"
CHOICES = {
    "": "All",
    OWED: "Not paid",
    **{status.value: status.value.capitalize() for status in Status},
}
"""Which orders a list shows, by the parameter `status` of its address."""

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders an address asks for: by a choice of CHOICES, and by the words of a search."""

    chosen: str
    search: str

    @classmethod
    def by_request(cls) -> Wanted:
        search = tidy(request.args.get("q", ""))[:LONGEST_SEARCH]
        return cls(request.args.get("status", ""), search)

    def conditions(self) -> Conditions:
        return {
            "status": _status(self.chosen),
            "is_owed": self.chosen == OWED,
            "search": self.search,
        }

    def address(self, endpoint: str = "index", **changed: object) -> str:
        """The address of these orders, or of others."""
        asked = {"q": self.search, "status": self.chosen, **changed}
        query = urlencode({name: value for name, value in asked.items() if value})
        return url_for(f"admin.orders.{endpoint}") + (f"?{query}" if query else "")


@blueprint.get("")
def index() -> Response:
    wanted = Wanted.by_request()
    number = request.args.get("page", 1, type=int)
    with reading(shop().engine) as connection:
        page = listing.page(connection, **wanted.conditions(), number=number, size=PAGE_SIZE)
    return frame.page("admin/orders/index.html", page=page, wanted=wanted, choices=CHOICES)


@blueprint.get("/export")
def download() -> Response:
    conditions, engine = Wanted.by_request().conditions(), shop().engine

    def octets() -> Iterator[bytes]:
        yield codecs.BOM_UTF8  # without it, Excel takes a letter with an accent for two
        with reading(engine) as connection:
            lines = export.lines(listing.each(connection, **conditions))
            while piece := "".join(islice(lines, LINES_AT_ONCE)):
                yield piece.encode("utf-8")

    response = Response(octets(), mimetype="text/csv")
    name = f"orders-{wording.iso_day(shop().now())}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


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
    if max(len(note), len(tracking)) > LONGEST_NOTE:
        return f"Please use at most {LONGEST_NOTE} characters. Nothing was changed."
    return None


def _page(order: Order, *, status: int = HTTPStatus.OK, alert: str | None = None) -> Response:
    method = shop().payments.get(order.payment)
    with reading(shop().engine) as connection:
        invoice = invoices.of_order(connection, order.reference)
        messages = outbox.listing(connection, reference=order.reference)
        tried = attempts.of_order(connection, order.token)
    return frame.page(
        "admin/orders/show.html",
        status=status,
        alert=alert,
        order=order,
        envelope=postal.printed(order.customer),
        payment=method.label if method else order.payment,
        surplus=attempts.surplus(order, tried),
        invoice=invoice,
        is_pdf_possible=papers.typesetter() is not None,
        mail=mail.entries(reversed(messages)),
        most_attempts=MOST_ATTEMPTS,
    )


def _order(reference: str) -> Order:
    try:
        with reading(shop().engine) as connection:
            return lookup.by_reference(connection, reference)
    except OrderNotFound:
        abort(HTTPStatus.NOT_FOUND)


def _status(text: str) -> Status | None:
    return next((status for status in Status if status.value == text), None)
