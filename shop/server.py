"""The server that `shop serve` runs: gunicorn with threads. docs/adr/0005 says why."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread

THREADS = 2
"""Threads of each worker: one works while the other waits for the database."""
LONGEST_LINE = 8190
"""The longest request line that gunicorn allows; a full cart as a link takes 4,320 characters."""
LONGEST_FIELD = 65_536
"""The most octets of a request header, its name included: room for fifteen of the largest
cookies."""
STOP_SECONDS = 5
PATIENCE_SECONDS = 0.01
"""How long a thread waits for a new connection's first bytes before it leaves the connection to
the event loop. Browsers open connections ahead of need; with gunicorn's own five seconds, two of
them would block a worker."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves an app until the process is stopped."""

    def __init__(
        self, create_app: Callable[[], Flask], *, host: str, port: int, workers: int
    ) -> None:
        self._create_app = create_app
        self._address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._workers = workers
        super().__init__()

    def load_config(self) -> None:
        gthread.DEFAULT_WORKER_DATA_TIMEOUT = PATIENCE_SECONDS
        settings = {
            "bind": self._address,
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 15,
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
