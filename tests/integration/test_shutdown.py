"""A shop that is asked to stop finishes what it has begun, accepts nothing new, and leaves no
process behind."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from e2e.cluster.replicas import Replica, replicas
from e2e.support.server import free_port
from e2e.support.waiting import until

FORM = b"sku=MUG&quantity=2"
HEAD = (
    b"POST /cart/lines HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n"
    b"Connection: close\r\nExpect: 100-continue\r\n\r\n" % len(FORM)
)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Replica]:
    """A shop with all its processes: a worker, which has started when this is ready, one for mail,
    and one for metrics."""
    settings = {
        "SHOP_WORKERS": "1",
        "SHOP_SEND_MAIL": "on",
        "SHOP_METRICS": f"127.0.0.1:{free_port()}",
    }
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    with replicas(tmp_path, 1, url, **settings) as (started,):
        yield started


def test_a_request_is_finished_after_sigterm_and_no_other_is_accepted(shop: Replica) -> None:
    to = urlsplit(shop.url)
    address = (to.hostname or "", to.port or 0)
    processes = psutil.Process(shop.process.process_id).children(recursive=True)
    assert len(processes) == 3
    with socket.create_connection(address, timeout=10) as begun:
        begun.sendall(HEAD + FORM[:5])
        assert begun.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"  # a worker has it in hand
        shop.process.ask_to_stop()
        until(lambda: is_refused(address))
        begun.sendall(FORM[5:])
        with begun.makefile("rb") as stream:
            response = stream.read()
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 303 ")
    assert b"\r\nSet-Cookie: cart=" in head
    assert b"\r\nContent-Length: %d\r\n" % len(body) in head
    assert shop.process.wait() == 0
    _, alive = psutil.wait_procs(processes, timeout=5)
    assert alive == []


def is_refused(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) != 0
