"""What counts as flat memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from load.memory import MOST_GROWTH_KIB, Sample, growth

KIB = 1024
CARTS = 100_000


def samples(octets_at: Callable[[int], float]) -> list[Sample]:
    return [Sample(carts, round(octets_at(carts))) for carts in range(0, CARTS + 1, 500)]


def test_memory_that_fills_caches_first_and_then_stays_is_flat() -> None:
    grown = growth(samples(lambda carts: 60e6 + min(carts, CARTS // 4) * 2000))
    assert grown.slope == pytest.approx(0)
    assert grown.last == grown.warm > grown.first


def test_memory_that_comes_and_goes_is_flat() -> None:
    grown = growth(samples(lambda carts: 80e6 + 2e6 * (carts // 500 % 2)))
    assert abs(grown.slope) < MOST_GROWTH_KIB / 10


def test_a_leak_of_a_few_octets_a_request_is_growth() -> None:
    # 16 octets for each of the 6 requests of a cart, half of them in each worker.
    grown = growth(samples(lambda carts: 80e6 + carts * 16 * 6 / 2))
    assert grown.slope == pytest.approx(16 * 6 / 2 * 1000 / KIB)
    assert grown.slope > MOST_GROWTH_KIB


@pytest.mark.parametrize(
    "taken",
    [
        pytest.param([Sample(0, 1)], id="one sample"),
        pytest.param([Sample(0, 1), Sample(90, 2), Sample(90, 3)], id="no cart since the warm-up"),
    ],
)
def test_a_run_that_is_too_short_says_nothing(taken: list[Sample]) -> None:
    with pytest.raises(ValueError, match="too short"):
        growth(taken)
