"""`make translations`: brings the catalogues up to date with the texts in code and templates.

    make translations                 # every catalogue
    make translations ARGS="es"       # and begins that of another language

Texts that have changed are there without a translation, and those that are no longer used are gone.
A test fails until every text of every catalogue is translated.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import click
from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from shop.web.languages import catalogues

SHOP = catalogues.FOLDER.parent
METHODS = [("**.py", "python"), ("templates/**", "jinja2.ext:babel_extract")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "lazy_gettext": None,
    "marked": None,
    "plain": None,
}
"""The functions whose arguments are texts for shoppers."""
WIDTH = 100


@click.command()
@click.argument("languages", nargs=-1)
def main(languages: tuple[str, ...]) -> None:
    for name in dict.fromkeys((*catalogues.names()[1:], *languages)):
        file = catalogues.FOLDER / name / "LC_MESSAGES" / "messages.po"
        before = file.read_text("utf-8") if file.exists() else header(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(updated(before), "utf-8")
        click.echo(f"{name}: {len(untranslated(read(file)))} texts to translate in {file}")


@lru_cache(maxsize=1)
def extracted() -> Catalog:
    """Every text for shoppers, in English."""
    found = Catalog()
    for _, _, text, _, _ in extract_from_dir(SHOP, METHODS, keywords=KEYWORDS):
        found.add(text)
    return found


def updated(text: str) -> str:
    """A catalogue with all texts that there are now, and no others."""
    beginning, _, _ = text.partition("\n\n")
    catalogue = read_po(io.StringIO(text))
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    return f"{beginning}\n\n{written.getvalue().decode('utf-8').strip()}\n"


def read(file: Path) -> Catalog:
    """A catalogue as it is in a file. Raises PoFileError when it is none."""
    with file.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts of a catalogue that have no translation, or a doubtful one."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and (message.fuzzy or not all(_all(message.string)) or not _all(message.string))
    ]


def header(name: str) -> str:
    """The beginning of a new catalogue."""
    locale = Locale.parse(name)
    forms = Catalog(locale=locale).plural_forms
    return (
        f"# {locale.english_name}. `make translations` brings the texts up to date; see "
        'docs/keep.md, "Languages".\nmsgid ""\nmsgstr ""\n'
        f'"Language: {name}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {forms}\\n"\n\n'
    )


def _all(translated: str | Sequence[str] | None) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated or ())


if __name__ == "__main__":
    main()
