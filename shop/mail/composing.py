"""A message of the outbox as an email, in plain text and HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

import idna
from flask import Flask

from shop.core.orders import Order
from shop.core.text import marked, tidy
from shop.storage.orders.outbox import Kind, Message, Recipient
from shop.web.checkout import paying, postal
from shop.web.languages.addressing import Languages
from shop.web.languages.texts import EXTENSION, current, gettext, speaking
from shop.web.site.shop import Shop, shop

LONGEST_NAME = 60
"""The most characters of a name in a header."""
SUBJECTS = {
    Kind.CONFIRMATION: marked("Your order %(reference)s"),
    Kind.NEW_ORDER: marked("New order %(reference)s"),
    Kind.SENT: marked("Your order %(reference)s is on its way"),
    Kind.CANCELLED: marked("Your order %(reference)s is cancelled"),
    Kind.REFUNDED: marked("Your order %(reference)s is refunded"),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Where mail comes from: the shop's address on the web, and the two addresses of its mail."""

    url: str
    address: str
    keeper: str


def compose(app: Flask, sender: Sender, message: Message, order: Order, now: int) -> EmailMessage:
    """The email at this moment, in Unix seconds. Only the shopper's has the address of the order's
    page, which is its key.

    Raises ValueError when the recipient's address is none.
    """
    here: Shop = app.extensions["shop"]
    is_for_shopper = message.recipient is Recipient.SHOPPER
    language = here.languages.get(order.language) if is_for_shopper else here.languages.own
    with app.app_context(), speaking(language):
        return _composed(app, sender, message, order, now)


def _composed(app: Flask, sender: Sender, message: Message, order: Order, now: int) -> EmailMessage:
    is_for_shopper = message.recipient is Recipient.SHOPPER
    customer = replace(order.customer, name=tidy(order.customer.name))
    words = shop().words
    title = gettext(SUBJECTS[message.kind], reference=order.reference)
    name = customer.name[:LONGEST_NAME] if is_for_shopper else ""
    shopper = _ascii(customer.email)
    to = shopper if is_for_shopper else sender.keeper
    domain = sender.address.rpartition("@")[2]
    email = EmailMessage(policy=SMTP)
    email["From"] = Address(words.name, addr_spec=sender.address)
    email["To"] = Address(name, addr_spec=to)
    email["Reply-To"] = sender.keeper if is_for_shopper else shopper
    email["Subject"] = f"{words.name}: {title}"
    email["Date"] = datetime.fromtimestamp(now, UTC)
    # The same for every attempt, so that a mailer that got the message twice can drop one.
    email["Message-ID"] = f"<{order.reference}.{message.number}.{message.resends}@{domain}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5
    values = {
        "kind": message.kind.value,
        "order": order,
        "envelope": postal.printed(customer),
        "instructions": paying.instructions(order),
        "address": _address_of(app, sender.url, order) if is_for_shopper else "",
        "words": words,
        "language": current(),
        "title": title,
    }
    email.set_content(app.jinja_env.get_template("mail/order.txt").render(values))
    html = app.jinja_env.get_template("mail/order.html").render(values)
    email.add_alternative(html, subtype="html")
    email["Content-Language"] = current().tag
    return email


def _ascii(address: str) -> str:
    # Every mail server takes a domain in its ASCII form; only some take others (RFC 6531).
    local, at, domain = address.rpartition("@")
    return address if domain.isascii() else f"{local}{at}{idna.encode(domain).decode('ascii')}"


def _address_of(app: Flask, url: str, order: Order) -> str:
    at = urlsplit(url)
    languages: Languages = app.extensions[EXTENSION]
    path = at.path.rstrip("/") + languages.canonical_prefix(current())
    routes = app.url_map.bind(at.netloc, script_name=path or "/", url_scheme=at.scheme)
    return routes.build("order.show", {"token": order.token}, force_external=True)
