"""The private address where Prometheus reads the metrics: a process beside the server, which adds
up what its workers have written to a folder.

It is a process of its own because gunicorn's parent forks, which goes badly with threads, and a
worker would serve them on the shop's port.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry, start_wsgi_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the folder, in each worker."""


def command(folder: Path, host: str, port: int) -> tuple[str, ...]:
    """The command that serves the metrics of a folder until its standard input ends."""
    return sys.executable, "-m", __name__, str(folder), host, str(port)


def empty(folder: Path) -> None:
    """Makes the folder anew: a server's counts begin at zero, as Prometheus expects of counters."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def bury(folder: Path, process_id: int) -> None:
    """Drops what a dead worker was doing. What it counted stays."""
    mark_process_dead(process_id, str(folder))  # type: ignore[no-untyped-call]


def serve(folder: Path, host: str, port: int) -> None:
    """Serves the metrics until standard input ends. Raises OSError."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    server, thread = start_wsgi_server(port, host, registry)
    sys.stdin.buffer.read()
    server.shutdown()
    thread.join()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
