"""The search for the largest headers that pass on the route to a shop and back.

A search is a generator, like the probes of a browser. It yields an Attempt, which is one request;
is sent its Outcome; and ends by returning Findings. It uses no clock and no randomness, so it can
be replayed over the outcomes so far, and whoever makes the requests makes the same ones: the page
in a browser, and `shop limits` in a terminal. It asks three questions:

    field   the largest value of one header of a request
    fields  the most headers of a request
    back    the largest value of one header of a response

Each one starts with a size that must pass, doubles it until one does not pass, and halves the
interval until a single byte, or header, makes the difference. Then both sides are tried once more.

Some servers judge a header only while it is incomplete, by what has arrived so far. So how much
passes depends on how the request is written and read: of the same 17,000 bytes, the h11 parser
with its limit of 16,384 accepts those that one read brings, and refuses those that two do. Whoever
controls the writes asks `field` again in two, and so finds the least that such a limit can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from http import HTTPStatus

from shop.lab.engine.exchange import replayed

FIELD = "Crumbs"
"""As long as `Cookie`, which a script may not send."""
COUNTED = "Way-"
"""Prefix of the counted headers. Numbers follow it, because a hop may join headers of one name."""
BACK = "Crumb-Back"
"""As long as `Set-Cookie`, for a hop that counts bytes, but a browser does not store it."""
BESIDE = "Crumbs-Beside"
BESIDE_BYTES = 1000
"""Size of a second header, which shows whether other headers count towards the same limit."""
SIZES = (16, *(4096 << step for step in range(9)))
"""Sizes in bytes that are tried first, until one does not pass; 1 MiB is the largest."""
COUNTS = (8, 64, 128, 256, 512, 1024, 2000)
MOST_ATTEMPTS = 82
"""The most attempts of a whole search: 31 for each size, 19 for the count, and one."""
MOST_IN_TWO = 32
"""The most attempts in two writes: 31 for the size, and one of what passed in one write."""
MOST_REQUESTS = 2 * MOST_ATTEMPTS + 2
"""The most requests of a page: each attempt, and before it a request for the next attempt; a last
one that finds no further attempt; and the report."""
MOST_SECONDS = 60
PATIENCE_SECONDS = 5
"""The longest time of an attempt, including its connection."""

OK = HTTPStatus.OK.value
"""A plain number: it is written into addresses."""
_PATTERN = re.compile(r"\d{1,3}(-\d{1,7}){0,2}", re.ASCII)


class NoStatus(StrEnum):
    """Why an attempt has no status."""

    CLOSED = "closed"
    SILENT = "silent"
    MOVED = "moved"
    OVER = "over"
    """Not made, or cut short: the time for the whole search was up."""
    LOST = "lost"
    """Not made: two tries to connect failed."""


NOT_MADE = (NoStatus.OVER, NoStatus.LOST)
"""Outcomes that say nothing about headers. They end a search."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `question` is the question it belongs to, and `size` the bytes or headers that
    should arrive. `fields` are the names of its probing headers with the bytes of their values;
    `back` is the size of the header requested in the response. `reads` names the figure of the
    response that says how much arrived. If `in_two`, the request is sent in two writes, the second
    of which completes it."""

    question: str
    size: int
    reads: str
    fields: tuple[tuple[str, int], ...] = ()
    back: int = 0
    in_two: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt. `fields` is the number of all headers that arrived."""

    status: int | NoStatus
    arrived: int = 0
    fields: int = 0

    @classmethod
    def of(cls, text: str) -> Outcome:
        """The outcome written as this text. Raises ValueError when it is not an outcome."""
        if not _PATTERN.fullmatch(text):
            return cls(NoStatus(text))
        return cls(*map(int, text.split("-")))

    def __str__(self) -> str:
        if self.status != OK:
            return str(self.status)
        return f"{self.status}-{self.arrived}-{self.fields}"

    def passes(self, attempt: Attempt) -> bool:
        """Whether everything sent has arrived: some hops drop a header and pass the rest on."""
        return self.status == OK and self.arrived == attempt.size


@dataclass(frozen=True, slots=True)
class Bound:
    """The limit of one question. `most` is the largest size that passes, 0 if none does; `least`
    the smallest that does not, None if every size passed. `beyond` is the outcome of `least`, and
    `further` the first size refused and its outcome: the two may differ, as with a header that just
    fills a buffer. `fields` is the number of headers that the laboratory received at `most`.
    `is_steady` is whether a second try had the same result, None without a second try. `cut` is why
    the search ended early, with `most` and `least` as known by then."""

    most: int
    least: int | None = None
    beyond: Outcome | None = None
    further: tuple[int, Outcome] | None = None
    fields: int = 0
    is_steady: bool | None = None
    cut: NoStatus | None = None

    @property
    def is_exact(self) -> bool:
        return self.least == self.most + 1

    @property
    def is_open(self) -> bool:
        """Whether every size passed that was tried."""
        return self.least is None and not self.cut

    @property
    def is_measured(self) -> bool:
        """Whether there was any result before the search ended."""
        return bool(self.most) or not self.cut


@dataclass(frozen=True, slots=True)
class Findings:
    """The three bounds. `is_shared` is whether other headers of a request count towards the limit
    of the largest one; None if that was not measured. `in_two` is the bound of the largest header
    in two writes, if that was asked and measured at all."""

    field: Bound
    fields: Bound
    back: Bound
    is_shared: bool | None
    in_two: Bound | None = None

    @property
    def depends_on_timing(self) -> bool:
        """Whether less passes in two writes than in one."""
        return self.sure_field is not self.field

    @property
    def sure_field(self) -> Bound:
        """The bound of the largest header that passes however it is written, as far as measured."""
        return _sure(self.field, self.in_two)


Search = Generator[Attempt, Outcome, Findings]


def search(*, in_two: bool = False) -> Search:
    """Asks all three questions, in at most MOST_ATTEMPTS attempts; with `in_two`, also the largest
    header in two writes, in at most MOST_IN_TWO more."""
    field = yield from _bound(one_field, SIZES)
    twice = (yield from _bound_in_two(field.most)) if in_two and field.most else None
    sure = _sure(field, twice)
    is_shared = None
    if sure.most and sure.is_exact:
        beside = one_field(sure.most, BESIDE_BYTES, in_two=sure is twice)
        outcome = yield beside
        is_shared = None if outcome.status in NOT_MADE else not outcome.passes(beside)
    fields = yield from _bound(many_fields, COUNTS)
    back = yield from _bound(one_back, SIZES)
    return Findings(field, fields, back, is_shared, twice)


def position(outcomes: Sequence[Outcome], *, in_two: bool = False) -> Attempt | Findings:
    """The next attempt after these outcomes, or their findings.

    Raises ValueError when there are more outcomes than attempts.
    """
    return replayed(search(in_two=in_two), outcomes)


def one_field(size: int, beside: int = 0, *, in_two: bool = False) -> Attempt:
    others = ((BESIDE, beside),) if beside else ()
    return Attempt("field", size, "octets", ((FIELD, size), *others), in_two=in_two)


def many_fields(count: int) -> Attempt:
    fields = tuple((f"{COUNTED}{number}", 1) for number in range(count))
    return Attempt("fields", count, "counted", fields)


def one_back(size: int) -> Attempt:
    return Attempt("back", size, "back", back=size)


def _bound(
    of: Callable[[int], Attempt], ladder: Sequence[int]
) -> Generator[Attempt, Outcome, Bound]:
    bound = Bound(0)
    for size in ladder:
        bound = yield from _narrowed(bound, of(size))
        if bound.cut or bound.least is not None:
            break
    while not bound.cut and bound.most and bound.least and not bound.is_exact:
        bound = yield from _narrowed(bound, of((bound.most + bound.least) // 2))
    if not bound.is_exact:
        return bound
    second = yield from _narrowed(Bound(0), of(bound.most))
    above = yield from _narrowed(second, of(bound.most + 1))
    if above.cut:
        return replace(bound, cut=above.cut, is_steady=False if second.least else None)
    return replace(bound, is_steady=above.is_exact and _status(above) == _status(bound))


def _bound_in_two(most: int) -> Generator[Attempt, Outcome, Bound]:
    """The bound in two writes of what passes in one write up to `most`."""
    of = partial(one_field, in_two=True)
    bound = yield from _narrowed(Bound(0), of(most))
    if bound.least is None:
        return bound
    return (yield from _bound(of, [*(size for size in SIZES if size < most), most]))


def _sure(field: Bound, in_two: Bound | None) -> Bound:
    return in_two if in_two and in_two.least is not None else field


def _narrowed(bound: Bound, attempt: Attempt) -> Generator[Attempt, Outcome, Bound]:
    outcome = yield attempt
    if outcome.status in NOT_MADE:
        return replace(bound, cut=NoStatus(outcome.status))
    if outcome.passes(attempt):
        return replace(bound, most=attempt.size, fields=outcome.fields)
    further = bound.further or (attempt.size, outcome)
    return replace(bound, least=attempt.size, beyond=outcome, further=further)


def _status(bound: Bound) -> int | NoStatus | None:
    return bound.beyond.status if bound.beyond else None
