"""What a run has shown: a table for people, and the promises that were not kept."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from load.crowd import Tally
from load.memory import LEAST_CARTS, MOST_GROWTH_KIB, Growth


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what was to be filled, what was done in how many seconds, the processor seconds of the
    workers and of the client, the growth of each worker, and the tables that changed."""

    wanted: int
    tally: Tally
    seconds: float
    shop_seconds: float
    client_seconds: float
    memory: Mapping[int, Growth]
    changed: Sequence[str]
    is_limited: bool
    other: Sequence[str] = ()


def broken(run: Run) -> list[str]:
    """A sentence for each promise that was not kept."""
    faults = [f"{count} times: {fault}" for fault, count in run.tally.faults.most_common(5)]
    if run.tally.carts < run.wanted:
        faults.append(f"{run.tally.carts:,} of {run.wanted:,} carts were filled")
    faults += run.changed
    faults += run.other
    if not run.is_limited:
        faults.append("requests were not limited: this is no shop as a keeper runs it")
    if run.tally.carts >= LEAST_CARTS:
        if not run.memory:
            faults.append("nobody measured the memory of the workers")
        faults += [
            f"worker {process} grew by {growth.slope:.0f} KiB per 1,000 carts, "
            f"more than {MOST_GROWTH_KIB:.0f}"
            for process, growth in run.memory.items()
            if growth.slope > MOST_GROWTH_KIB
        ]
    return faults


def text(run: Run) -> str:
    """The figures as a table. Times are of a machine that was as busy as the run could make it."""
    tally = run.tally
    rows = [f"{'milliseconds':22}{'requests':>10}{'p50':>8}{'p99':>8}{'longest':>9}"]
    everything = [taken for kind in tally.seconds.values() for taken in kind]
    for kind, taken in sorted(tally.seconds.items()):
        rows.append(_row(kind, taken))
    rows.append(_row("all", everything))
    count = len(everything)
    lines, each = tally.lines / max(tally.carts, 1), 1000 / max(count, 1)
    rows += [
        "",
        f"{tally.carts:,} carts of {lines:.1f} lines in {run.seconds:,.0f} seconds: "
        f"{tally.carts / run.seconds:,.0f} carts and {count / run.seconds:,.0f} requests a second",
        f"processor time of a request: shop {run.shop_seconds * each:.2f} ms, "
        f"client {run.client_seconds * each:.2f} ms",
        *(
            f"worker {process}: {growth.first:.1f} MiB at first, {growth.warm:.1f} after a third, "
            f"{growth.last:.1f} at last, {growth.slope:+.1f} KiB per 1,000 carts"
            for process, growth in run.memory.items()
        ),
    ]
    if run.tally.carts < LEAST_CARTS:
        rows.append(f"Memory is judged from {LEAST_CARTS:,} carts on.")
    return "\n".join(rows)


def _row(kind: str, seconds: Sequence[float]) -> str:
    middle, late = percentiles(seconds)
    longest = max(seconds, default=0)
    return f"{kind:22}{len(seconds):10,}{middle * 1000:8.1f}{late * 1000:8.1f}{longest * 1000:9.1f}"


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile; zeros of nothing, and of one value that value."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    parts = statistics.quantiles(values, n=100, method="inclusive")
    return parts[49], parts[98]
