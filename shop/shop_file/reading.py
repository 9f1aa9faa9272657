"""The way into the room: reads and checks the whole file once, when the shop starts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from shop.core.pricing import Rules
from shop.core.words import Words
from shop.shop_file.charges import Sale, read_charges
from shop.shop_file.languages import read_languages
from shop.shop_file.table import Table
from shop.shop_file.words import Texts, read_demo, read_words, words_of_demo
from shop.web.languages.language import Language, language_of

DEMO = Path(__file__).parent.parent / "demo" / "shop.toml"
LARGEST_OCTETS = 100_000


class ShopFileRefused(Exception):
    """The file cannot be used as it is; one sentence per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ShopFile:
    """What the file says: the shop's languages, its own first, its words by their tags, and the
    rules for each country it delivers to."""

    languages: tuple[Language, ...]
    words_in: Mapping[str, Words]
    rules_to: Mapping[str, Rules]

    @property
    def words(self) -> Words:
        """The words in the shop's own language."""
        return self.words_in[self.languages[0].tag]


def read(file: Path | None, sale: Sale, own: Language) -> ShopFile:
    """What a shop says of itself, whose settings say what its own language is. Without a file, its
    words and other languages are those of the demo shop, and the rules are the same for all
    countries.

    Raises ShopFileRefused with a sentence for each mistake.
    """
    if file is None:
        languages = (own, *(other for other in demo_languages() if not _is_alike(other, own)))
        words_in = words_of_demo(demo_texts(), languages)
        return ShopFile(languages, words_in, dict.fromkeys(sale.countries, sale.rules))
    problems: list[str] = []
    table = Table(file, _content(file), problems)
    languages = read_languages(table, own)
    words_in = read_words(table, demo_texts(), languages)
    rules_to = read_charges(table.table("shipping"), table.table("vat"), sale)
    table.finish()
    if problems:
        raise ShopFileRefused(problems)
    return ShopFile(languages, words_in, rules_to)


def demo_words() -> Words:
    """The words of the demo shop in its own language."""
    languages = demo_languages()
    return words_of_demo(demo_texts(), languages)[languages[0].tag]


def demo_languages() -> tuple[Language, ...]:
    """The languages of the demo shop."""
    return _demo()[0]


def demo_texts() -> Texts:
    """The texts of the demo shop."""
    return _demo()[1]


@lru_cache(maxsize=1)
def _demo() -> tuple[tuple[Language, ...], Texts]:
    table = Table(DEMO, _content(DEMO), [])
    languages = read_languages(table, language_of(Locale("en")))
    return languages, read_demo(table, languages)


def _is_alike(language: Language, other: Language) -> bool:
    return language.catalogue == other.catalogue


def _content(file: Path) -> dict[str, Any]:
    try:
        octets = file.read_bytes()
        if len(octets) > LARGEST_OCTETS:
            raise _refused(file, f"it is larger than {LARGEST_OCTETS:,} bytes")
        return tomllib.loads(octets.decode("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise _refused(file, f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise _refused(file, "it is not written in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _refused(file, f"it is not TOML: {error}") from None


def _refused(file: Path, reason: str) -> ShopFileRefused:
    return ShopFileRefused([f"{file}: {reason}. Correct the file, or start the shop without it."])
