"""Mail about orders as a keeper sees it: what is not sent, and a message to read or send again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Flask, abort, current_app, url_for
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.core.errors import MailRefused
from shop.mail.composing import Sender, compose
from shop.mail.sending import MOST_ATTEMPTS
from shop.storage.engine import reading, writing
from shop.storage.orders import outbox
from shop.storage.orders.outbox import Kind, Message, Recipient, State
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

MOST_LISTED = 50
TITLES = {
    Kind.CONFIRMATION: "Confirmation",
    Kind.NEW_ORDER: "New order",
    Kind.SENT: "On its way",
    Kind.CANCELLED: "Cancellation",
    Kind.REFUNDED: "Refund",
}
_SENDER = "mail sender"
_IN_FILES = "mail is written to files"
_NUMBER = f"/<int(min=1, max={outbox.LARGEST_NUMBER}):number>"

blueprint = Blueprint("mail", __name__, url_prefix="/mail")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as a list names it: what it is, who it goes to, and what became of it."""

    message: Message
    title: str
    to: str
    state: State


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says: its subject line and its plain text, or what is wrong with it."""

    subject: str = ""
    text: str = ""
    problem: str = ""


def register(app: Flask, sender: Sender, *, is_in_files: bool) -> None:
    """Lets the pages know where the shop's mail comes from, and whether it only goes to files."""
    app.extensions[_SENDER] = sender
    app.extensions[_IN_FILES] = is_in_files


def entries(messages: Iterable[Message]) -> list[Entry]:
    """Messages as a list names them."""
    now = shop().now()
    return [Entry(it, TITLES[it.kind], _to(it), it.state(now)) for it in messages]


@blueprint.get("")
def index() -> Response:
    with reading(shop().engine) as connection:
        counts = outbox.counts(connection)
        given_up, waiting = (
            outbox.listing(connection, is_given_up=is_given_up, limit=MOST_LISTED)
            for is_given_up in (True, False)
        )
    return frame.page(
        "admin/mail/index.html",
        counts=counts,
        given_up=entries(given_up),
        waiting=entries(waiting),
        is_in_files=current_app.extensions[_IN_FILES],
        most_attempts=MOST_ATTEMPTS,
    )


@blueprint.get(_NUMBER)
def show(number: int) -> Response:
    return _page(_message(number))


@blueprint.post(f"{_NUMBER}/again")
def resend(number: int) -> Response:
    _message(number)
    try:
        with writing(shop().engine) as connection:
            outbox.resend(connection, number, now=shop().now())
    except MailRefused as refused:
        return _page(_message(number), status=HTTPStatus.CONFLICT, alert=str(refused))
    add_message("The message is waiting to be sent again.")
    return frame.see_other(url_for("admin.mail.show", number=number))


def _page(message: Message, *, status: int = HTTPStatus.OK, alert: str | None = None) -> Response:
    (entry,) = entries([message])
    return frame.page(
        "admin/mail/show.html",
        status=status,
        alert=alert,
        entry=entry,
        letter=_letter(message),
        most_attempts=MOST_ATTEMPTS,
    )


def _letter(message: Message) -> Letter:
    order = outbox.order_of(shop().engine, message)
    try:
        email = compose(current_app, _sender(), message, order, shop().now())
    except ValueError as problem:  # such as an address that is none
        return Letter(problem=str(problem))
    body = email.get_body(("plain",))
    return Letter(str(email["Subject"]), str(body.get_content()) if body else "")


def _message(number: int) -> Message:
    with reading(shop().engine) as connection:
        return outbox.of_number(connection, number) or abort(HTTPStatus.NOT_FOUND)


def _to(message: Message) -> str:
    is_for_shopper = message.recipient is Recipient.SHOPPER
    return message.sent_to or (message.email if is_for_shopper else _sender().keeper)


def _sender() -> Sender:
    sender: Sender = current_app.extensions[_SENDER]
    return sender
