"""Which files `shop.toml` names, for a backup: they are not read here, and may be missing."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


def named_files(file: Path) -> tuple[str, ...]:
    """The pictures and the legal pages as the file names them, in any language; none when the file
    is not TOML. Raises OSError when it cannot be read."""
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except ValueError:
        return ()
    look, pages = content.get("look"), content.get("pages")
    pictures = [look.get(key) for key in ("logo", "preview")] if isinstance(look, dict) else []
    named = [*pictures, *(pages.values() if isinstance(pages, dict) else ())]
    return tuple(dict.fromkeys(text for value in named for text in _texts(value) if text.strip()))


def _texts(value: Any) -> list[str]:
    values = value.values() if isinstance(value, dict) else [value]
    return [each for each in values if isinstance(each, str)]
