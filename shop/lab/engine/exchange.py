"""How a browser is asked: by exchanges, one after the other, with nothing remembered here.

A probe is a generator. It yields an Exchange: what the browser is to be given, and how what it
brings along next time is read. It is sent what was read, and ends by returning its findings.
Since the server keeps nothing, the answers so far travel in the address, and the generator is
run anew over them at each step: it must be the same every time, and so knows no clock and no
chance.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Step = TypeVar("Step")
Reply = TypeVar("Reply")
Result = TypeVar("Result")

Answer = bool | int | str | None
Findings = dict[str, Answer]
Cookies = Sequence[tuple[str, str]]
"""The cookies of a request in the order in which they came, as they stand in the header."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came: its origin, and its Cookie header as it stands, in Latin-1."""

    origin: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Script:
    """What a script of the page is to do: write `writes` to document.cookie, look which of
    the cookies `sees` document.cookie shows, and ask the cookieStore about one cookie: for how
    many seconds it is kept (`life`), and its SameSite (`site`). `hear` reads what it tells;
    whatever that is, it may not fail."""

    read_report: Callable[[Mapping[str, Any]], Answer]
    writes: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`lines` are Set-Cookie lines, sent as they are but for their holes (holes.py) from below
    the jar's own path; `read` looks at the cookies of the next request, which goes to `at` below
    that path, or `arrival` at all of it, where names and values are not enough.

    Where it `is_aside` the next request goes below the address of the cart, to which other
    cookies are sent than to the jar. An exchange that `endangers` others may make the browser
    evict the visitor's cart. With a `script` the answer is what that tells, and None where no
    script runs. With a `witness` the browser is led over a page of no origin, with a picture of
    ours in it: what the request for the picture brings is answered with the Set-Cookie lines that
    the witness gives.
    """

    lines: tuple[str, ...] = ()
    read: Callable[[Cookies], Answer] = lambda cookies: None
    at: str = ""
    arrival: Callable[[Arrival], Answer] | None = None
    may_evict: bool = False
    is_below_cart: bool = False
    script: Script | None = None
    witness: Callable[[Cookies], tuple[str, ...]] | None = None

    @property
    def sets(self) -> tuple[str, ...]:
        """All that a response may set in it, to be deleted."""
        return (*self.lines, *(self.witness(()) if self.witness else ()))

    @property
    def writes(self) -> tuple[str, ...]:
        """All that its script may write, to be deleted."""
        return self.script.writes if self.script else ()


Probe = Callable[[str], Generator[Exchange, Answer, Findings]]
"""Made for the path of a jar, as it stands in the Path attribute."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a probe stands after these answers: the exchange that is next, or its findings."""

    exchange: Exchange | None
    findings: Findings = field(default_factory=dict)


def position(probe: Probe, scope: str, answers: Sequence[Answer]) -> Position:
    """Runs a probe over the answers so far.

    Raises ValueError when there are more answers than it asks for.
    """
    result = replayed(probe(scope), answers)
    return Position(result) if isinstance(result, Exchange) else Position(None, result)


def replayed(steps: Generator[Step, Reply, Result], answers: Sequence[Reply]) -> Step | Result:
    """What a generator yields after these answers, or what it ends with.

    Raises ValueError when there are more answers than it asks for.
    """
    left = list(answers)
    try:
        step = next(steps)
        while left:
            step = steps.send(left.pop(0))
    except StopIteration as end:
        if left:
            raise ValueError("more answers than questions") from None
        result: Result = end.value
        return result
    return step


def exchanges(probe: Probe, scope: str, answers: Sequence[Answer]) -> list[Exchange]:
    """The exchanges that these answers are to, and the one after them if there is one."""
    steps = probe(scope)
    made = []
    try:
        made.append(next(steps))
        for answer in answers:
            made.append(steps.send(answer))
    except StopIteration:
        pass
    return made
