"""Full-text search, and the order of names: what is stored for both, and the conditions that find.

The words are made here and not by the database, so that SQLite (FTS5) and PostgreSQL (tsvector)
give the same answers. A query asks for beginnings of words; singular and plural are both indexed.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path

from pluralizer import Pluralizer
from pyuca import Collator
from pyuca.collator import COLL_ELEMENT_PATTERN
from pyuca.utils import hexstrings2int
from sqlalchemy import (
    ColumnElement,
    Text,
    case,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute

from shop.core.text import compounds, key, words
from shop.storage.models import ProductRow

_plurals = Pluralizer()  # type: ignore[no-untyped-call]
_SHORTEST_WITH_PLURAL = 2
MOST_WORDS = 10
"""How many different words of a query count. Each takes time: 36 single letters took two seconds
among 5,000 products, and the process could serve nobody else."""
LONGEST_WORD = 200
"""How many characters of a word count, in a text and in a query. PostgreSQL takes 2,046 bytes
(https://www.postgresql.org/docs/current/textsearch-limitations.html)."""
_WEIGHT_LEVELS = 3


def name_words(name: str) -> str:
    """The words that a name is found by, each once, with a space between them."""
    return " ".join(_indexed([name]))


def all_words(name: str, description: str, sku: str) -> str:
    """The words that a product is found by: those of its name, description and SKU. They are found
    by their beginnings only, so a word that another one begins with is left out."""
    found = sorted(_indexed([name, description, sku]))
    longer = zip(found, [*found[1:], ""], strict=True)
    return " ".join(word for word, next_word in longer if not next_word.startswith(word))


def sort_key(name: str) -> bytes:
    """Bytes that compare as names do under the Unicode Collation Algorithm (UTS #10).

    Accents and case decide only between names with the same letters. A database compares bytes
    alike everywhere, where text is compared by the rules of its own collation.
    """
    parts = unicodedata.normalize("NFD", key(name)).split(" ")
    elements = [element for part in parts for element in (*_elements(part), _space())]
    weights = [
        weight
        for level in range(_WEIGHT_LEVELS)
        for weight in (0, *(element[level] for element in elements if element[level]))
    ]
    return struct.pack(f">{len(weights)}H", *weights)


class Search:
    """The conditions of a query, each word of which stands for the words that begin with it.

    `dialect` is SQLAlchemy's name of the database. A query without a word matches nothing; of a
    long one the first MOST_WORDS count.
    """

    def __init__(self, dialect: str, query: str) -> None:
        terms = (word[:LONGEST_WORD] for word in words(query))
        self._terms = list(dict.fromkeys(terms))[:MOST_WORDS]
        self._condition = _CONDITIONS[dialect]

    @property
    def every_word(self) -> ColumnElement[bool]:
        """Products that have every word of the query."""
        return self._has(ProductRow.all_words, every=True)

    @property
    def any_word(self) -> ColumnElement[bool]:
        """Products that have at least one word of the query."""
        return self._has(ProductRow.all_words, every=False)

    @property
    def rank(self) -> ColumnElement[int]:
        """Sorts products that have every word: first those whose name has them all as whole words,
        then as beginnings of words; then those whose name has some; then the rest."""
        return case(
            (self._has(ProductRow.name_words, whole=True, every=True), 0),
            (self._has(ProductRow.name_words, every=True), 1),
            (self._has(ProductRow.name_words, every=False), 2),
            else_=3,
        )

    @property
    def misses(self) -> ColumnElement[int]:
        """Sorts products that have some of the words: by how many are missing, and then by how many
        are missing in the name."""
        worst = len(self._terms) + 1
        return sum(
            (
                case(
                    (self._condition(ProductRow.name_words, [term], False, True), 0),
                    (self._condition(ProductRow.all_words, [term], False, True), 1),
                    else_=worst,
                )
                for term in self._terms
            ),
            start=literal(0),
        )

    def _has(
        self, where: InstrumentedAttribute[str], *, every: bool, whole: bool = False
    ) -> ColumnElement[bool]:
        if not self._terms:
            return false()
        return self._condition(where, self._terms, whole, every)


_Condition = Callable[[InstrumentedAttribute[str], list[str], bool, bool], ColumnElement[bool]]


def _fts5(
    where: InstrumentedAttribute[str], terms: list[str], whole: bool, every: bool
) -> ColumnElement[bool]:
    # https://www.sqlite.org/fts5.html, "Full-text Query Syntax". Words have no quotation marks.
    ending, operator = "" if whole else " *", " AND " if every else " OR "
    wanted = operator.join(f'"{term}"{ending}' for term in terms)
    index = table("product_words", column("rowid"), column("product_words"))
    found = select(index.c.rowid).where(
        index.c.product_words.op("MATCH")(f"{where.key} : ({wanted})")
    )
    return ProductRow.number.in_(found)


def _tsvector(
    where: InstrumentedAttribute[str], terms: list[str], whole: bool, every: bool
) -> ColumnElement[bool]:
    # https://www.postgresql.org/docs/current/datatype-textsearch.html. A cast takes words as they
    # are, where to_tsquery would parse them by a language's rules. The left side has to be the
    # very expression of the index, so its space is no parameter.
    ending, operator = "" if whole else ":*", " & " if every else " | "
    wanted = operator.join(f"'{term}'{ending}" for term in terms)
    vector = func.array_to_tsvector(func.string_to_array(where, literal_column("' '")))
    return vector.op("@@", return_type=literal(True).type)(cast(literal(wanted, Text), TSQUERY))


_CONDITIONS: dict[str, _Condition] = {"sqlite": _fts5, "postgresql": _tsvector}


def _indexed(texts: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(form for text in texts for word in _words(text) for form in _forms(word))


@lru_cache(maxsize=64)  # a name is asked for twice in a row, and a description may be that of many
def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:LONGEST_WORD] for word in (*words(text), *compounds(text)))


@lru_cache(maxsize=65_536)
def _forms(word: str) -> tuple[str, ...]:
    """The word, its singular and its plural, as English forms them."""
    if len(word) < _SHORTEST_WITH_PLURAL or not word.isascii():
        return (word,)
    if word[-1].isdigit():  # 1960s; a catalogue has more numbers than words
        return (word, f"{word}s")
    return (word, _plurals.singular(word), _plurals.plural(word))


# Reading the table of weights takes a third of a second, so only an import does. Latin and Greek,
# with all their accents, are a thirtieth of it, and need no other entry.
@cache
def _collator() -> Collator:
    return Collator()


@cache
def _small_collator() -> Collator:
    return _SmallCollator()


class _SmallCollator(Collator):  # type: ignore[misc]
    def load(self, filename: str) -> None:
        for characters, weights in _SMALL_ENTRY.findall(Path(filename).read_text("utf-8")):
            elements = COLL_ELEMENT_PATTERN.findall(weights)
            self.table.add(hexstrings2int(characters.split()), list(map(hexstrings2int, elements)))


_SMALL_END = "\u0400"
_SMALL_ENTRY = re.compile("^((?:0[0-3][0-9A-F]{2} +)+);([^#]*)", re.MULTILINE)


# A catalogue has many names and few words, and no letter combines with a space.
@lru_cache(maxsize=65_536)
def _elements(part: str) -> tuple[tuple[int, ...], ...]:
    collator = _small_collator() if max(part, default="") < _SMALL_END else _collator()
    return tuple(map(tuple, collator.collation_elements(part)))


@cache
def _space() -> tuple[int, ...]:
    (element,) = _elements(" ")
    return element
