"""A placed order, at an address that nobody can guess, and the page that finds it again."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, session, url_for
from werkzeug.wrappers import Response

from shop.core.money import Money
from shop.core.orders import Order, Status
from shop.core.payment import State
from shop.core.text import marked
from shop.storage.engine import reading
from shop.storage.orders import listing, lookup
from shop.storage.payments import attempts
from shop.web.cart.visit import read_visit
from shop.web.checkout import paying, postal, recent_orders
from shop.web.checkout.finding import FindingForm
from shop.web.frame import responses
from shop.web.languages.texts import gettext
from shop.web.site.addresses import addresses
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

STATUSES = {
    Status.PLACED: marked("placed"),
    Status.PAID: marked("paid"),
    Status.SENT: marked("on its way"),
    Status.CANCELLED: marked("cancelled"),
    Status.REFUNDED: marked("refunded"),
}
"""What a shopper reads of each status."""
HEADINGS = {
    Status.PLACED: marked("Thank you. Your order is placed."),
    Status.PAID: marked("Your order is paid."),
    Status.SENT: marked("Your order is on its way."),
    Status.CANCELLED: marked("Your order is cancelled."),
    Status.REFUNDED: marked("Your order is refunded."),
}

blueprint = Blueprint("order", __name__, url_prefix="/orders")

finding = Blueprint("find_order", __name__, url_prefix="/orders/find")
"""The page that finds orders. Its forms have a stricter rate limit than others."""
FINDING_RATELIMIT = "10 per minute"
"""Enough to mistype a reference. One of 40 bits is not guessed at this pace."""
LAST_ORDER = "last order"
"""Session key of the order that the checkout leads back to, while its cart is empty."""


@blueprint.get("/<token>")
def show(token: str) -> Response:
    order = lookup.by_token(shop().engine, token)
    if order is None:
        return _finding_page(FindingForm(formdata=None), HTTPStatus.NOT_FOUND, _NO_SUCH_ADDRESS)
    return responses.page(
        "order/show.html",
        read_visit(),
        order=order,
        heading=gettext(HEADINGS[order.status]),
        status_text=gettext(STATUSES[order.status]),
        envelope=postal.printed(order.customer),
        instructions=paying.instructions(order),
        payment=_payment(order) if paying.is_awaited(order) else None,
        too_late=_too_late(order) if order.status is Status.CANCELLED else [],
    )


_NO_SUCH_ADDRESS = marked(
    "There is no order at this address. Part of it may be missing: you can find your order with "
    "its reference and your email address."
)
_NOT_FOUND = marked(
    "We have no order with this reference and this email address. Please check both against your "
    "confirmation. What you typed is still here."
)


@finding.get("")
def show_form() -> Response:
    return _finding_page(FindingForm(formdata=None))


@finding.post("")
def find() -> Response:
    """Leads to the order's page. An unknown reference and another's order get the same answer."""
    form = FindingForm()
    if not form.validate():
        return _finding_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    with reading(shop().engine) as connection:
        token = lookup.token_for(connection, form.reference.data or "", form.normal_email())
    if token is None:
        return _finding_page(form, HTTPStatus.UNPROCESSABLE_ENTITY, _NOT_FOUND)
    return responses.see_other(url_for("order.show", token=token), read_visit())


@finding.post("/forget")
def forget() -> Response:
    """Makes this browser forget which orders it placed. The orders stay as they are."""
    session.pop(LAST_ORDER, None)
    add_message(gettext("This browser has forgotten your orders. The orders themselves are kept"))
    response = responses.see_other(addresses().find_order, read_visit())
    recent_orders.forget(response)
    return response


def _finding_page(
    form: FindingForm, status: int = HTTPStatus.OK, alert: str | None = None
) -> Response:
    with reading(shop().engine) as connection:
        recent = listing.of_references(connection, recent_orders.references())
    return responses.page(
        "order/find.html",
        read_visit(),
        status=status,
        form=form,
        alert=gettext(alert) if alert else None,
        recent=recent,
        statuses=STATUSES,
    )


@dataclass(frozen=True, slots=True)
class AwaitedPayment:
    """What an unpaid order says: what the last attempt came to, whether its money may be on its
    way, and until when the order is kept."""

    text: str
    may_be_on_its_way: bool
    kept_until: int


SAID = {
    State.OPEN: marked(
        "It is not paid yet, as far as we know. If you have just paid, please do not pay again: we "
        "shall soon hear of it."
    ),
    State.FAILED: marked("The payment did not go through, and no money was taken."),
}


def _too_late(order: Order) -> list[Money]:
    with reading(shop().engine) as connection:
        tried = attempts.of_order(connection, order.token)
    return [each.amount for each in attempts.surplus(order, tried)]


def _payment(order: Order) -> AwaitedPayment:
    with reading(shop().engine) as connection:
        tried = attempts.of_order(connection, order.token)
    last = tried[-1].state if tried else State.OPEN
    since = tried[-1].begun_at if tried else order.placed_at
    kept_until = since + shop().unpaid_seconds
    return AwaitedPayment(gettext(SAID[last]), last is State.OPEN, kept_until)
