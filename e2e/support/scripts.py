"""The JavaScript that tests run in pages, in separate files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("js")


@cache
def script(name: str) -> str:
    """The text of `js/<name>.js`. Raises FileNotFoundError when there is none."""
    return (FOLDER / f"{name}.js").read_text("utf-8")
