"""How a browser is probed: by exchanges, one after the other, with nothing remembered here.

A probe is a generator. It yields an Exchange: what the browser is to be given, and how what it
brings along next time is read. It is sent what was read, and ends by returning its findings.
Since the server keeps nothing, the answers so far travel in the address, and the generator is
run anew over them at each step: it must be the same every time, and so knows no clock and no
chance.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

Answer = bool | int | str | None
Findings = dict[str, Answer]
Cookies = Sequence[tuple[str, str]]
"""The cookies of a request in the order in which they came, as they stand in the header."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`lines` are Set-Cookie lines, sent as they are from below the jar's own path; `read`
    looks at the cookies of the next request, which goes to `at` below that path. An exchange
    that `endangers` others may make the browser evict the visitor's cart."""

    lines: tuple[str, ...]
    read: Callable[[Cookies], Answer]
    at: str = ""
    endangers: bool = False


Probe = Callable[[str], Generator[Exchange, Answer, Findings]]
"""Made for the path of a jar, as it stands in the Path attribute."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a probe stands after these answers: the exchange that is next, or its findings."""

    exchange: Exchange | None
    findings: Findings = field(default_factory=dict)


def position(probe: Probe, jar: str, answers: Sequence[Answer]) -> Position:
    """Runs a probe over the answers so far.

    Raises ValueError when there are more answers than it asks for.
    """
    steps, left = probe(jar), list(answers)
    try:
        exchange = next(steps)
        while left:
            exchange = steps.send(left.pop(0))
    except StopIteration as end:
        if left:
            raise ValueError("more answers than questions") from None
        return Position(None, end.value)
    return Position(exchange)
