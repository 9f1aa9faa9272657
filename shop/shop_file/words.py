"""The shop's words in the file: names, texts and how to reach it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from shop.core.words import Contact, Words
from shop.shop_file.look import read_look
from shop.shop_file.pages import read_pages
from shop.shop_file.table import Table
from shop.web.checkout import mail

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
LONGEST_PREVIEW_TEXT = 160
MOST_ADDRESS_LINES = 6
LONGEST_ADDRESS_LINE = 80
_PHONE = re.compile(r"(?=.*\d)[+\d][\d ()/.-]{2,38}", re.ASCII)
_VAT_ID = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./-]{3,23}", re.ASCII)


def read_demo(table: Table) -> Words:
    """The words of the demo shop, which states all of its texts."""
    texts: dict[str, Any] = {
        key: table.text(key, longest=longest) or "" for key, longest in LONGEST.items()
    }
    preview_text = table.text("preview_text", longest=LONGEST_PREVIEW_TEXT) or ""
    table.finish()
    return Words(**texts, preview_text=preview_text)


def read_words(table: Table, demo: Words) -> Words:
    """A shop's own words; texts that are not stated, or wrong, are those of the demo shop."""
    texts: dict[str, Any] = {
        key: table.text(key, longest=longest) or str(getattr(demo, key))
        for key, longest in LONGEST.items()
    }
    return Words(
        **texts,
        preview_text=demo.preview_text if texts["name"] == demo.name else "",
        vat_id=table.checked("vat_id", _matching(_VAT_ID), "a VAT id such as GB 123 4567 89") or "",
        contact=_contact(table.table("contact")),
        pages=read_pages(table.table("pages")),
        look=read_look(table.table("look")),
    )


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
