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
from shop.lab.conformance.cases import Case, Family, families, remarks
from shop.lab.conformance.deviations import DEVIATIONS, UNKNOWN
from shop.lab.engine.answers import browser_and_origin
from shop.lab.engine.exchange import Findings, Probe
from shop.lab.engine.placeholders import sending
from shop.lab.engine.run import STOPPED, Run
from shop.lab.engine.state import Progress
from shop.web.cart.visit import read_visit
from shop.web.frame import responses

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
    """A case and its outcome in words. `mark` is one of suite.py's, or empty when the run stopped
    before it; `expected` has two texts where either will do. An empty text means no cookie.
    `passes` is the finding of that name."""

    case: Case
    mark: str
    expected: tuple[str, ...]
    received: str
    passes: int = 0

    @property
    def is_as_expected(self) -> bool:
        return self.mark in (suite.AS_EXPECTED, suite.AS_SECURE)

    @property
    def deviates(self) -> bool:
        return self.mark in (suite.OTHERWISE, suite.UNRECORDED)

    @property
    def why_not(self) -> str:
        """Why the case was not run; empty when it was."""
        reason = suite.REASONS.get(self.mark, "" if self.mark else "the run stopped before it")
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
    """Deviations for the same reason."""

    why: str
    known: tuple[tuple[str, str], ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class FamilyReport:
    """A family with its results."""

    family: Family
    results: tuple[Result, ...]

    @property
    def as_expected(self) -> int:
        return sum(result.is_as_expected for result in self.results)

    @property
    def measured(self) -> int:
        return sum(not result.why_not for result in self.results)

    @property
    def suite(self) -> str:
        """The name of the suite that the family comes from."""
        return self.family.source.partition(",")[0]


def show(progress: Progress) -> Response:
    """The page during a run, and the report at its end."""
    family_reports = [
        _family_report(family, findings)
        for family, findings in zip(families(), progress.findings, strict=False)
    ]
    results = [result for family in family_reports for result in family.results]
    deviations = [result for result in results if result.deviates]
    is_over = not progress.next_address
    return responses.page(
        "lab/conformance/show.html",
        read_visit(),
        progress=progress,
        family_reports=family_reports if is_over else [],
        as_expected=sum(result.is_as_expected for result in results),
        measured=sum(not result.why_not for result in results),
        deviations=deviations,
        groups=list(_groups(deviations)),
        not_measured=Counter(result.why_not for result in results if result.why_not),
        remarks=remarks(),
        reports={"JSON": _as_json(family_reports)} if is_over else {},
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


def _family_report(family: Family, findings: Findings) -> FamilyReport:
    if STOPPED in findings:
        return FamilyReport(family, tuple(Result(case, "", (), "") for case in family.cases))
    return FamilyReport(family, tuple(_results(family, findings)))


def _results(family: Family, findings: Findings) -> Iterator[Result]:
    environment = suite.Environment.read(str(findings["ground"]))
    instead = iter(str(findings["came"]).split("\n"))
    for case, mark in zip(family.cases, str(findings["marks"]), strict=True):
        expected = {key: readable(text) for key, text in environment.expected(case).items()}
        if mark == suite.OTHERWISE:
            received = readable(next(instead))
        else:
            received = expected.get(mark, "something that was not recorded")
        passes = int(findings["passes"] or 0)
        yield Result(case, mark, tuple(expected.values()), received, passes)


def _groups(deviations: list[Result]) -> Iterator[Group]:
    left = list(deviations)
    for deviation in DEVIATIONS:
        results = tuple(
            result for result in left if deviation.explains(result.case.name, result.received)
        )
        if results:
            known = tuple((str(source.name), source.place) for source in deviation.known)
            yield Group(deviation.why, known, results)
        left = [result for result in left if result not in results]
    if left:
        yield Group(UNKNOWN, (), tuple(left))


def _as_json(family_reports: list[FamilyReport]) -> str:
    report: dict[str, Any] = {
        **browser_and_origin(),
        "cases": {
            result.case.name: _in_json(result)
            for family in family_reports
            for result in family.results
        },
    }
    return json.dumps(report, indent=1, ensure_ascii=False)


def _in_json(result: Result) -> Any:
    if result.why_not:
        return f"not tested: {result.why_not}"
    if result.is_as_expected:
        return "as expected"
    return {"sent": result.sent, "expected": result.expected, "received": result.received}
