"""Command-line options: which were given, and which cannot work here."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

WHERE = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright:\n"
    "    print(playwright.{}.executable_path)"
)


def not_given(config: pytest.Config, names: Iterable[str]) -> list[str]:
    """The options among these that were not given, and so have the plugin's default."""
    arguments = [
        *config.invocation_params.args,
        *shlex.split(os.environ.get("PYTEST_ADDOPTS", "")),
        *config.getini("addopts"),
    ]
    names_given = {word.partition("=")[0] for word in arguments}
    return [name for name in names if f"--{name}" not in names_given]


def problem_with(
    option: Any, environ: Mapping[str, str], *, platform: str = sys.platform
) -> str | None:
    """Says why these options cannot work: a browser is not installed, or there is no screen for a
    window. None if they can."""
    for engine in option.browser or ():
        if engine != "chromium" and not _is_installed(engine):
            return (
                f"--browser {engine}: Playwright has no {engine} here. "
                f"Install it with: {sys.executable} -m playwright install {engine}"
            )
    has_screen = any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if option.headed and platform == "linux" and not has_screen:
        return (
            "--headed: there is no screen to show a browser on (DISPLAY is not set). "
            "Leave --headed out, or run it on a virtual screen: xvfb-run -a make e2e-headed"
        )
    return None


def _is_installed(engine: str) -> bool:
    # In a separate process: Playwright's sync API refuses to start twice in one thread.
    command = [sys.executable, "-c", WHERE.format(engine)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.returncode == 0 and Path(process.stdout.strip()).exists()
