"""What was found, as rows on the terminal and as tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from mutants.breaking import Verdict


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


def _caught_by(verdict: Verdict) -> str:
    if verdict.answer is None:
        return "**no answer**"
    failed = verdict.answer.failed
    return "**not caught**" if failed is None else f"`{_cell(failed)}`"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
