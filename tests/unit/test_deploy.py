"""What `deploy/` says of the shop is true: settings that it accepts, and commands that it has."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from shop.cli import main
from shop.config import SETTINGS, Settings
from shop.factory import create_app
from tests.conftest import KEY

DEPLOY = Path(__file__).parents[2] / "deploy"
USES = re.compile(r"/opt/crumb/\.venv/bin/shop((?: [a-z][a-z-]+)+)")


def settings_of_file() -> dict[str, str]:
    text = (DEPLOY / "shop.env").read_text("utf-8")
    lines = [line.lstrip("#") for line in text.splitlines() if re.match(r"#?SHOP_", line)]
    return dict(line.split("=", 1) for line in lines)


def test_a_shop_starts_with_the_settings(tmp_path: Path) -> None:
    environ = settings_of_file()
    assert set(environ) <= {setting.variable for setting in SETTINGS.values()}
    keys = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY}
    app = create_app(Settings.from_environ(environ | keys))
    assert app.test_client().get("/healthz", base_url="https://shop.example").status_code == 200


@pytest.mark.parametrize("name", ["crumb.service", "crumb-backup.service"])
def test_a_unit_runs_commands_that_there_are(name: str) -> None:
    used = USES.findall((DEPLOY / name).read_text("utf-8"))
    assert used
    for words in used:
        command: click.Command = main
        for word in words.split():
            if isinstance(command, click.Group):
                found = command.commands.get(word)
                assert found, f"shop has no {words}"
                command = found


def test_a_container_installs_what_the_project_locks() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r requirements/run.txt" in text
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split("!")
    copied = re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE)
    assert {name for names in copied for name in names.split()} <= {it.split()[0] for it in kept}
