"""Writes a backup of a shop, which may be serving meanwhile."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from shop import __version__
from shop.core.errors import BackupRefused
from shop.storage.backups import archive, contents
from shop.storage.backups.archive import Manifest, OwnFiles
from shop.storage.database_copy import copying, sqlite_file
from shop.storage.database_copy.sqlite_file import Facts, Progress


@dataclass(frozen=True, slots=True)
class Written:
    """What was backed up, and the tables of the database that are not the shop's and are not in
    the backup."""

    manifest: Manifest
    left_out: tuple[str, ...]


def write(
    target: Path,
    *,
    instance: Path,
    database: URL,
    now: datetime,
    with_secrets: bool,
    own_files: Mapping[str, Path],
    own: OwnFiles | None,
    overwrites: bool,
    progress: Progress,
) -> Written:
    """Backs the shop up to one file, which appears when it is whole and has been read again.

    `database` is a file of SQLite or a database of PostgreSQL; in a backup it is a file of SQLite.
    `own_files` are the shop's own by their names in a backup, and `own` says which they are. `now`
    is in UTC. The file can be read by its owner only. Raises BackupRefused when it exists and
    may not be overwritten, or when what was written is not what it should be, and CopyRefused when
    the database has another schema; then a file that was there is as it was. Raises OSError when a
    file cannot be read or written.
    """
    if target.exists() and not overwrites:
        raise _existing(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copied, packed = Path(folder, "copy"), Path(folder, "packed")
        copied.touch(0o600)
        facts, left_out = _copy(database, copied, progress)
        files = {contents.DATABASE: copied}
        for part in contents.PARTS:
            if with_secrets or not part.is_secret:
                files |= contents.files_of(part, instance)
        files |= own_files
        manifest = Manifest(
            shop_version=__version__,
            created=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            revision=facts.revision,
            rows=facts.rows,
            files={name: archive.member_of(file) for name, file in files.items()},
            own=own,
        )
        archive.write(packed, files, manifest)
        _verify(packed, manifest, progress)
        _publish(packed, target, overwrites)
    return Written(manifest, left_out)


def _copy(database: URL, target: Path, progress: Progress) -> tuple[Facts, tuple[str, ...]]:
    if database.get_backend_name() == "sqlite":
        file = Path(str(database.database))
        if not file.is_file():
            raise BackupRefused(f"There is no database at {file}.")
        return sqlite_file.copy(file, target, progress), ()
    place = URL.create("sqlite", database=str(target.absolute()))
    copied = copying.copy_open(database, place, progress=progress)
    sqlite_file.leave_write_ahead_log(target)
    return sqlite_file.checked(target), copied.left_out


def _verify(file: Path, expected: Manifest, progress: Progress) -> None:
    try:
        with archive.opened(file) as written:
            is_whole = written.manifest == expected
            for name in expected.files:
                written.unpack(name, None, progress)
    except BackupRefused:  # whose sentence is for those who restore
        is_whole = False
    if not is_whole:
        raise BackupRefused("The backup was not written as it should be; nothing was kept.")


def _publish(packed: Path, target: Path, overwrites: bool) -> None:
    if not overwrites:
        try:  # takes the name, since another backup may have been written meanwhile
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise _existing(target) from None
    packed.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _existing(target: Path) -> BackupRefused:
    return BackupRefused(
        f"{target} exists, and was kept as it is. Choose another name, or overwrite it with "
        "--force."
    )
