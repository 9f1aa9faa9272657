"""`make steady`: runs all tests many times in a row, and ends at the first that fails.

A test that fails once in thirty runs is a wrong test or a wrong shop. `--busy 1` keeps one core at
work beside the runs, since what depends on time shows then. The record is also written to
test-results/steady.txt.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

PROJECT = Path(__file__).resolve().parents[2]
RECORD = PROJECT / "test-results" / "steady.txt"
PYTEST = (sys.executable, "-m", "pytest")
ENDLESS = (sys.executable, "-c", "while True: pass")


@click.command()
@click.option("--suite", "suites", multiple=True, required=True, help="Arguments of pytest.")
@click.option("--runs", default=30, show_default=True, help="How many times.")
@click.option("--busy", default=0, show_default=True, help="How many cores to keep at work.")
def main(suites: tuple[str, ...], runs: int, busy: int) -> None:
    """Runs the suites many times in a row, and ends at the first test that fails."""
    commands = [(*PYTEST, *shlex.split(suite)) for suite in suites]
    RECORD.parent.mkdir(exist_ok=True)
    with RECORD.open("w", encoding="utf-8") as record, kept_busy(busy):

        def say(line: str) -> None:
            click.echo(line)
            print(line, file=record, flush=True)

        is_steady = repeated(commands, runs, say)
    sys.exit(0 if is_steady else 1)


def repeated(
    suites: Sequence[Sequence[str]],
    runs: int,
    say: Callable[[str], None],
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Runs the commands one after another, `runs` times, and says a line after each run; False as
    soon as one of them has failed, whose output it says."""
    for run in range(1, runs + 1):
        began, results = now(), []
        for command in suites:
            process = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
            results.append(_last_line(process.stdout))
            if process.returncode:
                say(process.stdout + process.stderr)
                break
        say(f"run {run} of {runs}: {'; '.join(results)}; {now() - began:.0f} s in all")
        if process.returncode:
            return False
    return True


@contextmanager
def kept_busy(cores: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Keeps this many cores at work until the block ends, each with a process."""
    with ExitStack() as stack:
        processes = []
        for _ in range(cores):
            process = stack.enter_context(subprocess.Popen(ENDLESS))
            stack.callback(process.kill)
            processes.append(process)
        yield processes


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return re.sub(r"^=+ | =+$", "", lines[-1]) if lines else "no output"


if __name__ == "__main__":
    main()
