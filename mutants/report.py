"""What was found, as rows on the terminal and as tables in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mutants.breaking import Verdict
from mutants.mutation import Score, Survivor, percent


def row(verdict: Verdict) -> str:
    """A verdict on the terminal."""
    if verdict.answer is None:
        return f"NO ANSWER     {verdict.broken.name}\n{verdict.error}"
    seconds = f"{verdict.answer.seconds:6.1f} s"
    if verdict.answer.failed is None:
        return f"NOT CAUGHT {seconds}  {verdict.broken.name}: {verdict.broken.harm}"
    return f"caught {seconds}  {verdict.broken.name}\n                 {verdict.answer.failed}"


def breaks_table(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as a table in Markdown, in the order of the breaks."""
    rows = [
        f"| {_cell(verdict.broken.name)} | {_cell(verdict.broken.harm)} | {_caught_by(verdict)} "
        f"| {verdict.answer.seconds if verdict.answer else 0:.1f} |"
        for verdict in verdicts
    ]
    return "\n".join(["| break | harm | caught by | seconds |", "|---|---|---|--:|", *rows])


def scores_table(scores: Sequence[Score]) -> str:
    """The scores of modules as a table in Markdown, with their sum below."""
    rows = [
        f"| {score.module} | {score.mutants} | {score.killed} | {percent([score]):.1f} |"
        for score in scores
    ]
    mutants = sum(score.mutants for score in scores)
    killed = sum(score.killed for score in scores)
    rows.append(f"| **all** | {mutants} | {killed} | {percent(scores):.1f} |")
    return "\n".join(["| module | mutants | killed | % |", "|---|--:|--:|--:|", *rows])


def survivors_table(survivors: Sequence[Survivor], reasons: Mapping[Survivor, str]) -> str:
    """The survivors as a table in Markdown; what changes in several lines stands in one."""
    rows = [
        f"| {survivor.module}: `{survivor.function}` | {_code(survivor.old)} "
        f"| {_code(survivor.new)} | {_cell(reasons.get(survivor, '**none yet**'))} |"
        for survivor in survivors
    ]
    return "\n".join(["| where | was | becomes | reason |", "|---|---|---|---|", *rows])


def _code(text: str) -> str:
    return f"`{_cell(' '.join(text.split()))}`" if text else ""


def _caught_by(verdict: Verdict) -> str:
    if verdict.answer is None:
        return "**no answer**"
    failed = verdict.answer.failed
    return "**not caught**" if failed is None else f"`{_cell(failed)}`"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
