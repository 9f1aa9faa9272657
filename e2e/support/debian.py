"""Programs of the system that the tests start.

Where one is not installed, Debian's package is unpacked into the virtual environment: installing it
would take root, and start a server.

`python -m e2e.support.debian` makes sure that they are there, and prints which.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from e2e.support.commands import INSTALL_SECONDS, STDERR, is_debian, succeeds

SYSTEM = Path("/usr")
UNPACKED = Path(sys.prefix) / "debian"
"""Where packages are unpacked, with those that they need and that are not installed. A copy of the
project, which `make mutants` breaks, runs with the same Python, and finds them there."""


@dataclass(frozen=True, slots=True)
class Program:
    """A file of a package, which has one of these names. On a system of another kind it is looked
    for on the PATH; on Debian also in folders below /usr, which the PATH may lack."""

    package: str
    names: tuple[str, ...]
    folders: tuple[str, ...] = ("sbin", "bin")

    def installed(self) -> str:
        """Its path; empty when it is neither installed nor unpacked."""
        places = os.pathsep.join(map(str, self._places()))
        found = (shutil.which(name, mode=os.F_OK, path=places) for name in self.names)
        return next(filter(None, found), "")

    def _places(self) -> Iterator[str | Path]:
        yield os.environ.get("PATH", "")
        for root in (SYSTEM, UNPACKED / "usr"):
            for folder in self.folders:
                yield from root.glob(folder)


NGINX = Program("nginx", ("nginx",))
COUNTERS = Program("redis-server", ("valkey-server", "redis-server"))
FAKETIME = Program("libfaketime", ("libfaketime.so.1",), ("lib/*/faketime",))
"""A library that gives a process another time, for LD_PRELOAD."""
PROGRAMS = (NGINX, COUNTERS, FAKETIME)


def missing(program: Program) -> str:
    """What is missing, and what brings it."""
    return f"{program.package} is missing. On Debian and Ubuntu: apt-get install {program.package}"


def needed(program: Program) -> str:
    """Its path. Skips the test that asks where there is none."""
    return program.installed() or pytest.skip(missing(program))


def ensure(*programs: Program) -> None:
    """On Debian and Ubuntu, unpacks what is not installed of these programs.

    Call it before the test workers start, since each would download the same.
    """
    packages = [program.package for program in programs if not program.installed()]
    if packages and is_debian():
        with tempfile.TemporaryDirectory() as folder:
            _unpack(packages, Path(folder))


def _unpack(packages: list[str], folder: Path) -> None:
    def runs(*command: str | Path) -> bool:
        return succeeds(command, os.environ, INSTALL_SECONDS, STDERR)

    (folder / "partial").mkdir()
    options = (
        f"Dir::Cache::archives={folder}",
        "Debug::NoLocking=true",  # the locks are root's, and nothing is installed
        "APT::Sandbox::User=root",  # another user could not write into the folder
    )
    download = (
        *("apt-get", "install", "--yes", "--quiet", "--download-only", "--no-install-recommends"),
        *(f"--option={option}" for option in options),
        *packages,
    )
    if runs(*download) or (runs("apt-get", "update") and runs(*download)):
        for package in folder.glob("*.deb"):
            runs("dpkg-deb", "--extract", package, UNPACKED)


def environment(program: str) -> Mapping[str, str]:
    """The environment for a program at this path: one that was unpacked finds its libraries."""
    if not Path(program).is_relative_to(UNPACKED):
        return os.environ
    folders = (UNPACKED / "usr" / "lib").glob("*-linux-*")
    return {**os.environ, "LD_LIBRARY_PATH": os.pathsep.join(map(str, folders))}


def main() -> None:
    ensure(*PROGRAMS)
    for program in PROGRAMS:
        found = program.installed() or "none, so the tests that need it are skipped"
        print(f"{program.package}: {found}")


if __name__ == "__main__":
    main()
