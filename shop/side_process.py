"""A process beside the server: started with it, again when it crashes, and ended with it."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

RESTART_SECONDS = 60
"""The least time between two restarts, so that a process that cannot run takes no processor."""
STOP_SECONDS = 5
"""How long it may take to finish what it is at."""


class SideProcess:
    """A command in a process of its own, which runs until its standard input ends. That happens
    when the server stops it, and also when the server dies."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._environ = environ
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._next_restart = 0.0

    def keep_up(self) -> None:
        """Starts it, or starts it again when it has ended: at once the first time, and then once a
        minute. Never raises OSError: the shop goes on without it."""
        if self._process is not None and self._process.poll() is None:
            return
        now = self._clock()
        if self._process is not None:
            if now < self._next_restart:
                return
            self._next_restart = now + RESTART_SECONDS
            logging.getLogger("shop.side_process").error("restarted")
            self.leave()
        try:
            # Ctrl+C is not for it: it ends with the server, which a session of its own ensures.
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdin=subprocess.PIPE, start_new_session=True
            )
        except OSError as problem:
            logging.getLogger("shop.side_process").error("not started", exc_info=problem)

    def wait(self, seconds: float | None = None) -> None:
        """Waits until it ends by itself. Raises TimeoutExpired."""
        if self._process is not None:
            self._process.wait(seconds)

    def stop(self) -> None:
        """Ends it: at once when it waits, within five seconds in any case."""
        if self._process is None:
            return
        self.leave()
        try:
            self.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def leave(self) -> None:
        """Closes this process's end of its standard input, such as a worker's copy of it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
