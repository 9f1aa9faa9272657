"""A deliberate break of the shop: one change of one file that some test must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class RottenError(Exception):
    """The code has changed so that a break no longer says which part of it to replace."""


@dataclass(frozen=True, slots=True)
class Break:
    """Replaces `old`, which stands exactly once in `file`, by `new`.

    `harm` says in a sentence what a shopper or an operator would suffer. `asked` are the test files
    or tests that are asked first; the whole of `tests/` is asked when none of them fails.
    """

    name: str
    harm: str
    file: str
    old: str
    new: str
    asked: tuple[str, ...]

    def broken(self, text: str) -> str:
        """The file's text with the break in it. Raises RottenError."""
        count = text.count(self.old)
        if count != 1:
            raise RottenError(
                f"{self.name}: its old text stands {count} times in {self.file}, not once. "
                "The code has changed: correct the entry in mutants/breaks."
            )
        return text.replace(self.old, self.new)

    def apply(self, tree: Path) -> None:
        """Breaks the file in a copy of the project."""
        path = tree / self.file
        path.write_text(self.broken(path.read_text("utf-8")), "utf-8")
