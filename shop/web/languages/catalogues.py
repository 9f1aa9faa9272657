"""The texts of each language, read from its catalogue `translations/xx/LC_MESSAGES/messages.po`.

The catalogue itself is read, once in a process and when it is first needed, so that a new language
is one file and nobody has to compile anything.
"""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parents[2] / "translations"
SOURCE = "en"
"""The language that the texts are written in, in code and templates."""


def name_of(locale: Locale) -> str | None:
    """The name of the catalogue that fits a locale best: that of its language and country, or of
    its language; the source's has no file. None when there is none."""
    names = (str(locale), locale.language)
    return next((name for name in names if name == SOURCE or _file(name).is_file()), None)


def names() -> tuple[str, ...]:
    """The languages that there are texts in, the source's first."""
    return (SOURCE, *sorted(file.parents[1].name for file in FOLDER.glob("*/LC_MESSAGES/*.po")))


def read(name: str) -> NullTranslations:
    """The texts of a catalogue. Those of the source are as they stand in the code."""
    return NullTranslations() if name == SOURCE else _read(_file(name))


@lru_cache(maxsize=32)
def _read(file: Path) -> NullTranslations:
    with file.open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _file(name: str) -> Path:
    return FOLDER / name / "LC_MESSAGES" / "messages.po"
