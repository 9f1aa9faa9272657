"""Applies every break to a copy of the project, and looks for a test that notices it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutants.asking import EVERYTHING, Answer, UnansweredError, ask
from mutants.entry import Break
from mutants.tree import copied, copy_project, forget_bytecode


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said about a break; `error` says why they said nothing."""

    broken: Break
    answer: Answer | None
    error: str = ""

    @property
    def is_caught(self) -> bool:
        return self.answer is not None and self.answer.failed is not None


def verdicts(
    project: Path, breaks: Sequence[Break], folder: Path, *, jobs: int, say: Callable[[str], None]
) -> Iterator[Verdict]:
    """The verdict of each break, in no order.

    The tests are asked about the unbroken project first, since a test that fails without the break
    proves nothing. A break that none of its own tests notices is then asked of all of `tests/`.
    Raises RottenError and UnansweredError before anything is broken.
    """
    for broken in breaks:
        broken.broken((project / broken.file).read_text("utf-8"))
    template = folder / "unbroken"
    copy_project(project, template)
    asked = sorted({test for broken in breaks for test in broken.asked})
    say(f"Asking {len(asked)} files and tests about the unbroken shop ...")
    answer = ask(template, asked, jobs=jobs)
    if answer.failed:
        raise UnansweredError(f"{answer.failed} fails without any break:\n{answer.reason}")
    say(f"They pass, in {answer.seconds:.0f} seconds. Breaking the shop {len(breaks)} times ...")
    missed = []
    with ThreadPoolExecutor(jobs) as pool:
        for verdict in pool.map(lambda broken: _verdict(template, folder, broken), breaks):
            if verdict.is_caught or verdict.error:
                yield verdict
            else:
                missed.append(verdict.broken)
    for broken in missed:
        say(f"Asking all tests about: {broken.name}")
        yield _verdict(template, folder, broken, EVERYTHING, jobs=jobs)


def _verdict(
    template: Path, folder: Path, broken: Break, asked: Sequence[str] = (), *, jobs: int = 1
) -> Verdict:
    with copied(template, folder / broken.name) as tree:
        broken.apply(tree)
        forget_bytecode(tree / broken.file)
        try:
            return Verdict(broken, ask(tree, asked or broken.asked, jobs=jobs))
        except UnansweredError as error:
            return Verdict(broken, None, str(error))
