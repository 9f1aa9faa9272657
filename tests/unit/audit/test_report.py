"""Verdicts, tables and the JSON of the audit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.report import (
    MOST_TOLD,
    Figure,
    Group,
    at_least,
    at_most,
    is_zero,
    not_checked,
    table,
    write,
)


@pytest.mark.parametrize(
    ("figure", "is_met"),
    [
        pytest.param(at_most("css", 28_000, 28_000), True, id="exactly at most"),
        pytest.param(at_most("css", 28_001, 28_000), False, id="one too many"),
        pytest.param(at_least("marks", 99, 99), True, id="exactly at least"),
        pytest.param(at_least("marks", 98.5, 99), False, id="half too few"),
        pytest.param(is_zero("violations", 0), True, id="none"),
        pytest.param(is_zero("violations", 1), False, id="one"),
    ],
)
def test_a_figure_is_judged_by_its_target(figure: Figure, is_met: bool) -> None:
    assert figure.is_met is is_met


@pytest.mark.parametrize(
    ("figures", "is_met"),
    [
        pytest.param([is_zero("a", 0), is_zero("b", 0)], True, id="all met"),
        pytest.param([is_zero("a", 0), is_zero("b", 1)], False, id="one missed"),
    ],
)
def test_a_group_is_met_when_all_its_figures_are(figures: list[Figure], is_met: bool) -> None:
    assert Group("any", figures).is_met is is_met


def test_a_table_shows_figure_target_verdict_and_findings() -> None:
    group = Group("Weight", [at_most("css", 28_001, 28_000, " bytes")], {"css": ["too much"]})
    assert table(group).splitlines() == [
        "",
        "Weight: 0 of 1 ok",
        "",
        "css  28,001  at most 28,000 bytes  MISSED",
        "  css: too much",
    ]


def test_what_is_not_checked_is_neither_ok_nor_missed() -> None:
    group = Group("Holes", [not_checked("run.txt", "no index"), is_zero("dev.txt", 0)])
    assert group.is_met
    assert table(group).splitlines()[1:4] == [
        "Holes: 1 of 2 ok",
        "",
        "run.txt  -  no index  NOT CHECKED",
    ]


def test_a_table_truncates_a_long_list_of_findings() -> None:
    group = Group("axe", [is_zero("home", 20)], {"home": ["contrast"] * (MOST_TOLD + 3)})
    assert table(group).count("contrast") == MOST_TOLD
    assert table(group).endswith("home: and 3 more")


def test_the_json_has_every_figure_and_finding(tmp_path: Path) -> None:
    path = tmp_path / "results" / "audit.json"
    write([Group("axe", [is_zero("home", 1)], {"home": ["contrast"] * 40})], path)
    (group,) = json.loads(path.read_text("utf-8"))
    assert group["figures"] == [
        {"what": "home", "figure": 1, "asked": "0", "is_met": False, "is_checked": True}
    ]
    assert len(group["findings"]["home"]) == 40
    assert group["is_met"] is False
