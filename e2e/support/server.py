"""A real shop on a free port, with its own database and keys."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

PROJECT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "shop.cli"]
KEY = "a key for end-to-end tests and nothing else"
START_SECONDS = 30
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Served:
    """A shop that can be reached: its address, and its database file."""

    url: str
    database: Path

    def change(self, statement: str, *values: object) -> None:
        """Changes the database directly."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            connection.execute(statement, values)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Queries the database directly."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return connection.execute(question).fetchall()


@dataclass(frozen=True, slots=True)
class RunningShop(Served):
    """A served shop, the environment it was started in, and the process that its workers are
    children of."""

    environ: dict[str, str]
    process_id: int

    def mail(self, kind: str) -> list[str]:
        """The messages of a kind that were sent so far, as files hold them."""
        sent = self.database.parent.glob(f"mail/*-{kind}.eml")
        return [file.read_text("utf-8") for file in sent]


@dataclass(frozen=True, slots=True)
class World(Served):
    """A shop beside others on one server in test mode: a request is in it when it brings these
    headers."""

    headers: dict[str, str]

    def enter(self, context: BrowserContext) -> None:
        """From now on every request of this browser is in this world, those of its
        `context.request` too."""
        context.set_extra_http_headers(self.headers)

    def begin(self) -> None:
        """Makes its database, which is a copy of the server's."""
        self._send("POST", "/test/reset")

    def end(self) -> None:
        """Deletes its database."""
        self._send("DELETE", "/test/world")

    def _send(self, method: str, path: str) -> None:
        request = urllib.request.Request(self.url + path, method=method, headers=self.headers)
        DIRECT.open(request, timeout=10).close()


def prepare(instance: Path, **settings: str) -> Path:
    """Prepares a shop with the demo catalogue in this folder, to be served or copied."""
    environ = _environ(instance, settings)
    subprocess.run([*COMMAND, "init"], env=environ, cwd=PROJECT, check=True, capture_output=True)
    return instance


@contextmanager
def running_shop(instance: Path, **settings: str) -> Iterator[RunningShop]:
    """Serves the prepared shop in this folder until the block ends."""
    environ = _environ(instance, settings)
    port = int(settings.get("SHOP_PORT", 0)) or free_port()
    environ["SHOP_PORT"] = str(port)
    url = f"http://127.0.0.1:{port}"
    command = [*COMMAND, "serve"]
    log = instance / "server.log"
    with running(command, f"{url}/readyz", environ, log_file=log) as process_id:
        yield RunningShop(url, instance / "shop.sqlite3", environ, process_id)


@contextmanager
def world_of(server: RunningShop, name: str) -> Iterator[World]:
    """A new world of a server that runs with SHOP_TEST_MODE=on, until the block ends."""
    database = server.database.parent / "worlds" / f"{name}.sqlite3"
    world = World(server.url, database, {"Shop-World": name})
    world.begin()
    try:
        yield world
    finally:
        world.end()


@contextmanager
def running(
    command: Sequence[str | Path],
    ready_url: str,
    environ: Mapping[str, str],
    *,
    log_file: Path,
    folder: Path = PROJECT,
) -> Iterator[int]:
    """Runs a server, whose process id this gives, until the block ends; the block starts once
    `ready_url` responds.

    Raises RuntimeError when it exits before, NotReadyError when it does not respond.
    """
    with log_file.open("ab") as log:
        server = subprocess.Popen(command, env=environ, cwd=folder, stdout=log, stderr=log)
        try:
            _wait_until_ready(ready_url, server)
            yield server.pid
        finally:
            # As Ctrl+C does. SIGTERM would let the shop wait for idle connections of the browser.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _environ(instance: Path, settings: dict[str, str]) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        # Without bytecode, each server would compile the shop anew.
        if not name.startswith("SHOP_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return inherited | {
        "SHOP_INSTANCE": str(instance),
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_RATELIMIT_ENABLED": "off",
        "SHOP_WORKERS": "1",
        "SHOP_SEND_MAIL": "off",  # another process; a test that needs it turns it on
        **settings,
    }


class NotReadyError(Exception):
    """The server does not respond yet."""


@retry(
    retry=retry_if_exception_type(NotReadyError),
    stop=stop_after_delay(START_SECONDS),
    wait=wait_fixed(0.05),
    reraise=True,
)
def _wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    if server.poll() is not None:
        raise RuntimeError(f"the server ended with {server.returncode}; see server.log")
    try:
        DIRECT.open(url, timeout=5).close()
    except (OSError, urllib.error.URLError) as problem:
        raise NotReadyError(str(problem)) from None
