"""Figures beside their targets, as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Findings = dict[str, list[str]]
"""Findings, by the name of the page or file that they belong to."""
MOST_TOLD = 12
"""How many findings of one name a table shows; the JSON has them all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, its target, and whether that is met. What could not be checked misses no
    target, but is not called ok either."""

    what: str
    figure: float | str
    asked: str
    is_met: bool
    is_checked: bool = True

    @property
    def verdict(self) -> str:
        if not self.is_checked:
            return "NOT CHECKED"
        return "ok" if self.is_met else "MISSED"


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one part of the audit, and the findings behind those that miss it."""

    title: str
    figures: Sequence[Figure]
    findings: Findings = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return all(figure.is_met for figure in self.figures)


def at_most(what: str, figure: float, limit: float, unit: str = "") -> Figure:
    return Figure(what, figure, f"at most {limit:,g}{unit}", figure <= limit)


def at_least(what: str, figure: float, limit: float) -> Figure:
    return Figure(what, figure, f"at least {limit:,g}", figure >= limit)


def is_zero(what: str, figure: float) -> Figure:
    return Figure(what, figure, "0", figure == 0)


def not_checked(what: str, reason: str) -> Figure:
    """A figure that there is none of, and why."""
    return Figure(what, "-", reason, is_met=True, is_checked=False)


def table(group: Group) -> str:
    """The group as lines of text, with its findings below."""
    rows = [
        (figure.what, _written(figure.figure), figure.asked, figure.verdict)
        for figure in group.figures
    ]
    first, second, third = (max((len(row[at]) for row in rows), default=0) for at in range(3))
    lines = [f"{a:{first}}  {b:>{second}}  {c:{third}}  {d}" for a, b, c, d in rows]
    count = sum(figure.verdict == "ok" for figure in group.figures)
    title = f"{group.title}: {count} of {len(rows)} ok"
    return "\n".join(["", title, "", *lines, *_told(group.findings)])


def write(groups: Iterable[Group], path: Path) -> None:
    """Writes all figures and findings as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = [asdict(group) | {"is_met": group.is_met} for group in groups]
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _told(findings: Findings) -> Iterator[str]:
    for name, said in findings.items():
        yield from (f"  {name}: {finding}" for finding in said[:MOST_TOLD])
        if len(said) > MOST_TOLD:
            yield f"  {name}: and {len(said) - MOST_TOLD:,} more"


def _written(figure: float | str) -> str:
    return figure if isinstance(figure, str) else f"{figure:,.10g}"
