"""Asks tests about a copy of the project, until the first of them fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants import first_failure

EVERYTHING = ("tests",)
OWN_TESTS = "tests/unit/mutants"
"""These fail for any break, since they check that its old text is there."""
MOST_SECONDS = 1800


class UnansweredError(Exception):
    """The tests did not run: what they print says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The first test that failed, and its message; None when all passed."""

    failed: str | None
    reason: str
    seconds: float


def ask(tree: Path, tests: Sequence[str], *, jobs: int = 1) -> Answer:
    """Runs tests in a copy of the project. Raises UnansweredError when a test cannot be collected
    or set up: then it says nothing about the shop."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "failure.json"
        command = [sys.executable, "-m", "pytest", *tests, "-q", "-x", "-p", first_failure.__name__]
        command += ["-p", "no:cacheprovider", f"--ignore={OWN_TESTS}"]
        command += ["-n", str(jobs)] if jobs > 1 else []
        try:
            run = subprocess.run(
                command,
                cwd=tree,
                env=_environ(tree, result),
                capture_output=True,
                text=True,
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnansweredError(f"no answer within {MOST_SECONDS} seconds") from None
        seconds = time.monotonic() - started
        if run.returncode == 0:
            return Answer(None, "", seconds)
        found = json.loads(result.read_text("utf-8")) if result.exists() else {}
    if run.returncode != 1 or found.get("when") != "call":
        raise UnansweredError(f"{found or ''}\n{run.stdout[-3000:]}{run.stderr[-2000:]}")
    return Answer(found["test"], found["reason"], seconds)


def _environ(tree: Path, result: Path) -> dict[str, str]:
    kept = ("SHOP_E2E_CHROMIUM", "SHOP_E2E_FIREFOX")
    inherited = {
        name: value
        for name, value in os.environ.items()
        # Bytecode is written, so that each copy need not compile everything again.
        if name in kept or (not name.startswith("SHOP_") and name != "PYTHONDONTWRITEBYTECODE")
    }
    return inherited | {
        "PYTHONPATH": str(tree),  # before the shop that is installed
        "CI": "1",  # Hypothesis draws the same examples each time
        first_failure.VARIABLE: str(result),
    }
