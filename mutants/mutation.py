"""Mutation testing of `shop/core`: mutmut changes its functions one operator, name or text at a
time, and the unit tests of core are asked about each change.

mutmut changes neither what is outside functions (bounds, patterns, tables) nor functions with a
decorator, such as properties. The deliberate breaks ask about some of those.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.tree import copy_project

NEEDED = ("shop", "tests")
CORE = "shop/core"
TESTS = "tests/unit/core"
_ARGUMENTS = ("-p", "no:cacheprovider", "-k", "not kib")
"""Tests of memory are not asked: a mutated module takes more of it."""
_SURVIVED = (0, 5, 33)
"""Exit codes that mutmut keeps: the tests passed, there were none, none calls the function. Any
other is a mutant that failed a test, did not end, or ended the process."""


class UnmeasuredError(Exception):
    """mutmut did not come to its end: what it prints says why."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test noticed: what stood there, and what mutmut made of it. A text of
    several lines where the change spans them; empty where a line was added or removed."""

    module: str
    function: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants of a module there are, and those that survived. `module` is its path below
    `shop/core`, without `.py`."""

    module: str
    mutants: int
    survivors: tuple[Survivor, ...]

    @property
    def killed(self) -> int:
        return self.mutants - len(self.survivors)


def percent(scores: Sequence[Score]) -> float:
    """The share of mutants that were killed, 0 to 100."""
    mutants = sum(score.mutants for score in scores)
    return 100 * sum(score.killed for score in scores) / mutants if mutants else 100.0


def measure(project: Path, folder: Path, *, only: str = "", jobs: int = 1) -> list[Score]:
    """Runs mutmut in an empty folder, on a copy of the modules with this text in their path.

    Raises UnmeasuredError when the tests fail without any mutant, or mutmut does not end well.
    """
    copy_project(project, folder, NEEDED)
    (folder / "pyproject.toml").write_text(settings(only), "utf-8")
    # Other plugins than mutmut's own would be loaded for each mutant.
    environ = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
    run = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise UnmeasuredError(f"{run.stdout[-3000:]}{run.stderr[-2000:]}")
    return kept_scores(folder)


def settings(only: str) -> str:
    """The pyproject.toml for mutmut, which has no options for this."""
    values = {
        "source_paths": ["shop"],
        "only_mutate": [f"{CORE}/*{only}*.py"],
        "pytest_add_cli_args": list(_ARGUMENTS),
        "pytest_add_cli_args_test_selection": [TESTS],
        "use_git_change_detection": False,
        # Each mutant starts with empty caches: the tests have been collected, but not run.
        "process_isolation": "forkserver",
    }
    rows = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(["[tool.mutmut]", *rows, ""])


def kept_scores(folder: Path) -> list[Score]:
    """The scores that mutmut has kept in its folder, in the order of the modules' paths.

    Raises UnmeasuredError when a mutant has no verdict.
    """
    scores = []
    mutated = folder / "mutants" / CORE
    for path in sorted(mutated.rglob("*.meta")):
        codes: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
        module = str(path.relative_to(mutated)).removesuffix(".py.meta")
        if None in codes.values():
            raise UnmeasuredError(f"{module}: not every mutant was tested")
        names = [name for name, code in codes.items() if code in _SURVIVED]
        survivors = tuple(survivor(module, name, _diff(folder, name)) for name in names)
        if codes:
            scores.append(Score(module, len(codes), survivors))
    return scores


def survivor(module: str, name: str, diff: str) -> Survivor:
    """A survivor from mutmut's name for it and the unified diff of its function."""
    changed = [row for row in diff.splitlines() if not row.startswith(("+++", "---"))]
    old, new = (
        "\n".join(row[1:].strip() for row in changed if row.startswith(sign)) for sign in "-+"
    )
    return Survivor(module, _function(name), old, new)


def _function(name: str) -> str:
    # shop.core.cart.xǁCartǁadd__mutmut_3 changes Cart.add, shop.core.text.x_tidy__mutmut_7 tidy.
    mangled = name.rpartition(".")[2].rpartition("__mutmut_")[0]
    return mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def _diff(folder: Path, name: str) -> str:
    command = [sys.executable, "-m", "mutmut", "show", name]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
