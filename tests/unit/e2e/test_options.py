from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from e2e.support import options

PROJECT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("platform", "environ", "is_possible"),
    [
        pytest.param("linux", {}, False, id="no screen"),
        pytest.param("linux", {"DISPLAY": ":0"}, True, id="X11"),
        pytest.param("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True, id="Wayland"),
        pytest.param("darwin", {}, True, id="macOS, which needs neither"),
    ],
)
def test_a_window_needs_a_screen(platform: str, environ: dict[str, str], is_possible: bool) -> None:
    option = Namespace(browser=None, headed=True)
    problem = options.impossible(option, environ, platform=platform)
    assert (problem is None) is is_possible
    assert problem is None or "xvfb-run -a make e2e-headed" in problem


def test_a_browser_that_is_missing_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(options, "_is_installed", lambda engine: engine == "webkit")
    there = options.impossible(Namespace(browser=["chromium", "webkit"], headed=False), {})
    assert there is None
    problem = options.impossible(Namespace(browser=["firefox"], headed=False), {})
    assert problem is not None
    assert problem.endswith("-m playwright install firefox")


def settled(*words: str) -> list[str]:
    """Tracing, screenshot and output as the end-to-end tests settle them for a command line."""
    show = (
        "print(*(getattr(config.option, n) for n in ('tracing', 'screenshot', 'output')), sep=',')"
    )
    plugin = f"def pytest_collection(session):\n    config = session.config\n    {show}"
    code = "import sys, types, pytest\nplugin = types.ModuleType('plugin')\n"
    code += f"exec({plugin!r}, plugin.__dict__)\n"
    code += "sys.exit(pytest.main(sys.argv[1:], plugins=[plugin]))"
    command = [sys.executable, "-c", code, "e2e/test_server.py", "--collect-only", "-q", *words]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.count(",") == 2)
    return line.split(",")


def test_the_config_settles_what_nobody_gave() -> None:
    assert settled() == ["retain-on-failure", "only-on-failure", "test-results"]


def test_what_was_given_wins_even_if_it_is_the_default() -> None:
    words = ("--tracing", "off", "--screenshot=off", "--output", "elsewhere")
    assert settled(*words) == ["off", "off", "elsewhere"]
