"""A Redis or Valkey in which replicas count requests together, where one is installed."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.cluster.processes import Process
from e2e.support.server import free_port


def installed() -> str:
    """The path of its server; empty when there is none."""
    return shutil.which("valkey-server") or shutil.which("redis-server") or ""


@contextmanager
def counters(folder: Path) -> Iterator[str]:
    """The value of SHOP_RATELIMIT_STORAGE for an empty one, until the block ends."""
    port = free_port()
    options = f"--bind 127.0.0.1 --port {port} --save".split()
    process = Process([installed(), *options, "", "--dir", folder], folder / "counters.log")

    def is_ready() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        process.start(os.environ, is_ready)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.stop()
