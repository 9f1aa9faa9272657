"""The texts of each language, read from its catalogue `translations/xx/LC_MESSAGES/messages.po`.

The catalogue itself is read, once in a process, so that a new language is one file and nobody has
to compile anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

FOLDER = Path(__file__).parents[2] / "translations"
SOURCE = "en"
"""The language that the texts are written in, in code and templates."""
_PLACE = re.compile(r"%\(\w+\)[sd]")


class CatalogueRefused(Exception):
    """A catalogue whose texts cannot be shown. Its text names the file, what is wrong in it, and
    what to do."""


def name_of(locale: Locale) -> str | None:
    """The name of the catalogue that fits a locale best: that of its language and country, or of
    its language; the source's has no file. None when there is none."""
    names = (str(locale), locale.language)
    return next((name for name in names if name == SOURCE or _file(name).is_file()), None)


def names() -> tuple[str, ...]:
    """The languages that there are texts in, the source's first."""
    return (SOURCE, *sorted(file.parents[1].name for file in FOLDER.glob("*/LC_MESSAGES/*.po")))


def read(name: str) -> NullTranslations:
    """The texts of a catalogue. Those of the source are as they stand in the code.

    Raises CatalogueRefused when the file is no catalogue, or a translation has a placeholder
    that its msgid lacks, or a stray %: a page with it would fail.
    """
    return NullTranslations() if name == SOURCE else _read(_file(name))


@lru_cache(maxsize=32)
def _read(file: Path) -> NullTranslations:
    try:
        with file.open("rb") as stream:
            catalogue = read_po(stream, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise CatalogueRefused(f"{file} is no catalogue of gettext in UTF-8: {error}.") from None
    for wrong in _misplaced(catalogue):
        raise CatalogueRefused(
            f"{file}: the translation “{wrong}” has a placeholder that its msgid lacks, or "
            "a stray %. Copy placeholders such as %(count)s from the msgid, and write %% for %."
        )
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _misplaced(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        known = set(_PLACE.findall(" ".join(_texts(message.id))))
        for form in _texts(message.string) if known else ():
            left = _PLACE.sub("", form)
            if not known.issuperset(_PLACE.findall(form)) or "%" in left.replace("%%", ""):
                yield form


def _texts(said: str | Sequence[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def _file(name: str) -> Path:
    return FOLDER / name / "LC_MESSAGES" / "messages.po"
