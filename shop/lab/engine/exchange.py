"""How a probe questions a browser: by exchanges, one after the other.

A probe is a generator. It yields an Exchange: what to send to the browser, and how to read its
next request. The generator is sent the answer that was read, and ends by returning its findings.
The server keeps nothing: the answers so far travel in the address, and the generator is run again
over them at each step. So it must do the same every time, and knows no clock and no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard, TypeVar

Step = TypeVar("Step")
Reply = TypeVar("Reply")
Result = TypeVar("Result")

Answer = bool | int | str | None
"""What was read from the browser. A negative number is given in its place: see NotSent."""
Findings = dict[str, Answer]
Cookies = Sequence[tuple[str, str]]
"""The cookies of a request, in the order and spelling of its header."""


NOT_SENT = "not sent"
"""The finding of a question that ended with NotSent: the octets of the headers that pass."""


class NotSent(Exception):
    """Raised in a probe instead of an answer: its exchange was not sent, because headers of no
    more than `octets` are known to pass on the route between the shop and the browser."""

    def __init__(self, octets: int) -> None:
        super().__init__(octets)
        self.octets = octets

    @property
    def answer(self) -> Answer:
        """What stands for it among the answers."""
        return -self.octets


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request: its origin, and its Cookie header unchanged, in Latin-1."""

    origin: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Script:
    """What the page's script does: it writes `writes` to document.cookie, reports which of the
    cookies `sees` document.cookie shows, and asks the cookieStore about one cookie: for how many
    seconds it is kept (`life`), and its SameSite (`site`). `read_report` reads the script's report
    and must not fail, whatever that holds."""

    read_report: Callable[[Mapping[str, Any]], Answer]
    writes: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`lines` are Set-Cookie headers, sent from below the scope once their placeholders are filled
    in. `read` reads the cookies of the next request, which goes to `at` below the scope; `arrival`
    reads the whole request, where names and values are not enough.

    If it `is_below_cart`, the next request goes below the cart's address, which receives other
    cookies than the scope. An exchange that `may_evict` can make the browser evict the visitor's
    cart. With a `script` the answer comes from the script's report, and is None if no script runs.
    With a `witness` the browser first loads a page of opaque origin with one of our pictures in it;
    the response to the picture sets the cookies that the witness returns.
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
        """The Set-Cookie headers that its responses may send, for deletion."""
        return (*self.lines, *(self.witness(()) if self.witness else ()))

    @property
    def writes(self) -> tuple[str, ...]:
        """The cookies that its script may write, for deletion."""
        return self.script.writes if self.script else ()


Probe = Callable[[str], Generator[Exchange, Answer, Findings]]
"""Makes a probe's generator for a scope: the path that its cookies are set for."""


@dataclass(frozen=True, slots=True)
class Position:
    """The state of a probe after some answers: its next exchange, or its findings."""

    exchange: Exchange | None
    findings: Findings = field(default_factory=dict)


def position(probe: Probe, scope: str, answers: Sequence[Answer]) -> Position:
    """Runs a probe over the answers so far. A probe that does not handle NotSent ends with it.

    Raises ValueError when there are too many answers.
    """
    try:
        result = replayed(probe(scope), answers)
    except NotSent as problem:
        return Position(None, {NOT_SENT: problem.octets})
    return Position(result) if isinstance(result, Exchange) else Position(None, result)


def replayed(steps: Generator[Step, Reply, Result], answers: Sequence[Reply]) -> Step | Result:
    """What a generator yields after these answers, or what it returns.

    Raises ValueError when there are too many answers.
    """
    left = list(answers)
    try:
        step = next(steps)
        while left:
            step = _sent_on(steps, left.pop(0))
    except StopIteration as end:
        if left:
            raise ValueError("more answers than questions") from None
        result: Result = end.value
        return result
    return step


def exchanges(probe: Probe, scope: str, answers: Sequence[Answer]) -> list[Exchange]:
    """The exchanges that the browser answered, and the next one if there is one."""
    steps = probe(scope)
    made = []
    try:
        step = next(steps)
        for answer in answers:
            if not _is_not_sent(answer):
                made.append(step)
            step = _sent_on(steps, answer)
        made.append(step)
    except (StopIteration, NotSent):
        pass
    return made


def _sent_on(steps: Generator[Step, Reply, Result], reply: Reply) -> Step:
    return steps.throw(NotSent(-reply)) if _is_not_sent(reply) else steps.send(reply)


def _is_not_sent(reply: object) -> TypeGuard[int]:
    return isinstance(reply, int) and reply < 0
