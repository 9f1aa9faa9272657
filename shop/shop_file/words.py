"""The shop's words in the file: names, texts and how to reach it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from shop.core.words import Contact, Words
from shop.shop_file.languages import in_languages
from shop.shop_file.look import read_look
from shop.shop_file.pages import read_pages
from shop.shop_file.table import Table
from shop.web.checkout import mail
from shop.web.languages.language import Language

LONGEST = {
    "name": 60,
    "title": 60,
    "description": 160,
    "claim": 120,
    "welcome": 300,
    "search_example": 40,
}
"""The most characters of each text, chosen for where it stands: a search engine shows about 160 of
a description, and a mail program about 60 of a sender."""
PREVIEW_TEXT = "preview_text"
LONGEST_PREVIEW_TEXT = 160
MOST_ADDRESS_LINES = 6
LONGEST_ADDRESS_LINE = 80
_PHONE = re.compile(r"(?=.*\d)[+\d][\d ()/.-]{2,38}", re.ASCII)
_VAT_ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./-]{3,23}", re.ASCII)


Texts = Mapping[str, Mapping[str, str]]
"""Each text of a shop, in each language that it is stated in, by the languages' tags."""


def read_demo(table: Table, languages: tuple[Language, ...]) -> Texts:
    """The texts of the demo shop, which states all of them."""
    longest = LONGEST | {PREVIEW_TEXT: LONGEST_PREVIEW_TEXT}
    texts = {key: in_languages(table, key, _text(most), languages) for key, most in longest.items()}
    table.finish()
    return texts


def read_words(table: Table, demo: Texts, languages: tuple[Language, ...]) -> dict[str, Words]:
    """A shop's own words by the tags of its languages. Texts that are not stated, or wrong, are
    those of the demo shop."""
    own = languages[0].tag
    texts = {
        key: in_languages(table, key, _text(longest), languages) or demo[key]
        for key, longest in LONGEST.items()
    }
    is_demo = _best(texts["name"], own, own)[1] == _best(demo["name"], own, own)[1]
    texts[PREVIEW_TEXT] = demo[PREVIEW_TEXT] if is_demo else {own: ""}
    rest: dict[str, Any] = {
        "vat_id": table.checked("vat_id", _matching(_VAT_ID), "a VAT id such as GB 123 4567 89")
        or "",
        "contact": _contact(table.table("contact")),
        "look": read_look(table.table("look")),
    }
    pages = read_pages(table.table("pages"), languages)
    return {
        language.tag: _words(texts, language.tag, own, pages=pages[language.tag], **rest)
        for language in languages
    }


def words_of_demo(demo: Texts, languages: tuple[Language, ...]) -> dict[str, Words]:
    """The words of the demo shop by the tags of a shop's languages."""
    own = languages[0].tag
    return {language.tag: _words(demo, language.tag, own) for language in languages}


def _words(texts: Texts, tag: str, own: str, **rest: Any) -> Words:
    chosen = {key: _best(stated, tag, own) for key, stated in texts.items()}
    words: dict[str, Any] = {key: text for key, (_, text) in chosen.items()}
    return Words(**words, tags={key: found for key, (found, _) in chosen.items()}, **rest)


def _best(stated: Mapping[str, str], tag: str, own: str) -> tuple[str, str]:
    # In the language itself, or another spelling of it; in the shop's own; in whatever is first.
    for wanted in (tag, own):
        for found, text in stated.items():
            if found == wanted or found.partition("-")[0] == wanted.partition("-")[0]:
                return found, text
    return next(iter(stated.items()))


def _text(longest: int) -> Callable[[Table, str], str | None]:
    return lambda table, key: table.text(key, longest=longest)


def _contact(table: Table) -> Contact:
    contact = Contact(
        email=table.checked("email", _mailbox, "an address such as hello@shop.example") or "",
        phone=table.checked("phone", _matching(_PHONE), "a number such as +44 20 7946 0000") or "",
        address=table.texts("address", most=MOST_ADDRESS_LINES, longest=LONGEST_ADDRESS_LINE),
    )
    table.finish()
    return contact


def _mailbox(text: str) -> str:
    return mail.normal(text, accepts_test_domains=True)


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(text)
        return text

    return check
