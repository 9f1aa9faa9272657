"""Copies of the working tree. The tree itself is never changed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def copy_project(project: Path, to: Path, within: Sequence[str] = ()) -> None:
    """Copies what git knows or would add: the files as they are now, without what was installed or
    generated; of the whole project, or within these files and folders."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *within]
    names = subprocess.run(command, cwd=project, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        if (project / name).is_file():  # a deleted file is still in the index
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(project / name, to / name)


@contextmanager
def copied(template: Path, to: Path) -> Iterator[Path]:
    """A copy of a copy, with its compiled bytecode, until the block ends."""
    shutil.copytree(template, to)
    try:
        yield to
    finally:
        shutil.rmtree(to)


def forget_bytecode(source: Path) -> None:
    """Deletes what was compiled from a file: Python takes it for current when the file has the same
    size and was written in the same second."""
    for compiled in (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"):
        compiled.unlink()
