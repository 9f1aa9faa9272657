"""Rate limits that several processes share through a store, and what happens when it is down."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from e2e.cluster.counters import counters
from e2e.support.debian import COUNTERS, needed
from e2e.support.server import free_port
from shop.config import Settings, SettingsError
from shop.factory import create_app
from tests.conftest import KEY, Opener
from tests.integration.client import LintingClient, text_of

READY = (200, {"status": "ready"})


@contextmanager
def store(folder: Path, port: int, *options: str) -> Iterator[None]:
    """A server on this port until the block ends, which keeps nothing."""
    needed(COUNTERS)
    with counters(folder, *options, port=port):
        yield


@pytest.fixture
def port() -> int:
    return free_port()


def posts(visitor: LintingClient, count: int) -> list[int]:
    """The statuses of this many additions to the cart."""
    return [visitor.add("MUG").status_code for _ in range(count)]


def readiness(visitor: LintingClient) -> tuple[int, dict[str, str]]:
    response = visitor.get("/readyz")
    assert response.json
    return response.status_code, response.json


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_processes_share_their_counts(
    open_shop: Opener, tmp_path: Path, port: int, scheme: str
) -> None:
    settings = {
        "SHOP_RATELIMIT_STORAGE": f"{scheme}://127.0.0.1:{port}",
        "SHOP_RATELIMIT": "3 per hour",
    }
    with store(tmp_path, port):
        one, two = (open_shop(**settings).visitor() for _ in range(2))
        assert posts(one, 2) + posts(two, 1) == [303, 303, 303]
        refused = [visitor.add("PENCIL") for visitor in (one, two)]
        assert [response.status_code for response in refused] == [429, 429]
        assert text_of(refused[0].text, "h1") == "Too many requests"
        assert readiness(one) == READY


@pytest.mark.parametrize("scheme", ["redis+unix", "valkey+unix"])
def test_a_unix_socket(open_shop: Opener, tmp_path: Path, port: int, scheme: str) -> None:
    path = tmp_path / "store.sock"
    shop = open_shop(SHOP_RATELIMIT_STORAGE=f"{scheme}://{path}", SHOP_RATELIMIT="1 per hour")
    with store(tmp_path, port, "--unixsocket", str(path)):
        assert posts(shop.visitor(), 2) == [303, 429]
        assert readiness(shop.visitor()) == READY


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_a_store_that_dies_and_comes_back(
    open_shop: Opener, tmp_path: Path, port: int, scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = open_shop(
        SHOP_RATELIMIT_STORAGE=f"{scheme}://127.0.0.1:{port}", SHOP_RATELIMIT="3 per hour"
    )
    visitor = shop.visitor()
    with caplog.at_level(logging.INFO, "shop.rate_limits"):
        with store(tmp_path, port):
            assert posts(visitor, 1) == [303]
        assert posts(visitor, 4) == [303, 303, 303, 429]  # counted in memory, from the beginning
        status, body = readiness(visitor)
        assert (status, body["status"]) == (200, "ready")
        assert "the rate limit store is down" in body["degraded"]
        with store(tmp_path, port):
            assert readiness(visitor) == READY
            assert posts(visitor, 4) == [303, 303, 303, 429]
    assert [record.message for record in caplog.records] == [
        "rate_limit_store_down",
        "rate_limit_store_back",
    ]
    assert str(port) in caplog.records[0].__dict__["reason"]


def test_a_store_that_comes_back_is_used_without_a_look_at_readiness(
    open_shop: Opener, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.web.site.rate_limits.ASK_AGAIN_SECONDS", 0)
    shop = open_shop(
        SHOP_RATELIMIT_STORAGE=f"redis://127.0.0.1:{port}", SHOP_RATELIMIT="2 per hour"
    )
    assert posts(shop.visitor(), 3) == [303, 303, 429]
    with store(tmp_path, port):
        assert posts(shop.visitor(), 3) == [303, 303, 429]


def test_a_store_that_may_not_be_written_to_counts_as_down(
    open_shop: Opener,
    tmp_path: Path,
    port: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shop.web.site.rate_limits.ASK_AGAIN_SECONDS", 0)
    shop = open_shop(
        SHOP_RATELIMIT_STORAGE=f"redis://127.0.0.1:{port}", SHOP_RATELIMIT="3 per hour"
    )
    with store(tmp_path, port, "--replicaof", "127.0.0.1", "1"):
        assert posts(shop.visitor(), 4) == [303, 303, 303, 429]
        assert "degraded" in readiness(shop.visitor())[1]
    assert [record.message for record in caplog.records] == ["rate_limit_store_down"]


def test_a_silent_store_is_waited_for_once(
    open_shop: Opener, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.web.site.rate_limits.LONGEST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr("shop.web.site.rate_limits.ASK_AGAIN_SECONDS", 3600)
    with socket.create_server(("127.0.0.1", port)) as silent:
        shop = open_shop(SHOP_RATELIMIT_STORAGE=f"redis://127.0.0.1:{port}")
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()  # nothing connects at the start of the shop
        assert posts(shop.visitor(), 5) == [303] * 5
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_requests_that_wait_for_the_store_together_are_all_counted(
    open_shop: Opener, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.web.site.rate_limits.LONGEST_WAIT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", port)), ThreadPoolExecutor(4) as pool:
        shop = open_shop(
            SHOP_RATELIMIT_STORAGE=f"redis://127.0.0.1:{port}", SHOP_RATELIMIT="3 per hour"
        )
        visitors = [shop.visitor() for _ in range(4)]
        assert all(visitor.token for visitor in visitors)
        statuses = pool.map(lambda visitor: visitor.add("MUG").status_code, visitors)
        assert sorted(statuses) == [303, 303, 303, 429]


@pytest.mark.parametrize(
    "address",
    ["foo://", "memcached://localhost:11211", "redis://:secret@host:port", "localhost:6379"],
)
def test_an_unsupported_store_is_refused_without_its_password(tmp_path: Path, address: str) -> None:
    environ = {"SHOP_SECRET_KEYS": KEY, "SHOP_INSTANCE": str(tmp_path)}
    settings = Settings.from_environ(environ | {"SHOP_RATELIMIT_STORAGE": address})
    with pytest.raises(SettingsError, match="SHOP_RATELIMIT_STORAGE: write memory://") as refused:
        create_app(settings)
    assert "secret" not in str(refused.value)
