"""What pages count for the metrics, where those are on (ADR 32). Elsewhere it does nothing."""

from __future__ import annotations

from typing import Protocol

from flask import current_app

EXTENSION = "metrics"
"""The extension under which an app keeps its metrics."""
ENDPOINT = "shop.endpoint"
"""Key of a request's environment: the endpoint that it is counted for, where metrics are on."""


class Counts(Protocol):
    """What pages count. Neither word may come from a visitor."""

    def refused(self, kind: str) -> None: ...

    def ordered(self, payment: str) -> None: ...


def count_refusal(kind: str) -> None:
    """Counts something that the shop refused."""
    if counts := _counts():
        counts.refused(kind)


def count_order(payment: str) -> None:
    """Counts an order that was placed, by the code of its payment method."""
    if counts := _counts():
        counts.ordered(payment)


def _counts() -> Counts | None:
    counts: Counts | None = current_app.extensions.get(EXTENSION)
    return counts
