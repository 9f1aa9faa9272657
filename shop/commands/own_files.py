"""The files in which a shop says what is its own, as a backup holds them and a restored shop has
them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from shop.commands.terminal import counted
from shop.config import Settings
from shop.shop_file.named_files import named_files
from shop.storage.backups import contents
from shop.storage.backups.archive import Manifest, OwnFiles

KEPT_AS = "shop.toml"


@dataclass(frozen=True, slots=True)
class Collected:
    """What goes into a backup: the files by their names there, what the manifest says about them,
    and what has no place in a backup."""

    files: dict[str, Path]
    manifest: OwnFiles | None
    left_out: tuple[Path, ...]


def collect(settings: Settings) -> Collected:
    """The shop's own files. Names are relative to the instance folder, or where `shop.toml` is
    elsewhere, to its folder."""
    if settings.shop_file is None:
        return Collected({}, None, ())
    file, instance = _absolute(settings.shop_file), _absolute(settings.instance)
    is_inside = file.is_relative_to(instance)
    root = instance if is_inside else file.parent
    first = file.relative_to(root).as_posix() if is_inside else KEPT_AS
    if not file.is_file() or not contents.is_own(first):
        return Collected({}, None, (file,))
    files, left_out = {contents.own(first): file}, []
    for text in named_files(file):
        path = _absolute(file.parent / Path(text).expanduser())
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if contents.is_own(name) and path.is_file() and contents.own(name) not in files:
            files[contents.own(name)] = path
        elif path not in files.values():
            left_out.append(path)
    stood_in = "" if is_inside else str(file.parent)
    return Collected(files, OwnFiles(first=first, stood_in=stood_in), tuple(left_out))


def tell_of_backup(collected: Collected) -> None:
    """Says which of the shop's own files a backup holds, and which not."""
    if collected.files:
        more = len(collected.files) - 1
        named = f" and {counted(more, 'file')} that it names" if more else ""
        click.echo(f"It holds {next(iter(collected.files.values()))}{named}.")
    for path in collected.left_out:
        click.echo(
            f"{path} is not in it: there is no such file, or it is neither in the instance folder "
            "nor below the folder of shop.toml. Keep a copy of it yourself."
        )


def tell_of_restored(manifest: Manifest, settings: Settings) -> None:
    """Says where the shop's own files are now, and whether the shop reads them."""
    names = [contents.place_of(name) for name in manifest.files if contents.is_own_file(name)]
    for name in sorted(names):
        click.echo(f"Restored {settings.instance / name}")
    if manifest.own is None:
        return
    place = settings.instance / manifest.own.first
    if manifest.own.stood_in:
        click.echo(
            f"{manifest.own.first} was in {manifest.own.stood_in} when it was backed up; nothing "
            "was written there."
        )
    if settings.shop_file and _absolute(settings.shop_file) != _absolute(place):
        click.echo(
            f"SHOP_FILE={settings.shop_file} is what the shop reads, and not {place}: copy the "
            "files there, or unset SHOP_FILE."
        )
    elif not settings.shop_file and manifest.own.first != KEPT_AS:
        click.echo(f"Set SHOP_FILE={place}, so that the shop reads it.")


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100  # links stay as they are
