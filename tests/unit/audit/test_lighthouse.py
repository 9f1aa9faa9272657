"""What is made of Lighthouse's answers."""

from __future__ import annotations

import statistics
from typing import Any

import pytest

from audit.lighthouse import figures_of, findings_of


def _run(performance: int, *, is_shown: bool = True, shift: float | None = 0) -> dict[str, Any]:
    full = {"accessibility": 100, "best-practices": 100, "seo": 100}
    return {
        "error": "",
        "warnings": [],
        "machine": 2000,
        "isShown": is_shown,
        "marks": full | {"performance": performance},
        "shift": shift,
        "short": {"performance": ["speed-index: Speed Index: 9 s"]},
    }


def test_the_median_counts() -> None:
    assert all(figure.is_met for figure in figures_of("home", [_run(60), _run(99), _run(100)]))
    missed = [figure for figure in figures_of("home", [_run(98)] * 3) if not figure.is_met]
    assert [figure.what for figure in missed] == ["home, performance"]


def test_a_page_that_was_never_run_is_no_success() -> None:
    with pytest.raises(statistics.StatisticsError):
        figures_of("home", [])


def test_a_run_of_another_page_is_a_miss_whatever_its_marks() -> None:
    figures = figures_of("cart-20", [_run(100), _run(100), _run(100, is_shown=False)])
    assert [figure.figure for figure in figures if not figure.is_met] == [1]


def test_the_worst_shift_counts_and_none_measured_is_a_miss() -> None:
    assert figures_of("home", [_run(100), _run(100, shift=0.02)])[-1].figure == 0.02
    assert not figures_of("home", [_run(100, shift=None)])[-1].is_met


def test_a_missed_mark_is_explained_and_a_skipped_audit_told() -> None:
    assert findings_of("home", [_run(100)]) == []
    assert findings_of("home", [_run(98)])[1:] == [
        "performance 98",
        "speed-index: Speed Index: 9 s",
    ]
    assert "is-crawlable left out" in findings_of("cart-20", [_run(100)])[0]
