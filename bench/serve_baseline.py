"""Serves the baseline on the server of `shop serve`, with its workers."""

import os
import sys

from granian.constants import Interfaces
from granian.server import Server

from shop.cli import BACKPRESSURE, BLOCKING_THREADS
from shop.config import Settings

if __name__ == "__main__":
    Server(
        "bench.baseline:create_app",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        factory=True,
        workers=Settings.from_environ(os.environ).workers,
        blocking_threads=BLOCKING_THREADS,
        backpressure=BACKPRESSURE,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()
