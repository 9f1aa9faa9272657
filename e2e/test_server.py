"""What browsers need of the server, beside pages."""

from __future__ import annotations

import socket
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlsplit

from e2e.support.server import DIRECT, RunningShop


def test_connections_that_are_opened_ahead_hold_nobody_up(shop: RunningShop) -> None:
    address = urlsplit(shop.url)
    with ExitStack() as opened:
        for _ in range(8):
            opened.enter_context(socket.create_connection((address.hostname, address.port)))
        with DIRECT.open(f"{shop.url}/healthz", timeout=4) as answer:
            assert answer.status == 200


def test_big_cookies_of_another_program_lock_nobody_out(shop: RunningShop) -> None:
    cookies = "; ".join(f"big{number}={'x' * 4000}" for number in range(10))
    asked = urllib.request.Request(f"{shop.url}/cart", headers={"Cookie": cookies})
    with DIRECT.open(asked) as answer:
        assert answer.status == 200
