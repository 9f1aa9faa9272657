"""A language that pages are written in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from gettext import NullTranslations

from babel import Locale
from babel.numbers import format_decimal

from shop.web.languages import catalogues


@dataclass(frozen=True, eq=False)
class Language:
    """A language: its `tag` in HTML (BCP 47), the `locale` that formats its amounts, dates and
    names of countries, and the name of the `catalogue` with its texts."""

    tag: str
    locale: Locale
    catalogue: str

    def __str__(self) -> str:
        return self.tag

    @cached_property
    def prefix(self) -> str:
        """What addresses of pages in this language begin with: `/de`."""
        return f"/{self.tag.lower()}"

    @cached_property
    def direction(self) -> str:
        """Where writing goes: `ltr` or `rtl`."""
        return str(self.locale.text_direction if self.catalogue != catalogues.SOURCE else "ltr")

    @cached_property
    def name(self) -> str:
        """What its speakers call it."""
        name = Locale.parse(self.tag, sep="-").language_name or self.tag
        return name[:1].upper() + name[1:]

    @cached_property
    def is_english(self) -> bool:
        return self.catalogue == catalogues.SOURCE

    @cached_property
    def texts(self) -> NullTranslations:
        """Its catalogue."""
        return catalogues.read(self.catalogue)

    def text(self, message: str) -> str:
        """A text of the shop, which is English, in this language."""
        return message if self.is_english else self.texts.gettext(message)

    def number(self, figure: int) -> str:
        """A whole number with its grouping: 4,096."""
        return _number(figure, self)


@lru_cache(maxsize=8192)
def _number(figure: int, language: Language) -> str:
    return format_decimal(figure, locale=language.locale)


@lru_cache(maxsize=64)
def language_of(locale: Locale) -> Language:
    """The language of a locale. Where no catalogue fits, the texts are English, and amounts, dates
    and numbers as the locale has them."""
    catalogue = catalogues.name_of(locale)
    tag = str(locale).replace("_", "-") if catalogue else catalogues.SOURCE
    return Language(tag, locale, catalogue or catalogues.SOURCE)
