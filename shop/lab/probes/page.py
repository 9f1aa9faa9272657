"""`/limits/probe`: probes what the visiting browser does with cookies, and reports it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from shop.lab.engine.answers import browser_and_origin
from shop.lab.engine.exchange import Findings
from shop.lab.engine.run import STOPPED, Run
from shop.lab.engine.state import Progress
from shop.lab.probes.known_answers import DOCUMENTED, QUESTIONS, Documented, Known, Question
from shop.web.cart.visit import read_visit
from shop.web.frame import responses


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its findings, as figures and as a sentence."""

    question: Question | Documented
    findings: Findings
    text: str

    @property
    def known(self) -> tuple[tuple[str, Known], ...]:
        """What the specification requires and what browsers do, each with its name."""
        question = self.question
        return (
            ("RFC 6265bis requires", question.expected),
            ("Chromium", question.chromium),
            ("Firefox", question.firefox),
            ("Safari", question.safari),
        )


def show(progress: Progress) -> Response:
    """The page during a run, and the report at its end."""
    rows = [
        _row(question, findings)
        for question, findings in zip(QUESTIONS, progress.findings, strict=False)
    ]
    documented = [Row(documented, {}, documented.why_not) for documented in DOCUMENTED]
    all_rows = [*rows, *documented]
    is_over = not progress.next_address
    return responses.page(
        "lab/probes/show.html",
        read_visit(),
        progress=progress,
        rows=all_rows if is_over else rows,
        reports={"JSON": _as_json(rows), "Markdown": _as_markdown(all_rows)} if is_over else {},
    )


EDITION = 3
"""Raise this when the questions change and older findings no longer fit them: report links shared
before then stop working. A test says when."""

run = Run("probe", QUESTIONS, show, edition=EDITION)
blueprint = run.blueprint


def _row(question: Question, findings: Findings) -> Row:
    if STOPPED not in findings:
        return Row(question, findings, question.sentence(findings))
    status = findings[STOPPED]
    reason = f"a request got {status}" if status else "a request got no response"
    return Row(question, findings, f"The measurement stopped early: {reason}")


def _as_json(rows: list[Row]) -> str:
    report: dict[str, Any] = {
        **browser_and_origin(),
        "measured": {row.question.key: {"summary": row.text, **row.findings} for row in rows},
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _as_markdown(rows: list[Row]) -> str:
    def cells(*texts: str) -> str:
        return f"| {' | '.join(text.replace('|', '&#124;') for text in texts)} |"

    visitor = browser_and_origin()
    heads = ["Question", "This browser", *(name for name, _ in rows[0].known)]
    lines = [
        "# What this browser does with cookies",
        "",
        f"Measured at {visitor['origin']} in `{visitor['browser'].replace('`', '')}`.",
        "",
        cells(*heads),
        cells(*("---" for _ in heads)),
    ]
    for row in rows:
        known = (f"{known.text} ({known.source})" for _, known in row.known)
        lines.append(cells(row.question.title, row.text, *known))
    return "\n".join(lines)
