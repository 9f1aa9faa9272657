"""`/limits/conformance`: two suites of cookie cases run against the visiting browser."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from werkzeug.wrappers import Response

from shop.lab.conformance import suite
from shop.lab.conformance.cases import Case, Family, families, remarks
from shop.lab.conformance.deviations import DEVIATIONS, UNKNOWN
from shop.lab.conformance.outcomes import Outcome, deviation
from shop.lab.engine.answers import browser_and_origin
from shop.lab.engine.exchange import Findings, Probe
from shop.lab.engine.placeholders import sending
from shop.lab.engine.run import STOPPED, Run
from shop.lab.engine.state import Progress
from shop.lab.sources import Source
from shop.web.cart.visit import read_visit
from shop.web.frame import responses

Key = TypeVar("Key")
RUN = re.compile(r"\{(.)\*(\d+)\}|(.)\{(\d+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """A family of cases, as a question of a run."""

    family: Family

    @property
    def title(self) -> str:
        return self.family.title

    @property
    def ask(self) -> Probe:
        return suite.probe_of(self.family)


@dataclass(frozen=True, slots=True)
class Result:
    """A case of a family and its outcome in words. `mark` is one of suite.py's, or empty when the
    run stopped before it; `expected` has two texts where either will do. An empty text means no
    cookie. `passes` is the finding of that name."""

    family: Family
    case: Case
    mark: str
    expected: tuple[str, ...]
    received: str
    passes: int = 0

    @property
    def outcome(self) -> Outcome:
        if self.mark in (suite.AS_EXPECTED, suite.AS_SECURE):
            return Outcome.AS_REQUIRED
        if self.mark == suite.UNRECORDED:
            return Outcome.UNRECORDED
        if self.mark == suite.OTHERWISE:
            return deviation(self.expected, self.received)
        return Outcome.UNTESTED

    @property
    def why_not(self) -> str:
        """Why the case was not run; empty when it was."""
        reason = suite.REASONS.get(
            self.mark, "" if self.mark else "the run stopped before this case"
        )
        return reason.format(passes=self.passes)

    @property
    def sent(self) -> tuple[str, ...]:
        """Its Set-Cookie headers as a person reads them, with the case's directory as the root."""
        return tuple(readable(line) for line in self.case.lines)

    @property
    def source_expects(self) -> str | None:
        """What the source expects, where RFC 6265bis requires something else."""
        return None if self.case.source_expects is None else readable(self.case.source_expects)


@dataclass(frozen=True, slots=True)
class Group:
    """Cases with the same outcome that belong together: deviations for the same reason, with what
    is `known` of it; cases that cannot be tested for the same reason; or those of a family, with
    its `source`."""

    title: str
    results: tuple[Result, ...]
    known: tuple[Source, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The cases in which the browser did the same."""

    outcome: Outcome
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        return sum(len(group.results) for group in self.groups)


def show(progress: Progress) -> Response:
    """The page during a run, and the report at its end."""
    is_over = not progress.next_address
    results = list(_results(progress.findings)) if is_over else []
    outcomes = Counter(result.outcome for result in results)
    return responses.page(
        "lab/conformance/show.html",
        read_visit(),
        progress=progress,
        sections=list(_sections(results)),
        as_required=outcomes[Outcome.AS_REQUIRED],
        deviating=sum(count for outcome, count in outcomes.items() if outcome.deviates),
        remarks=remarks(),
        reports={"JSON": _as_json(results)} if is_over else {},
    )


EDITION = 2
"""Raise this when the cases change and older findings no longer fit them: report links shared
before then stop working. A test says when."""

run = Run(
    "conformance",
    [Question(family) for family in families()],
    show,
    edition=EDITION,
)
blueprint = run.blueprint


def readable(text: str) -> str:
    """A header as a person reads it: placeholders in words, long runs counted, octets of UTF-8 as
    letters, control characters by their codes."""
    text = re.sub(r"\{dir\}/|\{dir\}", "/", text)
    text = re.sub(
        r"\{path\*(\d+)\}", lambda placeholder: f"[a path of {int(placeholder[1]):,} bytes]", text
    )
    text = re.sub(r"\{soon:[^}]*\}", "[a date in ten minutes]", text)
    text = sending().filled(text)
    text = RUN.sub(lambda run: f"[{int(run[2] or run[4]):,} × {run[1] or run[3]}]", text)
    text = re.sub(r"[\x00-\x1f\x7f]", lambda mark: f"[{ord(mark[0]):02X}]", text)
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _results(findings: Sequence[Findings]) -> Iterator[Result]:
    for family, of_family in zip(families(), findings, strict=True):
        if STOPPED in of_family:
            yield from (
                Result(family, case, "", (readable(case.expected),), "") for case in family.cases
            )
        else:
            yield from _family_results(family, of_family)


def _family_results(family: Family, findings: Findings) -> Iterator[Result]:
    environment = suite.Environment.read(str(findings["ground"]))
    instead = iter(str(findings["came"]).split("\n"))
    for case, mark in zip(family.cases, str(findings["marks"]), strict=True):
        expected = {key: readable(text) for key, text in environment.expected(case).items()}
        if mark == suite.OTHERWISE:
            received = readable(next(instead))
        else:
            received = expected.get(mark, "something that was not recorded")
        passes = int(findings["passes"] or 0)
        yield Result(family, case, mark, tuple(expected.values()), received, passes)


def _sections(results: Sequence[Result]) -> Iterator[Section]:
    results_by_outcome = _grouped(results, lambda result: result.outcome)
    for outcome in Outcome:
        if of_outcome := results_by_outcome.get(outcome, []):
            yield Section(outcome, tuple(_groups(outcome, of_outcome)))


def _groups(outcome: Outcome, results: Sequence[Result]) -> Iterator[Group]:
    if outcome.deviates:
        yield from _by_reason(results)
    elif outcome is Outcome.AS_REQUIRED:
        for family, of_family in _grouped(results, lambda result: result.family).items():
            title = f"{family.title} ({family.suite})"
            yield Group(title, tuple(of_family), source=family.source)
    else:
        for why_not, of_reason in _grouped(results, lambda result: result.why_not).items():
            yield Group(why_not, tuple(of_reason))


def _by_reason(results: Sequence[Result]) -> Iterator[Group]:
    left = list(results)
    for reason in DEVIATIONS:
        explained = [
            result for result in left if reason.explains(result.case.name, result.received)
        ]
        if explained:
            yield Group(reason.why, tuple(explained), reason.known)
        left = [result for result in left if result not in explained]
    if left:
        yield Group(UNKNOWN, tuple(left))


def _grouped(
    results: Sequence[Result], key: Callable[[Result], Key]
) -> Mapping[Key, Sequence[Result]]:
    groups: dict[Key, list[Result]] = {}
    for result in results:
        groups.setdefault(key(result), []).append(result)
    return groups


def _as_json(results: Sequence[Result]) -> str:
    report: dict[str, Any] = {
        **browser_and_origin(),
        "cases": {result.case.name: _in_json(result) for result in results},
    }
    return json.dumps(report, indent=1, ensure_ascii=False)


def _in_json(result: Result) -> Any:
    if result.why_not:
        return f"not tested: {result.why_not}"
    if not result.outcome.deviates:
        return "as expected"
    return {"sent": result.sent, "expected": result.expected, "received": result.received}
