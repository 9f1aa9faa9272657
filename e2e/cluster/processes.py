"""Processes that end with a block, and that a test may kill before."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from e2e.support.server import PROJECT
from e2e.support.waiting import until

STOP_SECONDS = 20


class EndedEarlyError(Exception):
    """A process ended before it was ready."""


class Process:
    """A command in a session of its own, so that it and its children can be killed together."""

    def __init__(self, command: Sequence[str | Path], log_file: Path) -> None:
        self._command = command
        self._log_file = log_file
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int:
        assert self._running is not None, "it was never started"
        return self._running.pid

    def start(self, environ: Mapping[str, str], is_ready: Callable[[], bool]) -> None:
        """Starts it, and waits until it is ready. Raises EndedEarlyError when it ends instead."""
        with self._log_file.open("ab") as log:
            self._running = subprocess.Popen(
                self._command,
                env=environ,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running = self._running
        until(lambda: running.poll() is not None or is_ready())
        if running.poll() is not None:
            raise EndedEarlyError(f"{self._command[0]} ended; see {self._log_file}")

    def ask_to_stop(self) -> None:
        """Sends SIGTERM, as a service manager does, and does not wait."""
        self._signal(signal.SIGTERM)

    def wait(self) -> int:
        """Waits until it has ended by itself; its exit code. Raises TimeoutExpired."""
        return self._running.wait(STOP_SECONDS) if self._running else 0

    def stop(self) -> None:
        """Ends it, without a wait for idle connections."""
        self._signal(signal.SIGINT)
        try:
            self.wait()
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends it and its children with SIGKILL, as when its machine loses power."""
        if self._running is not None:
            with suppress(ProcessLookupError):  # they have all ended
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._running is not None:
            self._running.send_signal(number)
