"""What a backup holds: the database, and whatever else is in the list below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shop.secret_keys import file_in
from shop.storage.photos.files import FOLDER as PHOTOS

DATABASE = "shop.sqlite3"
"""The database's name in a backup, whatever its file is called in the shop."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file or folder of the instance folder, by its name there. A secret one can be left out."""

    name: str
    is_secret: bool = False


KEYS = Part(file_in(Path()).name, is_secret=True)
PARTS = (KEYS, Part(PHOTOS))
"""What belongs to a shop beside its database; whatever else it needs to come back gets a row here.
The worlds of the test mode are made anew by each server, and are not part of a shop."""


OWN = "own"
"""The folder of a backup that holds `shop.toml` and what it names (ADR 19)."""
_TAKEN = {"mail", "worlds", *(part.name for part in PARTS)}


def files_of(part: Part, instance: Path) -> Iterator[tuple[str, Path]]:
    """The part's files that exist, each with its name in a backup. Links are not followed, and
    what is hidden is left out: it is not finished."""
    place = instance / part.name
    for path in [place, *sorted(place.rglob("*"))]:
        name = path.relative_to(instance)
        is_hidden = any(part.startswith(".") for part in name.parts)
        if path.is_file() and not path.is_symlink() and not is_hidden:
            yield name.as_posix(), path


def is_known(name: str) -> bool:
    """Whether a backup may hold a file of this name. None that leaves the instance folder may."""
    if name == DATABASE:
        return True
    path = PurePosixPath(name)
    if is_own_file(name):
        return _is_plain(name) and is_own(place_of(name))
    return _is_plain(name) and path.parts[:1] in [(part.name,) for part in PARTS]


def own(name: str) -> str:
    """The name in a backup of one of the shop's own files, by that in the instance folder."""
    return f"{OWN}/{name}"


def is_own_file(name: str) -> bool:
    """Whether a name in a backup is that of one of the shop's own files."""
    return name.startswith(f"{OWN}/")


def place_of(name: str) -> str:
    """Where in the instance folder one of the shop's own files belongs."""
    return name.removeprefix(f"{OWN}/")


def is_own(name: str) -> bool:
    """Whether one of the shop's own files may have this name in the instance folder: it stays in
    it, and takes the place of nothing else there."""
    parts = PurePosixPath(name).parts
    if not parts or not _is_plain(name) or name.startswith("/"):
        return False
    is_hidden = any(part.startswith(".") for part in parts)
    is_taken = parts[0] in _TAKEN or parts[0].startswith((DATABASE, "replaced-"))
    return not is_hidden and not is_taken


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return path.as_posix() == name and ".." not in path.parts and not {"\\", "\0"} & set(name)
