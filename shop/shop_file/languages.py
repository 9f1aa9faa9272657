"""The languages of a shop, and texts that are stated in several of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from babel import Locale, UnknownLocaleError

from shop.shop_file.table import Table
from shop.web.languages import catalogues
from shop.web.languages.language import Language, language_of

KEY = "languages"
T = TypeVar("T")


def read_languages(table: Table, own: Language) -> tuple[Language, ...]:
    """The languages that the file lists, the shop's own first; without a list, its own alone."""
    expected = (
        'a list such as ["en-GB", "de"] of different languages, of which there are texts in '
        f"{', '.join(catalogues.names())}"
    )
    stated = table.take(KEY)
    if stated is None:
        return (own,)
    found = _languages(stated)
    if not found:
        table.refuse(KEY, stated, expected)
    return found or (own,)


def in_languages(
    table: Table, key: str, take: Callable[[Table, str], T | None], languages: tuple[Language, ...]
) -> dict[str, T]:
    """What a key states, by the tags of languages: one value is in the shop's own; a table has one
    for each language that it names, the shop's own among them."""
    own = languages[0].tag
    if not isinstance(table.content.get(key), dict):
        value = take(table, key)
        return {} if value is None else {own: value}
    inner = table.table(key)
    found = {language.tag: take(inner, language.tag) for language in languages}
    inner.finish(f"one of the shop’s languages ({', '.join(map(str, languages))})")
    if own not in inner:
        inner.note(own, "found nothing, expected what stands wherever another language has nothing")
    return {tag: value for tag, value in found.items() if value is not None}


def _languages(stated: object) -> tuple[Language, ...]:
    tags = stated if isinstance(stated, list) else []
    try:
        locales = [Locale.parse(tag, sep="-") for tag in tags]
    except (UnknownLocaleError, ValueError, TypeError, AttributeError):
        return ()
    are_known = all(map(catalogues.name_of, locales)) and len(set(locales)) == len(locales)
    return tuple(map(language_of, locales)) if are_known else ()
