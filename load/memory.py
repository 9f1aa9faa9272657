"""Whether the memory of a process stays flat while it serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression

WARM_UP = 1 / 3
"""Of the carts: until then, caches fill that have an upper bound."""
LEAST_CARTS = 60_000
"""In a shorter run, memory is reported and not judged. The largest cache, the rows of cart
pages, has met nearly all pairs of product and quantity in these orders after 20,000 carts."""
MOST_GROWTH_KIB = 32.0
"""For each 1,000 carts of the whole run, in each worker."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A process's proportional set size (PSS) when so many carts were filled."""

    carts: int
    octets: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory in MiB at the start, after the warm-up and at the end; and the slope since the
    warm-up, in KiB for each 1,000 carts."""

    first: float
    warm: float
    last: float
    slope: float


def growth(samples: Sequence[Sample]) -> Growth:
    """The growth of a process over a run. The slope is a straight line through every sample since
    the warm-up. Raises ValueError when there are fewer than two."""
    end = samples[-1].carts
    warm = [sample for sample in samples if sample.carts >= end * WARM_UP]
    if len({sample.carts for sample in warm}) < 2:
        raise ValueError("the run was too short to say whether memory grows")
    slope = linear_regression(
        [sample.carts / 1000 for sample in warm], [sample.octets / 1024 for sample in warm]
    ).slope
    first, at_warm, last = (one.octets / 2**20 for one in (samples[0], warm[0], samples[-1]))
    return Growth(first, at_warm, last, slope)
