"""Options that several of the commands here have."""

from __future__ import annotations

import click

from e2e.support.subjects import Subject, chosen


def _subjects(
    _: click.Context, option: click.Parameter, patterns: tuple[str, ...]
) -> list[Subject]:
    found = chosen(patterns)
    if not found:
        raise click.BadParameter("no subject has such a name", param=option)
    return found


subject = click.option(
    "--subject",
    "subjects",
    multiple=True,
    callback=_subjects,
    help="A name or pattern, such as cart-*.",
)
"""Subjects by name, all of them without the option. It ends the command if none has that name."""
