"""Why browsers deviate in conformance cases, as far as that is known."""

from __future__ import annotations

from dataclasses import dataclass

from shop.limits.facts import Source


@dataclass(frozen=True, slots=True)
class Deviation:
    """Cases in which browsers deviate for the same reason, and of whom that is known."""

    why: str
    known: tuple[Source, ...]
    cases: frozenset[str]


UNKNOWN = "Why is not known to this page"
DEVIATIONS: tuple[Deviation, ...] = ()
