"""The texts of a page in the language of its request.

Texts are written in English where they are used, whole sentences with named places, and looked up
when a page is rendered. Flask-Babel looks up the language anew for every text, which takes longer
than the rest of a table row; here it is kept for the whole request (ADR 27).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from babel import Locale
from flask import current_app, has_app_context
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from shop.web.languages.language import Language, language_of

EXTENSION = "languages"
_current: ContextVar[Language | None] = ContextVar("language of this request", default=None)


def current() -> Language:
    """The language of the request; outside one, the shop's own."""
    return _current.get() or _own()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Writes all texts in this language until the block ends."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str, /, **variables: object) -> str:
    """A text in the current language, with `%(name)s` replaced by the variable of that name."""
    said = current().text(message)
    return said % variables if variables else said


def ngettext(one: str, other: str, count: int, /, **variables: object) -> str:
    """A text in the form that its language has for a number, which is written for `%(count)s`."""
    here = current()
    return here.texts.ngettext(one, other, count) % {"count": here.number(count), **variables}


def lazy_gettext(message: str, /) -> str:
    """A text that is looked up whenever it is shown, for what is made before any request."""
    text: str = LazyString(gettext, message)
    return text


def marked_up(message: str, /, **variables: object) -> Markup:
    """A text for a template: its own markup stays, and that of the variables is escaped."""
    marked = _marked_up(current(), message)
    return marked % variables if variables else marked


def marked_up_plural(one: str, other: str, count: int, /, **variables: object) -> Markup:
    """`ngettext` for a template."""
    here = current()
    marked = _markup(here.texts.ngettext(one, other, count))
    return marked % {"count": here.number(count), **variables}


def plural_forms(one: str, other: str) -> str:
    """All forms of a noun that stands beside a number, as JSON by the categories of Unicode (UTS
    35), for a script that counts."""
    return _plural_forms(current(), one, other)


@lru_cache(maxsize=64)
def _plural_forms(language: Language, one: str, other: str) -> str:
    return json.dumps(
        {
            category: language.texts.ngettext(one, other, example)
            for category, example in _examples(language.locale).items()
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


@lru_cache(maxsize=8192)
def _marked_up(language: Language, message: str) -> Markup:
    return _markup(language.text(message))


def _markup(said: str) -> Markup:
    return Markup(said)  # noqa: S704  # our own text


def _own() -> Language:
    if has_app_context() and EXTENSION in current_app.extensions:
        own: Language = current_app.extensions[EXTENSION].own
        return own
    return language_of(Locale("en", "GB"))


def _examples(locale: Locale) -> dict[str, int]:
    # The least number of each category; the large ones are those of French and its relatives.
    found: dict[str, int] = {}
    for number in (*range(120), 1_000_000):
        found.setdefault(locale.plural_form(number), number)
    return found


FOR_TEMPLATES = {
    "_": marked_up,
    "gettext": marked_up,
    "ngettext": marked_up_plural,
    "plain": gettext,  # in a template that is not HTML
    "plural_forms": plural_forms,
}
