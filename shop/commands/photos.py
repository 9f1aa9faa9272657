"""`shop photos import`, `remove` and `prune`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence, counted, progress
from shop.core.errors import UnknownSkus
from shop.storage import catalogue
from shop.storage.engine import reading

# What reads pictures is imported where it is used: a served shop needs none of it.


@click.group("photos")
def photo_commands() -> None:
    """Import and remove photos of products."""


@photo_commands.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_(folder: Path) -> None:
    """Give products the photos in a FOLDER whose files are named by SKU: MUG.jpg, MUG-2.jpg.

    A product with files in the folder gets exactly these, in the order of their numbers; any other
    keeps its photos. JPEG, PNG, WebP and AVIF are read. Photos that no product has any more are
    removed.
    """
    from shop.storage.photos import folder as photo_folder
    from shop.storage.photos import rendering

    engine, kept_in = _shop()
    with reading(engine) as connection:
        numbers = {product.sku: product.number for product in catalogue.everything(connection)}
    if missing := rendering.missing_formats():
        click.echo(
            f"The Pillow of this machine cannot write {' and '.join(missing)}, so the photos are "
            "kept without. Pages work, and are larger. Import again where it can."
        )
    with _written_to(kept_in):
        planned = photo_folder.plan(folder, numbers)
        given = photo_folder.carry_out(engine, kept_in, planned)
        outcomes = list(progress(given, total=len(planned.assignments), unit="products"))
    problems = [*planned.problems, *(it.problem for it in outcomes if it.problem)]
    changed = [it for it in outcomes if it.is_changed]
    unchanged = len(outcomes) - len(changed) - sum(bool(it.problem) for it in outcomes)
    photos = sum(len(it.assignment.files) for it in changed)
    done = f"{counted(photos, 'photo')} of {counted(len(changed))} imported."
    click.echo(done if changed else "No photos were imported.")
    if unchanged:
        click.echo(f"{counted(unchanged)} had the same photos already.")
    _prune(engine, kept_in)
    if problems:
        raise Sentence("\n".join(problems))


@photo_commands.command()
@click.argument("skus", nargs=-1, required=True, metavar="SKU...")
def remove(skus: tuple[str, ...]) -> None:
    """Take all photos from products, all of them or none. A drawing is shown instead."""
    from shop.storage.photos import keeping

    engine, kept_in = _shop()
    with reading(engine) as connection:
        products = catalogue.by_skus(connection, skus)
    if unknown := [sku for sku in skus if sku not in products]:
        raise UnknownSkus(unknown)
    removed = [sku for sku in products if keeping.replace(engine, products[sku].number, [])]
    click.echo(f"Without photos now: {', '.join(removed)}." if removed else "There were no photos.")
    _prune(engine, kept_in)


@photo_commands.command()
def prune() -> None:
    """Remove the files of photos that no product has any more, if they are older than an hour."""
    engine, kept_in = _shop()
    if not _prune(engine, kept_in):
        click.echo("There is nothing to remove.")


def _shop() -> tuple[Engine, Path]:
    from shop.storage.photos.files import FOLDER

    settings = settings_of_environment()
    return migrated_database(settings), settings.instance / FOLDER


def _prune(engine: Engine, kept_in: Path) -> int:
    from shop.storage.photos import keeping

    with _written_to(kept_in):
        removed = keeping.prune(engine, kept_in, time.time())
    if removed:
        click.echo(f"{counted(removed, 'photo')} that no product has any more removed.")
    return removed


@contextmanager
def _written_to(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise Sentence(
            f"{problem.filename or folder}: {problem.strerror}. What was imported before is kept; "
            "see that the shop can write there, and try again."
        ) from None
