"""`make audit`: figures of the running shop, measured in a real browser, beside their targets.

Exits with 1 when a target is missed. All figures are written to test-results/audit.json.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from audit import axe, lighthouse, markup, options, weight
from audit.hostile import fuzzing, scanning
from audit.report import Group, table, write
from audit.supply import bill, known_holes
from e2e.support.demo_shop import opened
from e2e.support.server import PROJECT, prepare, running_shop
from e2e.support.subjects import Subject

SEED = 1
RESULT = PROJECT / "test-results" / "audit.json"
ON_STAGE = {"axe": axe.measure, "html": markup.measure, "weight": weight.measure}
APART = {
    "fuzz": fuzzing.measure,
    "wapiti": scanning.measure,
    "holes": known_holes.measure,
    "bill": bill.measure,
}
"""Parts that start a shop of their own, because they leave nothing in it as it was, or none."""
PARTS = (*ON_STAGE, "lighthouse", *APART)


@click.command()
@click.option("--only", default=",".join(PARTS), help=f"Parts of it: {', '.join(PARTS)}.")
@options.subject
@click.option("--seed", default=SEED, help="Draws other hostile requests.", show_default=True)
def main(only: str, subjects: list[Subject], seed: int) -> None:
    """Measures the shop and prints its figures beside their targets."""
    parts = only.split(",")
    if unknown := set(parts) - set(PARTS):
        raise click.BadParameter(f"there is no {', '.join(sorted(unknown))}", param_hint="--only")
    groups = []
    for group in filter(lambda group: group.figures, _groups(parts, subjects, seed)):
        click.echo(table(group))
        groups.append(group)
        write(groups, RESULT)
    for figure in (figure for group in groups for figure in group.figures):
        if not figure.is_checked:
            click.echo(f"\nNot checked: {figure.what}. {figure.asked}")
    click.echo(f"\nAll figures: {RESULT.relative_to(PROJECT)}")
    sys.exit(0 if groups and all(group.is_met for group in groups) else 1)


def _groups(parts: list[str], subjects: list[Subject], seed: int) -> Iterator[Group]:
    if {*ON_STAGE, "lighthouse"} & set(parts):
        yield from _in_a_browser(parts, subjects)
    for part in APART:
        if part in parts:
            yield APART[part](seed)


def _in_a_browser(parts: list[str], subjects: list[Subject]) -> Iterator[Group]:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_shop(prepare(Path(folder)), SHOP_WORKERS="2") as shop,
    ):
        with opened(shop) as (stage, executable):
            for part in ON_STAGE:
                if part in parts:
                    yield ON_STAGE[part](stage, subjects)
        if "lighthouse" in parts:  # after the other browser is closed: it would be measured too
            yield lighthouse.measure(shop, stage.numbers, subjects, executable)


if __name__ == "__main__":
    main()
