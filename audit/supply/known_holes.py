"""Known holes in locked packages, as pip-audit asks the index about them.

An index that knows no advisories answers like one that knows of no hole, and pip-audit reports both
as "No known vulnerabilities found". So a version with holes is asked about as well, and what cannot
be checked is called that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.report import Figure, Group, is_zero, not_checked
from e2e.support.server import PROJECT

LOCKS = ("run", "dev")
"""What a shop needs to run, and what its tests need. The scanner is left out: it keeps old versions
on purpose, and meets only a shop on this machine."""
WITH_HOLES = "jinja2==2.11.2"
"""Any index with advisories knows some about this: CVE-2020-28493 and CVE-2024-22195."""
LONGEST_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Answers:
    """What an index says about packages: those with holes, with their advisories, those that it
    could not say anything about, and how many they are in all."""

    holes: dict[str, list[str]]
    skipped: list[str]
    count: int

    @classmethod
    def read(cls, report: dict[str, Any]) -> Answers:
        packages = report["dependencies"]
        return cls(
            {
                f"{each['name']} {each['version']}": [hole["id"] for hole in each["vulns"]]
                for each in packages
                if each.get("vulns")
            },
            [each["name"] for each in packages if "skip_reason" in each],
            len(packages),
        )


def measure(_: int) -> Group:
    """How many locked packages have known holes, as far as that can be told from here."""
    knows_holes = bool(_trial().holes)
    answers = {lock: _ask(PROJECT / "requirements" / f"{lock}.txt") for lock in LOCKS}
    figures = [figure_of(lock, answers[lock], knows_holes) for lock in LOCKS]
    findings = {
        name: [f"{package}: {', '.join(ids)}" for package, ids in answer.holes.items()]
        for name, answer in answers.items()
    }
    return Group("Known holes in locked packages", figures, findings)


def figure_of(lock: str, answers: Answers, knows_holes: bool) -> Figure:
    """The figure of a lock: a hole counts in any case, but none is only believed of an index that
    knows holes, and has an answer for every package."""
    what = f"{lock}.txt, packages with known holes"
    if answers.holes or (knows_holes and not answers.skipped and answers.count):
        return is_zero(what, len(answers.holes))
    if knows_holes and answers.count:
        few = f"{len(answers.skipped)} of {answers.count} packages"
        return not_checked(what, f"the index says nothing about {few}")
    return not_checked(what, "the package index of this machine has no advisories")


def _trial() -> Answers:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.txt"
        file.write_text(f"{WITH_HOLES}\n", "utf-8")
        return _ask(file, "--no-deps")


def _ask(file: Path, *options: str) -> Answers:
    command: list[str | Path] = [
        *(sys.executable, "-m", "pip_audit", "--requirement", file, "--disable-pip"),
        *("--format", "json", "--progress-spinner", "off"),
        *options,
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    try:  # its exit status is 1 for holes, and for an index that it cannot reach
        return Answers.read(json.loads(result.stdout))
    except ValueError:
        return Answers({}, [], 0)
