"""The table of subjects is consistent with the demo catalogue and itself."""

from __future__ import annotations

import csv

import pytest

from e2e.support.server import PROJECT
from e2e.support.subjects import MEASURED, ONE, SUBJECTS, TROUBLED, TWENTY, Subject, chosen

CATALOGUE = (PROJECT / "shop" / "demo" / "catalogue.csv").read_text("utf-8")
NUMBERS = {
    row["sku"]: number for number, row in enumerate(csv.DictReader(CATALOGUE.splitlines()), 1)
}


def test_subjects_have_unique_names() -> None:
    names = [subject.name for subject in SUBJECTS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("subject", [pytest.param(each, id=each.name) for each in SUBJECTS])
def test_a_subject_has_a_valid_address_and_cart(subject: Subject) -> None:
    assert subject.path.startswith("/")
    assert subject.cookie is None or subject.cookie(NUMBERS)
    assert subject.shows or not subject.cookie or subject.steps


def test_the_cart_of_twenty_has_twenty_lines_without_problems() -> None:
    assert len(TWENTY) == 20
    assert not TWENTY.keys() & (TROUBLED.keys() - ONE.keys())


@pytest.mark.parametrize("name", MEASURED)
def test_measured_subjects_need_only_a_cookie(name: str) -> None:
    (subject,) = chosen((name,))
    assert subject.steps is None


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        pytest.param(("home",), {"home"}, id="a name"),
        pytest.param(("home", "error-4*"), {"home", "error-404"}, id="a pattern"),
        pytest.param(("nowhere",), set(), id="none"),
        pytest.param((), {subject.name for subject in SUBJECTS}, id="all"),
    ],
)
def test_subjects_are_chosen_by_name(patterns: tuple[str, ...], expected: set[str]) -> None:
    assert {subject.name for subject in chosen(patterns)} == expected
