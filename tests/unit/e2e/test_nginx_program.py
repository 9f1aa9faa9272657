from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e.support import nginx


@dataclass
class Machine:
    """A fake for `succeeds`: a Debian without nginx, which may not know its packages yet."""

    unpacked: Path
    lists_are_known: bool = True
    is_offline: bool = False
    ran: list[str] = field(default_factory=list)

    def succeeds(
        self,
        command: Sequence[str | Path],
        _environ: object,
        _seconds: object,
        _output: object,
        folder: Path,
    ) -> bool:
        self.ran.append(" ".join(map(str, command[:2])))
        match [str(part) for part in command]:
            case ["apt-get", "update"]:
                self.lists_are_known = not self.is_offline
                return self.lists_are_known
            case ["apt-get", "download", "nginx"]:
                if self.lists_are_known:
                    (folder / "nginx_1.26_amd64.deb").touch()
                return self.lists_are_known
            case ["dpkg", "-x", package, place]:
                assert package.endswith("nginx_1.26_amd64.deb")
                program = Path(place, "usr", "sbin", "nginx")
                program.parent.mkdir(parents=True)
                program.touch(0o755)
                return True
            case other:
                raise AssertionError(f"unexpected command {other}")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path / "nginx")
    monkeypatch.setattr(nginx, "UNPACKED", machine.unpacked)
    monkeypatch.setattr(nginx, "SYSTEM", tmp_path / "sbin")
    monkeypatch.setattr(nginx, "succeeds", machine.succeeds)
    monkeypatch.setattr(nginx, "is_debian", lambda: True)
    monkeypatch.setenv("PATH", "")
    return machine


@pytest.mark.parametrize(
    ("lists_are_known", "ran"),
    [
        pytest.param(True, ["apt-get download", "dpkg -x"], id="known"),
        pytest.param(
            False, ["apt-get download", "apt-get update", "apt-get download", "dpkg -x"], id="new"
        ),
    ],
)
def test_the_package_is_unpacked_into_the_project(
    machine: Machine, lists_are_known: bool, ran: list[str]
) -> None:
    machine.lists_are_known = lists_are_known
    assert nginx.ensure({}) == str(machine.unpacked / "usr" / "sbin" / "nginx")
    assert machine.ran == ran

    assert nginx.ensure({}) == nginx.installed()
    assert machine.ran == ran  # once


def test_an_installed_nginx_is_used(machine: Machine, tmp_path: Path) -> None:
    installed = tmp_path / "sbin" / "nginx"
    installed.parent.mkdir()
    installed.touch(0o755)
    assert nginx.ensure({}) == str(installed)
    assert machine.ran == []


def test_where_it_cannot_be_had_there_is_none(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lists_are_known, machine.is_offline = False, True
    assert nginx.ensure({}) == ""
    monkeypatch.setattr(nginx, "is_debian", lambda: False)
    machine.ran.clear()
    assert nginx.ensure({}) == ""
    assert machine.ran == []
