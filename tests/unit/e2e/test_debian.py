"""Programs of the system are found, or unpacked from Debian's packages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e.support import debian
from e2e.support.debian import COUNTERS, FAKETIME, NGINX, Program

FILES = {
    "nginx": ["usr/sbin/nginx"],
    "redis-server": ["usr/bin/redis-server", "usr/lib/riscv64-linux-gnu/libjemalloc.so.2"],
    "libfaketime": ["usr/lib/riscv64-linux-gnu/faketime/libfaketime.so.1"],
}
"""What is in a package, or in one that it depends on."""


@dataclass
class Machine:
    """A fake for `succeeds`: a Debian that may not know its packages yet."""

    unpacked: Path
    lists_are_known: bool = True
    is_offline: bool = False
    ran: list[str] = field(default_factory=list)

    def succeeds(
        self, command: Sequence[str | Path], _environ: object, _seconds: object, _output: object
    ) -> bool:
        words = [str(word) for word in command]
        match words:
            case ["apt-get", "update"]:
                self.ran.append("update")
                self.lists_are_known = not self.is_offline
                return self.lists_are_known
            case ["apt-get", "install", *rest]:
                packages = [word for word in rest if not word.startswith("-")]
                self.ran.append(f"download {' '.join(packages)}")
                return self.lists_are_known and self._download(rest, packages)
            case ["dpkg-deb", "--extract", package, place]:
                for file in FILES[Path(package).name.partition("_")[0]]:
                    path = Path(place, file)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.touch(0o755)
                return True
            case other:
                raise AssertionError(f"unexpected command {other}")

    def _download(self, rest: list[str], packages: list[str]) -> bool:
        assert "--download-only" in rest
        option = "--option=Dir::Cache::archives="
        (archives,) = (word.removeprefix(option) for word in rest if word.startswith(option))
        assert Path(archives, "partial").is_dir()
        for package in packages:
            Path(archives, f"{package}_1_riscv64.deb").touch()
        return True


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path / "unpacked")
    monkeypatch.setattr(debian, "UNPACKED", machine.unpacked)
    monkeypatch.setattr(debian, "SYSTEM", tmp_path / "usr")
    monkeypatch.setattr(debian, "succeeds", machine.succeeds)
    monkeypatch.setattr(debian, "is_debian", lambda: True)
    monkeypatch.setenv("PATH", "")
    return machine


@pytest.mark.parametrize(
    ("lists_are_known", "ran"),
    [
        pytest.param(True, ["download nginx redis-server"], id="known"),
        pytest.param(
            False,
            ["download nginx redis-server", "update", "download nginx redis-server"],
            id="new",
        ),
    ],
)
def test_packages_are_unpacked_once(
    machine: Machine, lists_are_known: bool, ran: list[str]
) -> None:
    machine.lists_are_known = lists_are_known
    debian.ensure(NGINX, COUNTERS)
    assert NGINX.installed() == str(machine.unpacked / "usr" / "sbin" / "nginx")
    assert COUNTERS.installed() == str(machine.unpacked / "usr" / "bin" / "redis-server")
    assert machine.ran == ran

    debian.ensure(NGINX, COUNTERS)
    assert machine.ran == ran


@pytest.mark.parametrize(
    ("program", "file"),
    [
        pytest.param(NGINX, "sbin/nginx", id="off the PATH"),
        pytest.param(COUNTERS, "bin/valkey-server", id="by its other name"),
        pytest.param(FAKETIME, "lib/riscv64-linux-gnu/faketime/libfaketime.so.1", id="a library"),
    ],
)
def test_what_is_installed_is_used(
    machine: Machine, tmp_path: Path, program: Program, file: str
) -> None:
    installed = tmp_path / "usr" / file
    installed.parent.mkdir(parents=True)
    installed.touch(0o644 if program is FAKETIME else 0o755)
    debian.ensure(program)
    assert debian.needed(program) == str(installed)
    assert machine.ran == []
    assert debian.environment(program.installed()) == os.environ


def test_a_program_that_was_unpacked_finds_its_libraries(machine: Machine) -> None:
    debian.ensure(COUNTERS)
    given = debian.environment(COUNTERS.installed())
    assert given["LD_LIBRARY_PATH"] == str(machine.unpacked / "usr" / "lib" / "riscv64-linux-gnu")
    assert given["PATH"] == ""


def test_where_a_program_cannot_be_had_there_is_none(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lists_are_known, machine.is_offline = False, True
    debian.ensure(NGINX)
    assert NGINX.installed() == ""
    with pytest.raises(pytest.skip.Exception, match="apt-get install nginx"):
        debian.needed(NGINX)

    monkeypatch.setattr(debian, "is_debian", lambda: False)
    machine.ran.clear()
    debian.ensure(NGINX)
    assert machine.ran == []
