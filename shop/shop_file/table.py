"""A table of the file, which takes out one key after the other and collects what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from shop.core.text import tidy

LONGEST_SHOWN = 60
"""The most characters of a wrong value that a message repeats."""


class Table:
    """The keys of one table. Each method takes one key, and gives None where it is not stated or
    wrong. Every mistake is a sentence with the file, the key, what was found and what is expected.
    """

    def __init__(
        self, file: Path, content: Mapping[str, Any], problems: list[str], prefix: str = ""
    ) -> None:
        self.file = file
        self.content = content
        self.is_wrong = False
        self._problems = problems
        self._prefix = prefix
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.content

    def text(self, key: str, *, longest: int) -> str | None:
        """A text on one line, cleaned."""
        expected = f"a text of 1 to {longest} characters"
        found = self.take(key)
        if found is None:
            return None
        cleaned = tidy(found) if isinstance(found, str) else ""
        if not 1 <= len(cleaned) <= longest:
            self.refuse(key, found, expected)
            return None
        return cleaned

    def texts(self, key: str, *, most: int, longest: int) -> tuple[str, ...]:
        """A list of texts on one line each, cleaned; empty where it is not stated or wrong."""
        expected = f"a list of 1 to {most} texts of 1 to {longest} characters"
        found = self.take(key)
        if found is None:
            return ()
        is_list = isinstance(found, list) and all(isinstance(text, str) for text in found)
        cleaned = tuple(tidy(text) for text in found) if is_list else ()
        if not 1 <= len(cleaned) <= most or not all(1 <= len(line) <= longest for line in cleaned):
            self.refuse(key, found, expected)
            return ()
        return cleaned

    def checked(self, key: str, check: Callable[[str], str], expected: str) -> str | None:
        """A text as `check` returns it, which raises ValueError for one that is not as expected."""
        found = self.take(key)
        if found is None:
            return None
        try:
            return check(found if isinstance(found, str) else "")
        except ValueError:
            self.refuse(key, found, expected)
            return None

    def file_named(self, key: str, expected: str, largest: int) -> tuple[Path, bytes] | None:
        """A file and its octets, of which there are at most `largest`."""
        found = self.take(key)
        if found is None:
            return None
        if not isinstance(found, str) or not found.strip():
            self.refuse(key, found, expected)
            return None
        file = self.file.parent / Path(found).expanduser()
        try:
            octets = file.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.note(
                key, f"found {_shown(found)}, which cannot be read ({reason}), expected {expected}"
            )
            return None
        if len(octets) > largest:
            self.note(
                key, f"found {_shown(found)} of {len(octets):,} bytes, expected at most {largest:,}"
            )
            return None
        return file, octets

    def table(self, key: str, expected: str = "") -> Table:
        """A table within this one; empty where it is not stated, and where it `is_wrong`."""
        found = self.take(key)
        is_wrong = found is not None and not isinstance(found, dict)
        if is_wrong:
            self.refuse(key, found, expected or f"a table, begun by a line [{self._prefix}{key}]")
        content = {} if found is None or is_wrong else found
        table = Table(self.file, content, self._problems, f"{self._prefix}{key}.")
        table.is_wrong = is_wrong
        return table

    def take(self, key: str) -> Any:
        """The value of a key as it is written, or None."""
        self._known.append(key)
        return self.content.get(key)

    def refuse(self, key: str, found: object, expected: str) -> None:
        """Notes that the value of a key is wrong."""
        self.note(key, f"found {_shown(found)}, expected {expected}")

    def note(self, key: str, problem: str) -> None:
        """Notes something else that is wrong with a key."""
        self._problems.append(f"{self.file}, {self._prefix}{key}: {problem}.")

    def finish(self, expected: str = "") -> None:
        """Refuses the keys that nobody has taken. Call it last. `expected` says what a key may be,
        where it is not one of those that were taken."""
        for key in self.content:
            if key not in self._known:
                known = expected or f"one of {', '.join(self._known)}"
                self.note(key, f"found an unknown key, expected {known}")


def _shown(found: object) -> str:
    text = f"“{found}”" if isinstance(found, str) else str(found)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
