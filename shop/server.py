"""The server that `shop serve` runs: gunicorn with threads. docs/adr/0005 says why this one."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread

THREADS = 2
"""Python threads of a worker: one works while the other waits for the database."""
LONGEST_LINE = 8190
"""The most that gunicorn lets a request line have; a full cart as a link takes 4,320."""
LONGEST_FIELD = 65_536
"""The most octets of a header line, the name among them: fifteen of the largest cookies."""
STOP_SECONDS = 5
PATIENCE_SECONDS = 0.01
"""How long a thread waits for a connection to say something, before it is watched without one.
Browsers open connections ahead of need; gunicorn's own five seconds each would let two of them
hold up everybody."""


class Server(BaseApplication):  # type: ignore[misc]
    """An app served to the outside until the process is told to stop."""

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
            # More than its own 8,190: a browser that holds big cookies of another app on this
            # host sends them in one line, and can still load the page that helps it.
            "limit_request_field_size": LONGEST_FIELD,
            # Who is believed about https and addresses is decided once, by SHOP_TRUSTED_PROXIES.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._create_app()
