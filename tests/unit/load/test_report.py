"""Which promises a run has broken, and how it is told."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import replace

import pytest

from load.crowd import Tally, kind_of
from load.memory import LEAST_CARTS, MOST_GROWTH_KIB, Growth
from load.report import Run, broken, percentiles, text

FLAT = Growth(60, 80, 81, 1.5)
LEAK = replace(FLAT, slope=MOST_GROWTH_KIB + 1)


def tally(carts: int = LEAST_CARTS) -> Tally:
    done = Tally(carts=carts, lines=3 * carts)
    done.seconds["cart"] = array("d", [0.01, 0.02, 0.03])
    done.seconds["home"] = array("d", [0.04])
    return done


def run() -> Run:
    return Run(
        wanted=LEAST_CARTS,
        tally=tally(),
        seconds=10,
        shop_seconds=0.008,
        client_seconds=0.002,
        memory={7: FLAT},
        changed=[],
        is_limited=True,
    )


def test_a_good_run_has_broken_nothing() -> None:
    assert broken(run()) == []


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        pytest.param(
            replace(run(), tally=replace(tally(), faults=Counter({"GET /: 500": 2}))),
            "2 times: GET /: 500",
            id="an error",
        ),
        pytest.param(
            replace(run(), tally=tally(LEAST_CARTS - 1)),
            "59,999 of 60,000 carts were filled",
            id="too few",
        ),
        pytest.param(
            replace(run(), changed=["orders: 0 rows before, 1 after"]),
            "orders: 0 rows before, 1 after",
            id="a row",
        ),
        pytest.param(
            replace(run(), memory={7: FLAT, 8: LEAK}),
            "worker 8 grew by 33 KiB per 1,000 carts, more than 32",
            id="a leak",
        ),
        pytest.param(
            replace(run(), memory={}), "nobody measured the memory of the workers", id="no memory"
        ),
        pytest.param(
            replace(run(), is_limited=False),
            "requests were not limited: this is no shop as a keeper runs it",
            id="no limits",
        ),
        pytest.param(
            replace(run(), other=["a worker died during the run"]),
            "a worker died during the run",
            id="a dead worker",
        ),
    ],
)
def test_a_broken_promise_is_told(bad: Run, fault: str) -> None:
    assert broken(bad) == [fault]


def test_the_memory_of_a_short_run_is_not_judged() -> None:
    short = replace(run(), wanted=100, tally=tally(100), memory={7: LEAK})
    assert broken(short) == []
    assert "Memory is judged from 60,000 carts on." in text(short)


def test_the_memory_of_a_run_that_ended_early_is_not_judged() -> None:
    early = replace(run(), wanted=100_000, tally=tally(500), memory={7: LEAK})
    assert broken(early) == ["500 of 100,000 carts were filled"]


def test_the_table_has_each_kind_of_request_and_all_of_them() -> None:
    rows = [line.split() for line in text(run()).splitlines()]
    assert ["cart", "3", "20.0", "29.8", "30.0"] in rows
    assert ["home", "1", "40.0", "40.0", "40.0"] in rows
    assert ["all", "4", "25.0", "39.7", "40.0"] in rows


def test_the_report_says_what_it_cost() -> None:
    told = text(run())
    assert "60,000 carts of 3.0 lines in 10 seconds" in told
    assert "processor time of a request: shop 2.00 ms, client 0.50 ms" in told
    assert "+1.5 KiB per 1,000 carts" in told


def test_percentiles_of_nothing_are_zero() -> None:
    assert percentiles([]) == (0, 0)


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("POST /cart/lines HTTP/1.1", "add to cart"),
        ("GET /cart/personal HTTP/1.1", "count and messages"),
        ("GET /cart?cookies HTTP/1.1", "cart"),
        ("GET /products/mug HTTP/1.1", "product"),
        ("GET /products?page=2 HTTP/1.1", "list"),
        ("GET / HTTP/1.1", "home"),
    ],
)
def test_a_request_is_counted_by_its_kind(start: str, kind: str) -> None:
    assert kind_of(start.encode()) == kind
