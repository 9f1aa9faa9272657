"""Has a page written as PDF, in another process: that takes seconds and much memory, during which
the shop answers others, and a fault of a library for fonts ends that process only (ADR 26)."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urljoin

LIMIT_SECONDS = 45
"""How long a PDF may take, the wait for another one included. nginx waits for 60 seconds."""
BASE = "https://shop.invalid"
"""Where the addresses of a page lead to: nowhere (RFC 6761, section 6.4)."""
COMMAND = (sys.executable, "-m", "shop.pdf.writing")
LIBRARIES = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll")
"""What Pango's part for PDF is called on Linux, macOS and Windows. It brings the others along that
WeasyPrint needs."""


class NotWritten(Exception):
    """A page could not be written as PDF. The text is for logs."""


class Typesetter:
    """Writes pages as PDF, one at a time in each process of the shop."""

    def __init__(
        self, command: Sequence[str] = COMMAND, *, limit_seconds: float = LIMIT_SECONDS
    ) -> None:
        self._command = command
        self._limit_seconds = limit_seconds
        self._is_free = threading.Lock()

    def __call__(self, html: str, styles: Mapping[str, str]) -> bytes:
        """The PDF of a page and its style sheets, by the paths that it refers to them by. The same
        page gives the same octets on the same machine. Raises NotWritten."""
        page = {
            "html": html,
            "base": BASE,
            "styles": {urljoin(BASE, path): sheet for path, sheet in styles.items()},
        }
        if not self._is_free.acquire(timeout=self._limit_seconds):
            raise NotWritten("another PDF took too long")
        try:
            return self._written(json.dumps(page).encode("ascii"))
        finally:
            self._is_free.release()

    def _written(self, page: bytes) -> bytes:
        try:
            done = subprocess.run(
                self._command,
                input=page,
                capture_output=True,
                timeout=self._limit_seconds,
                env=_without_secrets(os.environ),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise NotWritten(str(problem)) from None
        if done.returncode or not done.stdout.startswith(b"%PDF-"):
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotWritten(f"exit code {done.returncode}: {said[-1] if said else ''}")
        return done.stdout


def typesetter(load: Callable[[str], object] = ctypes.CDLL) -> Typesetter | None:
    """What writes PDFs; None where Pango is not installed: `load` raises OSError for a library that
    is missing."""
    return Typesetter() if any(_is_there(name, load) for name in LIBRARIES) else None


def _is_there(name: str, load: Callable[[str], object]) -> bool:
    try:
        load(name)
    except OSError:
        return False
    return True


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("SHOP_")}
