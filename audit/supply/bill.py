"""The bill of materials: every package that a shop runs on, with its hashes, as CycloneDX."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audit.report import Figure, Group, at_least, is_zero
from e2e.support.server import PROJECT

FILE = PROJECT / "test-results" / "sbom.json"


def measure(_: int) -> Group:
    """Writes the bill from the lock, and compares it with what the shop declares that it needs."""
    FILE.parent.mkdir(exist_ok=True)
    write(PROJECT / "requirements" / "run.txt", FILE)
    figures, missing, unhashed = compared(FILE)
    findings = {"missing": missing, "without a hash": unhashed}
    return Group(f"Bill of materials, {FILE.relative_to(PROJECT)}", figures, findings)


def write(lock: Path, file: Path) -> None:
    """Writes the bill of a lock, which cyclonedx-py checks against the schema of the standard."""
    command: list[str | Path] = [
        *(sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", lock),
        *("--pyproject", PROJECT / "pyproject.toml", "--output-reproducible"),
        *("--of", "JSON", "-o", file),
    ]
    subprocess.run(command, check=True, timeout=120)


def compared(file: Path) -> tuple[list[Figure], list[str], list[str]]:
    """Figures of a bill, what the shop needs and it does not list, and what has no hash."""
    components = json.loads(file.read_text("utf-8"))["components"]
    listed = {canonicalize_name(component["name"]) for component in components}
    declared = map(Requirement, requires("crumb") or ())
    needed = {canonicalize_name(each.name) for each in declared if _is_needed(each)}
    missing = sorted(map(str, needed - listed))
    unhashed = [str(component["name"]) for component in components if not _is_hashed(component)]
    figures = [
        at_least("packages", len(components), len(needed)),
        is_zero("needed, but not listed", len(missing)),
        is_zero("without a hash", len(unhashed)),
    ]
    return figures, missing, unhashed


def _is_needed(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def _is_hashed(component: dict[str, list[dict[str, object]]]) -> bool:
    return any(reference.get("hashes") for reference in component.get("externalReferences", ()))
