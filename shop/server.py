"""The server that `shop serve` runs: gunicorn with gevent. docs/adr/0005 says why."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask
from gevent import monkey, socket  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.ggevent import GeventWorker

from shop.side_process import SideProcess

if TYPE_CHECKING:
    from psycopg.abc import RV, PQGen

CONNECTIONS = 2_000
"""Open connections of each worker: one that sends nothing more takes a few kilobytes, no thread."""
LONGEST_LINE = 8190
"""The longest request line that gunicorn allows; a full cart as a link takes 4,320 characters."""
LONGEST_FIELD = 65_536
"""The most octets of a request header, its name included: room for fifteen of the largest
cookies."""
KEEP_ALIVE_SECONDS = 15
"""How long an idle connection stays open; a proxy must close its own sooner, since it would lose a
request that it sends while the shop closes."""
STOP_SECONDS = 5
SELECTED = 1024
"""select(2) can wait for file descriptors below this: FD_SETSIZE of glibc."""


def wait(gen: PQGen[RV], fileno: int, interval: float = 0.0, timeout: float | None = None) -> RV:
    """psycopg's wait for a server, by way of gevent: with select, which takes two thirds of the
    time of poll, where that can wait for this file descriptor."""
    from psycopg import waiting  # only on PostgreSQL

    waited = waiting.wait_select if fileno < SELECTED else waiting.wait_poll
    return waited(gen, fileno, interval, timeout)


class Worker(GeventWorker):  # type: ignore[misc]
    """A process in which each connection has a greenlet, so that a slow one holds nobody up."""

    def patch(self) -> None:
        # As gunicorn's own, but without ssl: it is imported already, which gevent warns about, and
        # the shop terminates no TLS.
        monkey.patch_all(ssl=False)
        if "psycopg" in sys.modules:
            from psycopg import waiting

            # The parent imported it before this patch: it would wait in C and hold up the process.
            waiting.wait = wait
        self.sockets = [
            socket.socket(listener.FAMILY, socket.SOCK_STREAM, fileno=listener.sock.detach())
            for listener in self.sockets  # type: ignore[has-type]
        ]


@dataclass(frozen=True, slots=True)
class Measured:
    """The process that serves metrics, and what to do about the process id of a dead worker."""

    beside: SideProcess
    bury: Callable[[int], None]


class Parent(Arbiter):  # type: ignore[misc]
    """The process that keeps up the workers, and other processes beside them."""

    def __init__(self, app: BaseApplication, beside: Sequence[SideProcess]) -> None:
        self._beside = beside
        super().__init__(app)

    def manage_workers(self) -> None:
        # gunicorn calls this about once a second.
        super().manage_workers()
        for process in self._beside:
            process.keep_up()

    def reload(self) -> None:
        super().reload()
        for process in self._beside:
            process.stop()  # and then it is kept up, with what it reads anew


class Server(BaseApplication):  # type: ignore[misc]
    """Serves an app until the process is stopped, with a side process, and metrics, if there are to
    be any."""

    def __init__(
        self,
        create_app: Callable[[], Flask],
        *,
        host: str,
        port: int,
        workers: int,
        beside: SideProcess | None = None,
        measured: Measured | None = None,
    ) -> None:
        self._create_app = create_app
        self._beside = [beside] if beside else []
        self._bury = measured.bury if measured else None
        if measured:
            self._beside.append(measured.beside)
        self._address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._workers = workers
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self._address,
            "workers": self._workers,
            "worker_class": Worker,
            "worker_connections": CONNECTIONS,
            "keepalive": KEEP_ALIVE_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": LONGEST_LINE,
            # More than the default 8,190: a browser with large cookies of another app on this host
            # sends them all in one header, and must still be able to load a page.
            "limit_request_field_size": LONGEST_FIELD,
            # SHOP_TRUSTED_PROXIES alone decides which proxies are trusted.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._create_app()

    def run(self) -> None:
        beside, bury = self._beside, self._bury
        if not beside:
            super().run()
            return
        self.cfg.set("post_fork", lambda _parent, _worker: _each(beside, SideProcess.leave))
        self.cfg.set("on_exit", lambda _parent: _each(beside, SideProcess.stop))
        if bury is not None:
            self.cfg.set("child_exit", lambda _parent, worker: bury(worker.pid))
        Parent(self, beside).run()


def _each(processes: Sequence[SideProcess], do: Callable[[SideProcess], None]) -> None:
    for process in processes:
        do(process)
