"""The file of a backup: a zip with `manifest.json` and the files that it lists.

Nothing in it is compressed, so that what comes out is never larger than the file: no zip bomb
works. Whatever is not exactly as the manifest says is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.core.errors import BackupRefused
from shop.storage.backups import contents
from shop.storage.database_copy.sqlite_file import Progress

MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 64 * 1024 * 1024
"""Room for about 30,000 photos, each of twelve files."""
CHUNK_BYTES = 1024 * 1024
_DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError)


class Member(BaseModel):
    """A file in a backup: its size in bytes, and its SHA-256 in hexadecimal digits."""

    model_config = ConfigDict(frozen=True, strict=True)

    size: int = Field(ge=0)
    sha256: str


class OwnFiles(BaseModel):
    """Where the shop says what is its own: `first` is the name of `shop.toml` in the instance
    folder, and `stood_in` the folder it was in, if that was another one."""

    model_config = ConfigDict(frozen=True, strict=True)

    first: str
    stood_in: str = ""


class Manifest(BaseModel):
    """What a backup says about itself. `created` is in UTC as in ISO 8601, `rows` are those of each
    table, `files` go by their names in the backup. `own` is None without `shop.toml`."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: Literal[1] = 1
    shop_version: str
    created: str
    revision: str
    rows: dict[str, int]
    files: dict[str, Member]
    own: OwnFiles | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """An open backup whose manifest fits what the file lists."""

    manifest: Manifest
    file: zipfile.ZipFile

    def unpack(self, name: str, target: Path | None, progress: Progress) -> None:
        """Writes a file, readable by its owner only, to where there is none; without a target, it
        is only checked. Raises BackupRefused when it is not what the manifest says."""
        expected, digest, done = self.manifest.files[name], hashlib.sha256(), 0
        descriptor = os.open(target or os.devnull, _flags(target), 0o600)
        with os.fdopen(descriptor, "wb") as written, _damage(), self.file.open(name) as member:
            while chunk := member.read(CHUNK_BYTES):
                digest.update(chunk)
                written.write(chunk)
                done += len(chunk)
                progress(done, expected.size)
            if target:
                written.flush()
                os.fsync(written.fileno())
        if (done, digest.hexdigest()) != (expected.size, expected.sha256):
            raise damaged(f"{name} is not what was backed up")


def damaged(how: str) -> BackupRefused:
    """What is raised for a backup that is not as it was written."""
    return BackupRefused(
        f"The backup is damaged: {how}. Nothing was restored. Try another copy of it, or an older "
        "backup."
    )


def member_of(file: Path) -> Member:
    """What a manifest says about a file."""
    with file.open("rb") as octets:
        digest = hashlib.file_digest(octets, "sha256")
    return Member(size=file.stat().st_size, sha256=digest.hexdigest())


def write(target: Path, files: Mapping[str, Path], manifest: Manifest) -> None:
    """Writes a backup, readable by its owner only, to where there is no file."""
    descriptor = os.open(target, _flags(target), 0o600)
    with os.fdopen(descriptor, "wb") as written:
        with zipfile.ZipFile(written, "w", strict_timestamps=False) as archive:
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
            for name, file in files.items():
                archive.write(file, name)
        written.flush()
        os.fsync(written.fileno())


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Opens a backup. Raises BackupRefused when it is damaged, not a backup, or of a newer shop."""
    with _damage():
        archive = zipfile.ZipFile(file)
    with archive:
        yield Archive(_manifest(archive, file.stat().st_size), archive)


def _manifest(archive: zipfile.ZipFile, file_bytes: int) -> Manifest:
    members = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in members:
        raise BackupRefused("This is not a backup of a shop: it has no manifest.")
    if (
        len(members) != len(archive.infolist())
        or any(not _is_plain(info) for info in members.values())
        or sum(info.file_size for info in members.values()) > file_bytes
        or members[MANIFEST].file_size > MOST_MANIFEST_BYTES
    ):
        raise BackupRefused("The backup was not written by `shop backup`, or is damaged.")
    manifest = _parsed(archive)
    if unknown := sorted(name for name in manifest.files if not contents.is_known(name)):
        raise BackupRefused(
            f"The backup holds {unknown[0]!r}, which does not belong to a shop of this version."
        )
    if missing := sorted({contents.DATABASE, *manifest.files} - members.keys()):
        raise damaged(f"{missing[0]} is missing")
    if more := sorted(members.keys() - manifest.files.keys() - {MANIFEST}):
        raise BackupRefused(f"The backup holds {more[0]!r}, which is not in its manifest.")
    return manifest


def _parsed(archive: zipfile.ZipFile) -> Manifest:
    with _damage():
        text = archive.read(MANIFEST)
        values = json.loads(text)
        if isinstance(values, dict) and values.get("format") not in (None, 1):
            raise BackupRefused("The backup was written by a newer shop, in a newer format.")
        try:
            return Manifest.model_validate_json(text)
        except ValidationError:
            raise damaged("its manifest cannot be read") from None


def _is_plain(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_file = kind in (0, stat.S_IFREG) and not info.is_dir()
    return is_file and info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 1


def _flags(target: Path | None) -> int:
    return os.O_WRONLY | (os.O_CREAT | os.O_EXCL if target else 0)


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except _DAMAGES as problem:
        raise damaged(str(problem).rstrip(".")) from None
