"""`pip install .` in an empty environment gives a working `shop` command."""

from __future__ import annotations

import os
import re
import subprocess
import venv
from pathlib import Path

import pytest

from e2e.support.server import DIRECT, free_port, running

PROJECT = Path(__file__).resolve().parents[2]
UNREACHABLE = ("Could not find a version", "Failed to establish", "No matching distribution")


def installed(folder: Path) -> Path:
    """The `bin` folder of a new environment with the project and its declared dependencies.

    The lock pins their versions; a package that is only in the lock is not installed.
    """
    venv.create(folder, with_pip=True)
    lock = (PROJECT / "requirements" / "run.txt").read_text("utf-8")
    pins = re.findall(r"^(\w.*==.*) \\\\$", lock, re.MULTILINE)
    constraints = folder / "constraints.txt"
    constraints.write_text("\n".join(re.sub(r"\[\w+\]", "", pin) for pin in pins), "ascii")
    commands = folder / "bin"
    pip = (commands / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    process = subprocess.run(
        [*pip, "install", "--constraint", constraints, PROJECT], capture_output=True, text=True
    )
    if process.returncode and any(reason in process.stderr for reason in UNREACHABLE):
        pytest.skip("no package index can be reached: an empty environment stays empty")
    assert not process.returncode, process.stderr
    return commands


def test_an_installed_shop_runs_from_an_empty_folder(tmp_path: Path) -> None:
    commands = installed(tmp_path / "environment")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shop = commands / "shop"
    port = free_port()
    environ = {"PATH": os.environ["PATH"], "SHOP_PORT": str(port), "SHOP_WORKERS": "1"}
    subprocess.run([shop, "init"], cwd=folder, env=environ, check=True, capture_output=True)
    assert (folder / "instance" / "shop.sqlite3").is_file()
    url, log_file = f"http://127.0.0.1:{port}", tmp_path / "server.log"
    with running([shop, "serve"], f"{url}/readyz", environ, log_file=log_file, folder=folder):
        home = fetch(f"{url}/")
        (style_sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', home)
        assert "@layer" in fetch(f"{url}{style_sheet}")
        assert "What a cookie can carry" in fetch(f"{url}/limits")


def fetch(url: str) -> str:
    with DIRECT.open(url, timeout=10) as response:
        text: str = response.read().decode("utf-8")
        return text
