from __future__ import annotations

import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from unittest.mock import Mock

import pytest

from e2e import conftest
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
    problem = options.problem_with(option, environ, platform=platform)
    assert (problem is None) is is_possible
    assert problem is None or "xvfb-run -a make e2e-headed" in problem


def test_a_missing_browser_is_reported_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(options, "_is_installed", lambda engine: engine == "webkit")
    no_problem = options.problem_with(Namespace(browser=["chromium", "webkit"], headed=False), {})
    assert no_problem is None
    problem = options.problem_with(Namespace(browser=["firefox"], headed=False), {})
    assert problem is not None
    assert problem.endswith("-m playwright install firefox")


def effective_options(*arguments: str) -> list[str]:
    """The values of tracing, screenshot and output that a command line results in."""
    show = (
        "print(*(getattr(config.option, n) for n in ('tracing', 'screenshot', 'output')), sep=',')"
    )
    plugin = f"def pytest_collection(session):\n    config = session.config\n    {show}"
    code = "import sys, types, pytest\nplugin = types.ModuleType('plugin')\n"
    code += f"exec({plugin!r}, plugin.__dict__)\n"
    code += "sys.exit(pytest.main(sys.argv[1:], plugins=[plugin]))"
    command = [sys.executable, "-c", code, "e2e/test_server.py", "--collect-only", "-q", *arguments]
    environ = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.count(",") == 2)
    return line.split(",")


def test_options_default_to_the_config() -> None:
    assert effective_options() == ["retain-on-failure", "only-on-failure", "test-results/e2e"]


def test_a_worker_of_xdist_has_these_options_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    option = Namespace(tracing="off", screenshot="off", output="elsewhere")
    config = Mock(
        option=option, workerinput={}, invocation_params=Mock(args=["--output=elsewhere"])
    )
    config.getini.return_value = []
    conftest.pytest_configure(config)
    assert vars(option) == {
        "tracing": "retain-on-failure",
        "screenshot": "only-on-failure",
        "output": "elsewhere",
    }


def test_command_line_options_win_even_with_default_values() -> None:
    arguments = ("--tracing", "off", "--screenshot=off", "--output", "elsewhere")
    assert effective_options(*arguments) == ["off", "off", "elsewhere"]
