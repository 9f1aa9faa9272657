"""Running all tests many times in a row."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from e2e.support.steady import kept_busy, repeated


def _that(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_each_run_says_how_all_its_commands_ended() -> None:
    said: list[str] = []
    clock = count(100, 7)
    suites = [_that("print('x\\n==== 3 passed in 1s ====')"), _that("print('5 passed')")]

    assert repeated(suites, 2, said.append, now=lambda: next(clock))

    assert said == [
        "run 1 of 2: 3 passed in 1s; 5 passed; 7 s in all",
        "run 2 of 2: 3 passed in 1s; 5 passed; 7 s in all",
    ]


def test_the_first_failure_ends_it_with_the_output(tmp_path: Path) -> None:
    said: list[str] = []
    once = tmp_path / "once"
    second_fails = (
        f"from pathlib import Path; it = Path({str(once)!r}); seen = it.exists(); it.touch(); "
        "print('F\\n1 failed' if seen else '1 passed'); raise SystemExit(seen)"
    )
    clock = count()

    assert not repeated(
        [_that(second_fails), _that("print('2 passed')")],
        30,
        said.append,
        now=lambda: next(clock),
    )

    assert said == [
        "run 1 of 30: 1 passed; 2 passed; 1 s in all",
        "F\n1 failed\n",
        "run 2 of 30: 1 failed; 1 s in all",
    ]


def test_the_cores_are_free_afterwards() -> None:
    with kept_busy(2) as processes:
        assert [process.poll() for process in processes] == [None, None]
    assert all(process.returncode for process in processes)
