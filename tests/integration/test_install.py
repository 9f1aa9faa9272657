"""The wheel, with its declared dependencies and nothing else, gives a working `shop` command.

Nothing is downloaded: the dependencies are linked from the environment of the tests, which the
same lock filled.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from e2e.support.server import DIRECT, free_port, running

PROJECT = Path(__file__).resolve().parents[2]
BUILD = "import sys, {backend} as backend; print(backend.build_wheel(sys.argv[1]))"


def declared(requirements: Iterable[str]) -> dict[str, Distribution]:
    """What pip would install for these requirements, by name; the versions must satisfy them."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    wanted = list(requirements)
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        found[name] = distribution(name)
        assert requirement.specifier.contains(found[name].version), requirement
        inner = set(_required(found[name], requirement.extras)) - seen
        seen |= inner
        wanted += inner
    return found


def _required(package: Distribution, extras: Iterable[str] = ()) -> Iterator[str]:
    for line in package.requires or ():
        marker = Requirement(line).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield line


def environment(folder: Path, packages: Iterable[Distribution]) -> Path:
    """The `bin` folder of a new environment with links to these packages only."""
    venv.create(folder, symlinks=True)
    for package in packages:
        for file in package.files or ():
            if ".." not in file.parts:  # its commands, which would start another Python
                place = site_packages(folder) / file
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(Path(str(file.locate())))
    return folder / "bin"


def site_packages(folder: Path) -> Path:
    (place,) = folder.glob("lib/python*/site-packages")
    return place


def installed(folder: Path) -> Path:
    """The `bin` folder of a new environment with the project and its declared dependencies.

    A package that is only in the lock is not there, nor is one that only builds the project.
    """
    build = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["build-system"]
    commands = environment(folder / "build", declared(build["requires"]).values())
    script = BUILD.format(backend=build["build-backend"])
    wheel = folder / run(commands / "python", "-c", script, folder).splitlines()[-1]

    environment(folder / "shop", ())
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    here = ("--python", folder / "shop" / "bin" / "python")
    run(*pip, *here, "install", "--no-index", "--no-deps", wheel)
    (project,) = distributions(path=[str(site_packages(folder / "shop"))])
    packages = declared(_required(project))
    lock = (PROJECT / "requirements" / "run.txt").read_text("utf-8")
    pins = set(re.findall(r"^([\w.-]+)(?:\[.*\])?==([\w.]+)", lock, re.MULTILINE))
    versions = {name: package.version for name, package in packages.items()}
    assert versions.items() <= pins
    return environment(folder / "shop", packages.values())


def run(*command: str | Path) -> str:
    process = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert not process.returncode, process.stderr
    return process.stdout


def test_an_installed_shop_runs_from_an_empty_folder(tmp_path: Path) -> None:
    commands = installed(tmp_path)
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
        (style_sheet,) = re.findall(r'<link rel="stylesheet" href="(/static/[^"]+)"', home)
        assert "@layer" in fetch(f"{url}{style_sheet}")
        assert "What a cookie can carry" in fetch(f"{url}/limits")


def fetch(url: str) -> str:
    with DIRECT.open(url, timeout=10) as response:
        text: str = response.read().decode("utf-8")
        return text
