"""How the pretend bank's notices come to the shop: as requests to it, like those of any provider.

They do not go over the network, since the bank is served by the same app: so a shop needs no second
server, and no address at which it can reach itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.test import Client

from shop.web.languages.addressing import root

log = logging.getLogger("shop.pretend_bank")

LATE_SECONDS = 5
PAUSES = (2, 10)
"""Seconds before a notice that the shop did not take is sent again."""
TEST_HEADERS = "Shop-"
"""What the headers of the test mode begin with: a notice belongs to the world of its payment."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request that carries a notice, to be sent as often as need be."""

    app: Flask
    base: str
    path: str
    body: bytes
    headers: Mapping[str, str]
    sender: str

    def is_taken(self) -> bool:
        try:
            answer = Client(self.app).post(
                self.path,
                base_url=self.base,
                data=self.body,
                headers=self.headers,
                environ_overrides={"REMOTE_ADDR": self.sender},
                buffered=True,
            )
        except Exception:  # whatever the app raises: a provider only sees that nothing came back
            log.warning("notice_not_taken", exc_info=True)
            return False
        return 200 <= answer.status_code < 300


def deliver(address: str, body: bytes, headers: Mapping[str, str], delay: int) -> None:
    """Sends a notice to an address of this app, now or after some seconds.

    A shop that does not take it hears it again. What is not sent when the server stops is lost, as
    the shop must expect of any provider.
    """
    to = urlsplit(address)
    own = {name: value for name, value in request.headers if name.startswith(TEST_HEADERS)}
    delivery = Delivery(
        app=current_app._get_current_object(),  # type: ignore[attr-defined]
        base=f"{to.scheme}://{to.netloc}{root()}/",
        path=to.path.removeprefix(root()),
        body=body,
        headers={**headers, **own},
        sender=request.remote_addr or "",
    )
    if delay:
        _send_after(delay, delivery, PAUSES)
    else:
        _send(delivery, PAUSES)


def _send(delivery: Delivery, pauses: tuple[int, ...]) -> None:
    if not delivery.is_taken() and pauses:
        _send_after(pauses[0], delivery, pauses[1:])


def _send_after(seconds: int, delivery: Delivery, pauses: tuple[int, ...]) -> None:
    timer = Timer(seconds, _send, (delivery, pauses))
    timer.daemon = True
    timer.start()
