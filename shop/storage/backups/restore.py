"""Brings a shop back from its backup: all of it, or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from shop.core.errors import BackupRefused
from shop.storage import schema
from shop.storage.backups import archive, contents
from shop.storage.backups.archive import Archive, Manifest
from shop.storage.backups.backup import sync_folder
from shop.storage.database_copy import copying, sqlite_file
from shop.storage.database_copy.sqlite_file import Facts, Progress
from shop.storage.database_copy.target import refuse_unless_empty
from shop.storage.engine import connect_to


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the folders that what was there before has been moved to."""

    manifest: Manifest
    kept_in: tuple[Path, ...]


def restore(
    file: Path,
    *,
    instance: Path,
    database: URL,
    now: datetime,
    replaces: bool,
    progress: Progress,
) -> Restored:
    """Restores a shop, and migrates its database to the newest revision.

    `database` is a file of SQLite, or an empty database of PostgreSQL: one that is not empty is
    never replaced, since it could not be kept. Everything is unpacked, checked and migrated beside
    its place before anything is moved, and PostgreSQL commits after the last move. What the backup
    does not hold, such as keys that are kept elsewhere, stays where it is. `now` is in UTC and
    dates the folders of what is replaced.

    Raises BackupRefused when there is a shop already and it may not be replaced or is in use, or
    when the backup is damaged or of a newer shop, and CopyRefused when the database of PostgreSQL
    is not empty or cannot hold what the backup does; then nothing was changed. Raises OSError when
    a file cannot be read or written.
    """
    with ExitStack() as stack:
        backup = stack.enter_context(archive.opened(file))
        manifest = backup.manifest
        if manifest.revision not in schema.revisions():
            raise BackupRefused(
                f"The backup is of a newer shop: version {manifest.shop_version}, with a database "
                f"at revision {manifest.revision}. Restore it with that version."
            )
        is_file = database.get_backend_name() == "sqlite"
        file_there = Path(str(database.database)) if is_file else instance / contents.DATABASE
        places = {_unit(name): _place(_unit(name), instance, file_there) for name in manifest.files}
        _refuse_to_leave(places, instance, file_there)
        if not is_file:
            refuse_unless_empty(database)
        _refuse_to_replace(places, replaces=replaces, with_database=is_file)
        staged = {}
        for name, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            folder = tempfile.TemporaryDirectory(dir=place.parent, prefix=".restore-")
            staged[name] = Path(stack.enter_context(folder))
        for name in manifest.files:
            target = staged[_unit(name)] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            backup.unpack(name, target, progress)
        _prepare(staged[contents.DATABASE] / contents.DATABASE, backup)
        moves = {staged[name] / name: place for name, place in places.items()}
        if is_file:
            return Restored(manifest, _move(moves, now).folders)
        unpacked = staged[contents.DATABASE] / contents.DATABASE
        del moves[unpacked]
        return Restored(manifest, _move_and_copy(moves, now, unpacked, database, progress))


def _unit(name: str) -> str:
    # What is moved at once: a file of the shop's own beside others, and whole folders otherwise.
    return name if contents.is_own_file(name) else Path(name).parts[0]


def _place(unit: str, instance: Path, database: Path) -> Path:
    if unit == contents.DATABASE:
        return database
    return instance / (contents.place_of(unit) if contents.is_own_file(unit) else unit)


def _refuse_to_leave(places: Mapping[str, Path], instance: Path, database: Path) -> None:
    taken = {database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm")}
    for unit, place in places.items():
        if contents.is_own_file(unit) and (
            place in taken or not place.parent.resolve().is_relative_to(instance.resolve())
        ):
            raise BackupRefused(
                f"{place} leads out of the instance folder or is the database, and nothing was "
                "changed. Remove the link, or restore into another folder."
            )


def _refuse_to_replace(places: Mapping[str, Path], *, replaces: bool, with_database: bool) -> None:
    existing = sorted(
        str(place)
        for unit, place in places.items()
        if place.exists() and (with_database or unit != contents.DATABASE)
    )
    if existing and not replaces:
        raise BackupRefused(
            f"There is a shop already: {existing[0]} exists, and nothing was changed. Set "
            "SHOP_INSTANCE to an empty folder, or replace the shop with --force, which keeps the "
            "old one beside it."
        )
    database = places[contents.DATABASE]
    if with_database and database.exists() and sqlite_file.is_in_use(database):
        raise BackupRefused(
            f"{database} is in use, and nothing was changed. Stop the shop, and restore again."
        )


def _prepare(file: Path, backup: Archive) -> None:
    expected = Facts(backup.manifest.revision, backup.manifest.rows)
    if sqlite_file.checked(file) != expected:
        raise archive.damaged("the database is not what its manifest says")
    engine = connect_to(f"sqlite:///{file.absolute()}")
    schema.migrate(engine)
    engine.dispose()
    sqlite_file.leave_write_ahead_log(file)


def _move_and_copy(
    staged: Mapping[Path, Path], now: datetime, unpacked: Path, database: URL, progress: Progress
) -> tuple[Path, ...]:
    moved, source = _Moved(()), URL.create("sqlite", database=str(unpacked.absolute()))
    try:
        with copying.uncommitted(source, database, progress=progress):
            moved = _move(staged, now)
    except BaseException:
        moved.undo()
        raise
    return moved.folders


@dataclass(frozen=True, slots=True)
class _Moved:
    folders: tuple[Path, ...]
    done: list[tuple[Path, Path]] = field(default_factory=list)

    def undo(self) -> None:
        for source, target in reversed(self.done):
            target.rename(source)
        for folder in self.folders:
            folder.rmdir()


def _move(staged: Mapping[Path, Path], now: datetime) -> _Moved:
    suffix = now.strftime("%Y%m%d-%H%M%S")
    folders: dict[Path, None] = {}
    moves: list[tuple[Path, Path]] = []
    for place in staged.values():
        kept = place.parent / f"replaced-{suffix}"
        for old in (
            place,
            place.with_name(f"{place.name}-wal"),
            place.with_name(f"{place.name}-shm"),
        ):
            if old.exists():
                folders[kept] = None
                moves.append((old, kept / old.name))
    for folder in folders:
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            raise BackupRefused(
                f"{folder} exists, and nothing was changed. Restore again in a second."
            ) from None
    moves += staged.items()
    moved = _Moved(tuple(folders))
    try:
        for source, target in moves:
            source.rename(target)
            moved.done.append((source, target))
    except OSError:
        moved.undo()
        raise
    for place in staged.values():
        sync_folder(place.parent)
    return moved
