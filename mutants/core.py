"""`make mutants-core`: mutation testing of `shop/core`, and what the tests did not notice.

Exits with 1 when less than LEAST_PERCENT of the mutants were killed, or one survived for which
mutants/survivors.py gives no reason. The tables are also written to test-results/mutants-core.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from mutants.mutation import UnmeasuredError, measure, percent
from mutants.report import scores_table, survivors_table
from mutants.survivors import REASONS

PROJECT = Path(__file__).resolve().parents[1]
RESULT = PROJECT / "test-results" / "mutants-core.md"
LEAST_PERCENT = 95


@click.command()
@click.option("--jobs", default=2, help="How many mutants are tested at once.")
@click.option("--only", default="", help="Modules with this text in their path.")
def main(jobs: int, only: str) -> None:
    """Mutates shop/core, and shows which mutants its unit tests did not notice."""
    click.echo("Running mutmut, which says nothing until its end ...")
    try:
        with tempfile.TemporaryDirectory(prefix="crumb-mutants-") as folder:
            scores = measure(PROJECT, Path(folder), only=only, jobs=jobs)
    except UnmeasuredError as problem:
        raise click.ClickException(str(problem)) from None
    if not scores:
        raise click.BadParameter("no module has such a path", param_hint="--only")
    survivors = [survivor for score in scores for survivor in score.survivors]
    unexplained = [survivor for survivor in survivors if survivor not in REASONS]
    table = scores_table(scores)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(f"{table}\n\n{survivors_table(survivors, REASONS)}\n", "utf-8")
    click.echo(table)
    for survivor in unexplained:
        click.echo(
            f"\nSURVIVED, without a reason: {survivor.module}: {survivor.function}\n"
            f"  was      {survivor.old}\n"
            f"  becomes  {survivor.new}"
        )
    click.echo(
        f"\n{percent(scores):.1f} % were killed; {len(unexplained)} of {len(survivors)} survivors "
        f"have no reason: {RESULT.relative_to(PROJECT)}"
    )
    sys.exit(1 if unexplained or percent(scores) < LEAST_PERCENT else 0)


if __name__ == "__main__":
    main()
