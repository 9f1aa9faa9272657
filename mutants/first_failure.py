"""A pytest plugin that keeps the first test that failed, and why, in a file."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

VARIABLE = "MUTANTS_FIRST_FAILURE"
"""The environment variable with the path of that file."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.failed:
        return
    crash = getattr(report.longrepr, "reprcrash", None)
    found = {"test": report.nodeid, "when": report.when, "reason": getattr(crash, "message", "")}
    with suppress(FileExistsError), Path(os.environ[VARIABLE]).open("x", encoding="utf-8") as file:
        json.dump(found, file)
