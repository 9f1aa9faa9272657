"""The figures and findings drawn from Lighthouse's results."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from audit.lighthouse import figures_of, findings_of


def _run(
    performance: int, *, is_shown: bool = True, shift: float | None = 0, repeats: int = 0
) -> dict[str, Any]:
    full = {"accessibility": 100, "best-practices": 100, "seo": 100}
    return {
        "error": "",
        "warnings": [],
        "machine": 2000,
        "isShown": is_shown,
        "marks": full | {"performance": performance},
        "shift": shift,
        "repeats": repeats,
        "short": {"performance": ["speed-index: Speed Index: 9 s"]},
    }


def test_the_median_counts() -> None:
    assert all(figure.is_met for figure in figures_of("home", [_run(60), _run(99), _run(100)]))
    missed = [figure for figure in figures_of("home", [_run(98)] * 3) if not figure.is_met]
    assert [figure.what for figure in missed] == ["home, performance"]


def test_a_page_without_runs_is_an_error() -> None:
    with pytest.raises(statistics.StatisticsError):
        figures_of("home", [])


def test_a_run_that_showed_another_page_fails_whatever_its_scores() -> None:
    figures = figures_of("cart-20", [_run(100), _run(100), _run(100, is_shown=False)])
    assert [figure.figure for figure in figures if not figure.is_met] == [1]


def test_the_worst_layout_shift_counts_and_a_missing_one_fails() -> None:
    assert figures_of("home", [_run(100), _run(100, shift=0.02)])[-1].figure == 0.02
    assert not figures_of("home", [_run(100, shift=None)])[-1].is_met


def test_missed_scores_are_explained_and_skipped_audits_reported() -> None:
    assert findings_of("home", [_run(100)]) == []
    assert findings_of("home", [_run(98)])[1:] == [
        "performance 98",
        "speed-index: Speed Index: 9 s",
    ]
    assert "is-crawlable left out" in findings_of("cart-20", [_run(100)])[0]


def test_repeated_runs_are_reported() -> None:
    runs = [_run(100), _run(100, repeats=2), _run(100, repeats=1)]
    assert findings_of("home", runs) == ["runs without the beginning of the page load, repeated: 3"]
