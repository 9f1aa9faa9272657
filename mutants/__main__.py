"""`make mutants`: breaks the shop on purpose, and shows which test noticed.

Exits with 1 when a break was not caught. The table is also written to test-results/mutants.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from mutants.asking import UnansweredError
from mutants.breaking import verdicts
from mutants.breaks import BREAKS
from mutants.entry import RottenError
from mutants.report import breaks_table, row

PROJECT = Path(__file__).resolve().parents[1]
RESULT = PROJECT / "test-results" / "mutants.md"


@click.command()
@click.option("--jobs", default=2, help="How many breaks are tested at once.")
@click.option("--only", default="", help="Breaks with this text in their name.")
def main(jobs: int, only: str) -> None:
    """Breaks the shop on purpose, and shows which test noticed."""
    breaks = [broken for broken in BREAKS if only in broken.name]
    if not breaks:
        raise click.BadParameter("no break has such a name", param_hint="--only")
    found = []
    try:
        with tempfile.TemporaryDirectory(prefix="crumb-mutants-") as folder:
            for verdict in verdicts(PROJECT, breaks, Path(folder), jobs=jobs, say=click.echo):
                click.echo(row(verdict))
                found.append(verdict)
    except (RottenError, UnansweredError) as problem:
        raise click.ClickException(str(problem)) from None
    found.sort(key=lambda verdict: breaks.index(verdict.broken))
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(f"{breaks_table(found)}\n", "utf-8")
    caught = sum(verdict.is_caught for verdict in found)
    click.echo(f"\n{caught} of {len(found)} breaks were caught: {RESULT.relative_to(PROJECT)}")
    sys.exit(0 if caught == len(found) else 1)


if __name__ == "__main__":
    main()
