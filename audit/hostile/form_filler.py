"""Does for a scanner what a person at a browser does with a form, so that the shop accepts it.

Wapiti reads each form once. Then it sends it hundreds of times with one field attacked, and with
`default` in every field that was empty. The shop would refuse nearly all of that: `default` is no
price, the product has changed since the form was read, the order has taken this step, the cart was
ordered. So on their way to the shop, forms get plausible values for those fields, and what has
become old is brought up to date. An attacked field stays as it is, and so does the CSRF token.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qsl, urlencode

from audit.hostile.exploring import FORM, fields_of
from audit.hostile.wire import Send, Sent
from e2e.support import demo_customer
from e2e.support.photos import painted
from e2e.support.server import KEY, Served
from shop.core import cookie
from shop.core.cart import Cart, Line

BY_ROTE = frozenset({"default", "Hi there!", "wapiti2021@mailinator.com"})
"""What Wapiti writes into an empty field: AUTOFILL_VALUES in its `html_parser`."""
PICTURE_BY_ROTE = b"GIF89a"
PLAUSIBLE: Mapping[str, str] = {
    **demo_customer.FIELDS,
    **{"name": "A blue mug", "line_2": "", "region": "", "price": "12.50", "compare_at_price": ""},
    **{"vat_rate": "20", "stock": "7", "category": "Kitchen", "slug": "", "image": ""},
    **{"tracking": "RM 1234 5678 9 GB", "code": "SPRING10"},
}
"""What a person would write, by the name of the field; an empty text leaves it empty."""
NOT_PRESSED = frozenset({"recount"})
"""Buttons beside the one that sends the form. Wapiti presses all of a form's buttons at once."""
STATES = frozenset({"version", "stock_seen", "once"})
"""Hidden fields that say what the shop was like when the form was shown."""
CHECKOUT = "/checkout"
COUNTRY = re.compile(r"[A-Z]{2}")
PRODUCT = re.compile(r"/admin/products/\d+")
STEP = re.compile(r"/admin/orders/([^/]+)/steps")
BEFORE = {"paid": "placed", "sent": "placed", "cancelled": "placed", "refunded": "paid"}
"""The status from which an order that is paid by invoice comes to another one."""
_COOKIE = re.compile(rb"\r\ncookie: *([^\r]*)", re.IGNORECASE)
_TYPE = re.compile(rb"\r\ncontent-type: *([^\r;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormFiller:
    """Fills in the forms that are sent to a shop behind TLS, whose pages it can fetch with `send`.

    `bought` is the cookie number of the product that every order is about, and `known` has values
    that only this shop accepts, by the name of the field.
    """

    shop: Served
    send: Send
    bought: int
    known: Mapping[str, str]
    _counter: count[int] = field(default_factory=lambda: count(1))

    def __call__(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """A request as it goes on: its request line and headers, and its body."""
        kind = (_found(_TYPE, head)).lower()
        if kind == "multipart/form-data":
            return head, body.replace(_sent_file(PICTURE_BY_ROTE), _sent_file(painted(240, 180)))
        if kind != FORM:
            return head, body
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode("latin-1")
        sent = parse_qsl(
            body.decode("ascii", "surrogateescape"),
            keep_blank_values=True,
            errors="surrogateescape",
        )
        if path == CHECKOUT:
            head = self._with_a_new_cart(head)
        if step := STEP.fullmatch(path):
            self._put_back(step[1], dict(sent).get("status", ""))
        fresh = self._fresh(path, _found(_COOKIE, head))
        return head, urlencode(list(self._filled(sent, fresh)), errors="surrogateescape").encode()

    def _filled(
        self, sent: Iterable[tuple[str, str]], fresh: Mapping[str, str]
    ) -> Iterable[tuple[str, str]]:
        for name, value in sent:
            if name in fresh:
                yield name, fresh[name]
            elif name == "country" and COUNTRY.fullmatch(value):
                yield name, PLAUSIBLE[name]  # the one that the address is in
            elif value in BY_ROTE and name == "sku":
                yield name, f"SCAN-{next(self._counter)}"  # a product's own, so never twice
            elif value in BY_ROTE:
                yield name, self.known.get(name, PLAUSIBLE.get(name, value))
            elif name not in NOT_PRESSED:
                yield name, value

    def _fresh(self, path: str, cookies: str) -> dict[str, str]:
        if path != CHECKOUT and not PRODUCT.fullmatch(path):
            return {}
        page = self.send(Sent("GET", path, (("Cookie", cookies),))).body.decode("utf-8")
        return {name: value for name, value in fields_of(page, path).items() if name in STATES}

    def _with_a_new_cart(self, head: bytes) -> bytes:
        # Each with a time of its own: the same cart in the same browser is the same order.
        cart = Cart((Line(self.bought, 1),), int(time.time()) - next(self._counter))
        value = cookie.encode(cart, [KEY], name=cookie.SECURE_NAME)
        others = [
            each
            for each in _found(_COOKIE, head).split("; ")
            if each and not each.startswith(f"{cookie.SECURE_NAME}=")
        ]
        cookies = "; ".join([*others, f"{cookie.SECURE_NAME}={value}"]).encode("latin-1")
        return _COOKIE.sub(b"", head).replace(b"\r\n\r\n", b"\r\nCookie: %s\r\n\r\n" % cookies)

    def _put_back(self, reference: str, wanted: str) -> None:
        # In one transaction: an order that can take a step has no mail about it, and gets one.
        with closing(sqlite3.connect(self.shop.database, timeout=10)) as connection, connection:
            connection.execute(
                "DELETE FROM outbox WHERE kind IN ('sent', 'cancelled', 'refunded') "
                "AND order_number = (SELECT number FROM orders WHERE reference = ?)",
                [reference],
            )
            connection.execute(
                "UPDATE orders SET status = ? WHERE reference = ?",
                [BEFORE.get(wanted, "placed"), reference],
            )


def _found(pattern: re.Pattern[bytes], head: bytes) -> str:
    match = pattern.search(head)
    return match[1].decode("latin-1") if match else ""


def _sent_file(octets: bytes) -> bytes:
    return b"\r\n\r\n%s\r\n" % octets
