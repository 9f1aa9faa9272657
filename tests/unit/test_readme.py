"""The README's tables are complete."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from shop.cli import main
from shop.config import SETTINGS, Setting

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("setting", [pytest.param(s, id=s.variable) for s in SETTINGS.values()])
def test_the_readme_lists_every_setting(setting: Setting) -> None:
    default = f"`{setting.default}`" if setting.default else "empty"
    assert f"| `{setting.variable}` | {default} | {setting.meaning} |" in README


def _commands(group: click.Group, prefix: str) -> list[str]:
    names = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            names += _commands(command, f"{prefix} {name}")
        elif not command.hidden:
            names.append(f"{prefix} {name}")
    return names


@pytest.mark.parametrize("command", _commands(main, "shop"))
def test_the_readme_lists_every_command(command: str) -> None:
    assert f"| `{command}" in README
