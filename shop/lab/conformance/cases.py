"""The conformance cases: what is set, what RFC 6265bis asks to come back, and where it is from.

The table is `cases.json`: reasons by their names, and a family of cases after the other:

    title, source        whose cases these are, and where they are found there
    by_name              only cookies of the names that a case sets are looked at: for those with
                         a prefix, whose path is / by definition
    cases                one a line:
      case               the source's name for it, or its file and number
      set                Set-Cookie lines, in their order, of one response
      asked              the Cookie header that RFC 6265bis asks for; empty when none
      secure             the same where the connection is secure, if it differs there
      said               what the source expects, if that differs
      why                the name of the reason why it differs, or why the case was changed
      at                 where it is read below the case's directory
      needs              what the case cannot be without: see NEEDS
      by                 `script`: written to document.cookie rather than sent

Each case has a directory of its own. `{dir}` is its path, in place of the source's `/`;
`{path*1024}` is a path in it of so many octets, `{a*4094}` a letter so many times. The other
placeholders are filled in when the header is sent (engine/placeholders.py). Letters beyond ASCII
travel as UTF-8, so a header and an expected answer are read as Latin-1, as HTTP headers are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "cases.json"
SET_AT, READ_AT = "cookie-parser", "cookie-parser-result"
"""The addresses in a case's directory at which it is set and read: http-state's own words."""
NEEDS = ("name", "dotted", "above", "second", "spelling", "root", "sender")
PLACEHOLDER = re.compile(r"\{(?:(dir)|path\*(\d+)|(.)\*(\d+))\}")


@dataclass(frozen=True, slots=True)
class Case:
    """A case, as the table has it; `needs` is one of NEEDS, or empty, and so is `why` one of
    the reasons."""

    name: str
    lines: tuple[str, ...]
    expected: str
    secure: str
    source_expects: str | None = None
    why: str = ""
    at: str = READ_AT
    needs: str = ""
    is_written: bool = False

    def __post_init__(self) -> None:
        if self.needs and self.needs not in NEEDS:
            raise ValueError(f"{self.name} needs {self.needs!r}")

    @property
    def wants_secure(self) -> bool:
        """Whether the connection decides what is asked."""
        return self.secure != self.expected


@dataclass(frozen=True, slots=True)
class Family:
    """Cases that are asked together."""

    key: str
    title: str
    source: str
    by_name: bool
    cases: tuple[Case, ...]


def in_directory(text: str, directory: str) -> str:
    """A header, or what is expected of it, with the placeholders for a directory filled in."""

    def fill(placeholder: re.Match[str]) -> str:
        if placeholder[1]:
            return directory
        return (
            f"{directory}/".ljust(int(placeholder[2]), "a")
            if placeholder[2]
            else placeholder[3] * int(placeholder[4])
        )

    return PLACEHOLDER.sub(fill, text)


@cache
def families() -> tuple[Family, ...]:
    """The table's families."""
    return tuple(
        Family(
            family["key"],
            family["title"],
            family["source"],
            family.get("by_name", False),
            tuple(_case(row) for row in family["cases"]),
        )
        for family in _table()["families"]
    )


@cache
def reasons() -> dict[str, str]:
    """Why cases were changed, or why what is asked differs from what their source expects."""
    return dict(_table()["why"])


def count() -> int:
    """How many cases there are."""
    return sum(len(family.cases) for family in families())


def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def _case(row: dict[str, Any]) -> Case:
    expected = _on_wire(row["asked"])
    return Case(
        row["case"],
        tuple(_on_wire(line) for line in row["set"]),
        expected,
        _on_wire(row["secure"]) if "secure" in row else expected,
        row.get("said"),
        row.get("why", ""),
        row.get("at", READ_AT),
        row.get("needs", ""),
        row.get("by") == "script",
    )


def _on_wire(text: str) -> str:
    return text.encode().decode("latin-1")
