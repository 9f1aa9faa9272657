"""How large a header may be on the way to a shop and back: what is asked, and how it is found.

A search is a generator, as the probes of `trial` are. It yields an Attempt, which is one request;
is sent its Outcome; and ends by returning Findings. It knows no clock and no chance, so it can be
run anew over the outcomes so far, and whoever makes the requests asks the same: the page in a
browser, and `shop limits` in a terminal.

    field   the largest value of one field of a request
    fields  the most fields of a request
    back    the largest value of one field of an answer

Each begins with what must pass, doubles until something does not, and halves the distance until
a byte, or a field, makes the difference. Then both sides of it are asked once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shop.lab.engine.exchange import replayed

FIELD = "Crumbs"
"""As long as `Cookie`, which no script may send."""
COUNTED = "Way-"
"""The fields that are counted have numbers behind it: different names, or a hop would join them."""
BACK = "Crumb-Back"
"""As long as `Set-Cookie`: a hop counts bytes, and a browser keeps nothing of it."""
BESIDE = "Crumbs-Beside"
BESIDE_BYTES = 1000
"""What is sent beside a field to learn whether it takes room from it."""
SIZES = (16, *(4096 << step for step in range(9)))
"""Bytes that are tried first, until one does not pass; beyond 1 MiB nobody asks."""
COUNTS = (8, 64, 128, 256, 512, 1024, 2000)
MOST_ATTEMPTS = 82
"""What a whole search takes at most: 31 for each of the sizes, 19 for the count, and one."""
MOST_REQUESTS = 2 * MOST_ATTEMPTS + 2
"""What a page makes for it at most. Before each attempt it asks which one is next; it asks once
more to hear that there is none; and it asks for the report."""
MOST_SECONDS = 60
PATIENCE_SECONDS = 5
"""How long one attempt may take, its connection included."""

OK = 200
_WRITTEN = re.compile(r"\d{1,3}(-\d{1,7}){0,2}", re.ASCII)


class NoStatus(StrEnum):
    """Why an attempt has no status."""

    CLOSED = "closed"
    SILENT = "silent"
    MOVED = "moved"
    OVER = "over"
    """It was not made, or not waited for to the end: the time for the whole search has passed."""
    LOST = "lost"
    """It was not made: there was no connection to make it on, at two tries."""


NOT_MADE = (NoStatus.OVER, NoStatus.LOST)
"""What says nothing of a header, and ends a search."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `question` is what it belongs to, `size` what is to arrive; `fields` are the
    names of its probing fields, each with the bytes of its value, `back` the bytes of the field
    that is to come back. `reads` says which figure of the answer is what arrived."""

    question: str
    size: int
    reads: str
    fields: tuple[tuple[str, int], ...] = ()
    back: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. `fields` is how many fields the laboratory saw in all."""

    status: int | NoStatus
    arrived: int = 0
    fields: int = 0

    @classmethod
    def of(cls, text: str) -> Outcome:
        """The outcome that a text stands for. Raises ValueError when it is none."""
        if not _WRITTEN.fullmatch(text):
            return cls(NoStatus(text))
        return cls(*map(int, text.split("-")))

    def __str__(self) -> str:
        if self.status != OK:
            return str(self.status)
        return f"{self.status}-{self.arrived}-{self.fields}"

    def passes(self, attempt: Attempt) -> bool:
        """Whether all that was sent has arrived: some hops drop a field and go on."""
        return self.status == OK and self.arrived == attempt.size


@dataclass(frozen=True, slots=True)
class Bound:
    """`most` passes, and is 0 when nothing does; `least` does not, and is None when none was
    found. `beyond` is what became of `least`, and `further` of the first that was refused, since
    the last byte may be one of its own: a header that just fills a buffer. `fields` is what the
    laboratory saw at `most`. `is_steady` is whether a second try came out alike, and None when
    there was none. `cut` is why the search for it ended early, which leaves `most` and `least` as
    far as they were known by then."""

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
        """Whether all passes that anybody asks for."""
        return self.least is None and not self.cut

    @property
    def is_asked(self) -> bool:
        """Whether anything came of it before the search ended."""
        return bool(self.most) or not self.cut


@dataclass(frozen=True, slots=True)
class Findings:
    """The three bounds. `is_shared` says whether other fields of a request take room from the
    largest one; None when that was not asked."""

    field: Bound
    fields: Bound
    back: Bound
    is_shared: bool | None


Search = Generator[Attempt, Outcome, Findings]


def search() -> Search:
    """Asks all three questions, in at most MOST_ATTEMPTS attempts."""
    field = yield from _bound(one_field, SIZES)
    is_shared = None
    if field.most and field.is_exact:
        beside = one_field(field.most, beside=BESIDE_BYTES)
        outcome = yield beside
        is_shared = None if outcome.status in NOT_MADE else not outcome.passes(beside)
    fields = yield from _bound(many_fields, COUNTS)
    back = yield from _bound(one_back, SIZES)
    return Findings(field, fields, back, is_shared)


def position(outcomes: Sequence[Outcome]) -> Attempt | Findings:
    """The attempt that is next after these outcomes, or what they come to.

    Raises ValueError when there are more outcomes than attempts.
    """
    return replayed(search(), outcomes)


def one_field(size: int, beside: int = 0) -> Attempt:
    others = ((BESIDE, beside),) if beside else ()
    return Attempt("field", size, "octets", ((FIELD, size), *others))


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
    again = yield from _narrowed(Bound(0), of(bound.most))
    above = yield from _narrowed(again, of(bound.most + 1))
    if above.cut:
        return replace(bound, cut=above.cut, is_steady=False if again.least else None)
    return replace(bound, is_steady=above.is_exact and _status(above) == _status(bound))


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
