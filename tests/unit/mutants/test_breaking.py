"""Breaks of a small project, from the question to the verdict."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from mutants.asking import Answer, UnansweredError, ask
from mutants.breaking import Verdict, verdicts
from mutants.entry import Break
from mutants.report import breaks_table, row

BROKEN = Break("a | b", "Nothing adds up.", "sums.py", "a + b", "a - b", ("test_sums.py",))
TESTS = """
from sums import add
def test_nothing(): assert add(1, 0) == 1
def test_a_sum(): assert add(1, 2) == 3
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one function, with its tests."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they start in a third of the time
    project = tmp_path / "project"
    (project / "tests").mkdir(parents=True)
    (project / "sums.py").write_text("def add(a, b):\n    return a + b\n", "utf-8")
    (project / "test_sums.py").write_text(TESTS, "utf-8")
    (project / "tests" / "test_more.py").write_text("def test_more(): pass\n", "utf-8")
    (project / "mutants").symlink_to(Path(__file__).parents[3] / "mutants")
    subprocess.run(["git", "-C", str(project), "init", "-q"], check=True)
    return project


def verdict_of(project: Path, broken: Break, folder: Path) -> Verdict:
    (verdict,) = verdicts(project, [broken], folder, jobs=1, say=lambda _: None)
    return verdict


def test_a_break_is_caught_by_the_first_test_that_fails(project: Path, tmp_path: Path) -> None:
    verdict = verdict_of(project, BROKEN, tmp_path)
    assert verdict.answer is not None
    assert (verdict.is_caught, verdict.answer.failed) == (True, "test_sums.py::test_a_sum")
    assert "assert -1 == 3" in verdict.answer.reason
    assert (project / "sums.py").read_text("utf-8").endswith("a + b\n")


def test_a_break_that_no_test_notices_is_not_caught(project: Path, tmp_path: Path) -> None:
    (project / "test_sums.py").write_text("def test_nothing(): pass\n", "utf-8")
    verdict = verdict_of(project, BROKEN, tmp_path)
    assert (verdict.is_caught, verdict.error) == (False, "")
    assert row(verdict).startswith("NOT CAUGHT")
    assert "**not caught**" in breaks_table([verdict])


def test_a_break_is_asked_of_all_tests_when_its_own_pass(project: Path, tmp_path: Path) -> None:
    (project / "tests" / "test_more.py").write_text(TESTS, "utf-8")
    (project / "test_sums.py").write_text("def test_nothing(): pass\n", "utf-8")
    verdict = verdict_of(project, BROKEN, tmp_path)
    assert verdict.answer is not None
    assert verdict.answer.failed == "tests/test_more.py::test_a_sum"


def test_a_break_that_cannot_even_be_imported_is_no_proof(project: Path, tmp_path: Path) -> None:
    verdict = verdict_of(project, replace(BROKEN, new="a +"), tmp_path)
    assert (verdict.is_caught, verdict.answer) == (False, None)
    assert "SyntaxError" in verdict.error


def test_tests_that_fail_without_a_break_prove_nothing(project: Path, tmp_path: Path) -> None:
    (project / "sums.py").write_text("def add(a, b):\n    return a + b + 1\n", "utf-8")
    with pytest.raises(UnansweredError, match="fails without any break"):
        verdict_of(project, BROKEN, tmp_path)


def test_a_fixture_that_fails_is_no_answer(project: Path) -> None:
    (project / "test_sums.py").write_text(
        "import pytest\n@pytest.fixture\ndef shop(): raise ValueError\ndef test_it(shop): pass\n",
        "utf-8",
    )
    with pytest.raises(UnansweredError, match="setup"):
        ask(project, ["test_sums.py"])


def test_a_table_has_a_row_for_each_break() -> None:
    caught = Verdict(BROKEN, Answer("tests/a.py::test[x|y]", "", 2.04))
    assert breaks_table([caught]).splitlines()[2:] == [
        r"| a \| b | Nothing adds up. | `tests/a.py::test[x\|y]` | 2.0 |"
    ]
