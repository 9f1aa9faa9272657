"""`/limits/conformance`: two suites of cookie cases run against the visiting browser."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from shop.lab.conformance import suite
from shop.lab.conformance.cases import Case, Family, families, reasons
from shop.lab.conformance.deviations import DEVIATIONS, UNKNOWN
from shop.lab.engine.exchange import Findings, Probe
from shop.lab.engine.run import STOPPED, Chain, Progress, sending, who_is_asked
from shop.web.cart.visit import read_visit
from shop.web.frame import responses

RUN = re.compile(r"\{(.)\*(\d+)\}|(.)\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """A family as the chain asks it."""

    family: Family

    @property
    def title(self) -> str:
        return self.family.title

    @property
    def ask(self) -> Probe:
        return suite.asking(self.family)


@dataclass(frozen=True, slots=True)
class Result:
    """A case with what came of it, in words. `mark` is one of suite.py's, or empty when it was
    not come to; `asked` has two texts where either will do. An empty text is no cookie."""

    case: Case
    mark: str
    asked: tuple[str, ...]
    came: str

    @property
    def is_as_asked(self) -> bool:
        return self.mark in (suite.AS_ASKED, suite.AS_SECURE)

    @property
    def deviates(self) -> bool:
        return self.mark in (suite.OTHERWISE, suite.UNTOLD)

    @property
    def why_not(self) -> str:
        """Why the case was not asked; empty when it was."""
        return suite.REASONS.get(self.mark, "" if self.mark else "the way was cut short before it")

    @property
    def sent(self) -> tuple[str, ...]:
        """Its lines as a person reads them, the case's directory as the root."""
        return tuple(readable(line) for line in self.case.lines)

    @property
    def said(self) -> str | None:
        """What the source expects, where that is not what is asked."""
        return None if self.case.said is None else readable(self.case.said)


@dataclass(frozen=True, slots=True)
class Group:
    """Deviations for the same reason."""

    why: str
    known: tuple[tuple[str, str], ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A family with its results."""

    family: Family
    results: tuple[Result, ...]

    @property
    def as_asked(self) -> int:
        return sum(result.is_as_asked for result in self.results)

    @property
    def measured(self) -> int:
        return sum(not result.why_not for result in self.results)

    @property
    def suite(self) -> str:
        """The name of the suite that the family is of."""
        return self.family.source.partition(",")[0]


def show(progress: Progress) -> Response:
    """The page while it goes on, and the report at the end."""
    told = [
        _told(family, found) for family, found in zip(families(), progress.findings, strict=False)
    ]
    results = [result for family in told for result in family.results]
    deviations = [result for result in results if result.deviates]
    is_over = not progress.onward
    return responses.page(
        "lab/conformance/show.html",
        read_visit(),
        progress=progress,
        told=told if is_over else [],
        as_asked=sum(result.is_as_asked for result in results),
        measured=sum(not result.why_not for result in results),
        deviations=deviations,
        groups=list(_groups(deviations)),
        not_asked=Counter(result.why_not for result in results if result.why_not),
        remarks=reasons(),
        reports={"JSON": _as_json(told)} if is_over else {},
    )


EDITION = 1
"""Raised by hand when the cases change so that older findings no longer fit them: every report
link shared before then stops working. A test says when that is."""

chain = Chain(
    "conformance",
    [Question(family) for family in families()],
    show,
    edition=EDITION,
)
blueprint = chain.blueprint


def readable(text: str) -> str:
    """A line or a header as a person reads it: its holes in words, long runs counted, the
    octets of UTF-8 as letters, control characters by their codes."""
    text = re.sub(r"\{dir\}/|\{dir\}", "/", text)
    text = re.sub(r"\{path\*(\d+)\}", lambda hole: f"[a path of {int(hole[1]):,} bytes]", text)
    text = re.sub(r"\{soon:[^}]*\}", "[a date in ten minutes]", text)
    text = sending().filled(text)
    text = RUN.sub(lambda run: f"[{int(run[2] or run[4]):,} × {run[1] or run[3]}]", text)
    text = re.sub(r"[\x00-\x1f\x7f]", lambda mark: f"[{ord(mark[0]):02X}]", text)
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _told(family: Family, found: Findings) -> Told:
    if STOPPED in found:
        return Told(family, tuple(Result(case, "", (), "") for case in family.cases))
    return Told(family, tuple(_results(family, found)))


def _results(family: Family, found: Findings) -> Iterator[Result]:
    ground = suite.Ground.read(str(found["ground"]))
    instead = iter(str(found["came"]).split("\n"))
    for case, mark in zip(family.cases, str(found["marks"]), strict=True):
        asked = {key: readable(text) for key, text in ground.asked(case).items()}
        if mark == suite.OTHERWISE:
            came = readable(next(instead))
        else:
            came = asked.get(mark, "something that was not recorded")
        yield Result(case, mark, tuple(asked.values()), came)


def _groups(deviations: list[Result]) -> Iterator[Group]:
    left = list(deviations)
    for deviation in DEVIATIONS:
        results = tuple(result for result in left if result.case.name in deviation.cases)
        if results:
            known = tuple((str(source.name), source.place) for source in deviation.known)
            yield Group(deviation.why, known, results)
        left = [result for result in left if result not in results]
    if left:
        yield Group(UNKNOWN, (), tuple(left))


def _as_json(told: list[Told]) -> str:
    report: dict[str, Any] = {
        **who_is_asked(),
        "cases": {
            result.case.name: _in_json(result) for family in told for result in family.results
        },
    }
    return json.dumps(report, indent=1, ensure_ascii=False)


def _in_json(result: Result) -> Any:
    if result.why_not:
        return f"not asked: {result.why_not}"
    if result.is_as_asked:
        return "as asked"
    return {"sent": result.sent, "asked": result.asked, "came": result.came}
