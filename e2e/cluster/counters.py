"""A Redis or Valkey in which replicas count requests together, where one is installed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.cluster.processes import Process
from e2e.support.debian import COUNTERS, environment
from e2e.support.server import free_port


@contextmanager
def counters(folder: Path, *options: str, port: int | None = None) -> Iterator[str]:
    """The value of SHOP_RATELIMIT_STORAGE for an empty one, at this port or a free one and with
    these options of the server, until the block ends."""
    port = port or free_port()
    own = f"--bind 127.0.0.1 --port {port} --save".split()
    program = COUNTERS.installed()
    command: list[str | Path] = [program, *own, "", "--dir", folder, *options]
    process = Process(command, folder / "counters.log")
    try:
        process.start(environment(program), lambda: _responds(port))
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.stop()


def _responds(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(1) != b""
    except OSError:
        return False
