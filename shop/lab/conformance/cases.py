"""The conformance cases: the cookies they set, what RFC 6265bis expects back, and their sources.

The table is `cases.json`: remarks by name, then the families of cases:

    title, source        what the cases are about, and where their source keeps them
    by_name              compare only cookies with the names that a case sets: for prefixes, whose
                         cookies have the path / by definition
    cases                one per line:
      case               the source's name for it, or its file and number
      set                the Set-Cookie headers of one response, in order
      expected           the Cookie header that RFC 6265bis requires; empty for none
      secure             the same on a secure connection, if different
      source_expects     what the source expects, if different
      why                the name of the remark that says why it differs, or was changed
      at                 where the Cookie header is read, below the case's directory
      needs              what the case cannot run without: see NEEDS
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
"""Where a case's cookies are set and read, in its directory: http-state's own names."""
NEEDS = ("name", "dotted", "above", "second", "spelling", "root", "sender")
PLACEHOLDER = re.compile(r"\{(?:(dir)|path\*(\d+)|(.)\*(\d+))\}")


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the table. `needs` is empty or one of NEEDS; `why` is empty or names a remark."""

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
        """Whether a secure connection changes what is expected."""
        return self.secure != self.expected


@dataclass(frozen=True, slots=True)
class Family:
    """Cases that run together."""

    key: str
    title: str
    source: str
    by_name: bool
    cases: tuple[Case, ...]

    @property
    def suite(self) -> str:
        """The name of the suite that the family comes from."""
        return self.source.partition(",")[0]


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
def remarks() -> dict[str, str]:
    """Why cases were changed, or why RFC 6265bis differs from what their source expects."""
    return dict(_table()["remarks"])


def count() -> int:
    """How many cases there are."""
    return sum(len(family.cases) for family in families())


def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def _case(row: dict[str, Any]) -> Case:
    expected = _on_wire(row["expected"])
    return Case(
        row["case"],
        tuple(_on_wire(line) for line in row["set"]),
        expected,
        _on_wire(row["secure"]) if "secure" in row else expected,
        row.get("source_expects"),
        row.get("why", ""),
        row.get("at", READ_AT),
        row.get("needs", ""),
        row.get("by") == "script",
    )


def _on_wire(text: str) -> str:
    return text.encode().decode("latin-1")
