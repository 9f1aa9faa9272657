"""Variants in a file: which group a product belongs to, and what it has of each option.

A product without a cell for its group, where there is a column for it, belongs to none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from shop.core.text import key, tidy
from shop.storage.catalogue_files.table import shown

MOST_OPTIONS = 3
"""As many as Shopify has, whose files other shops read too."""
OPTION_COLUMNS = tuple(
    (f"option{place}_name", f"option{place}_value") for place in range(1, MOST_OPTIONS + 1)
)
GROUP_COLUMNS = ("group", "group_name", *(name for pair in OPTION_COLUMNS for name in pair))
LONGEST_GROUP_NAME = 200
LONGEST_OPTION = 40
PUNCTUATION = " ,;:-–—/|("
"""What stands between a name and the options after it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """The place of a product in a group: the group's slug, its name, which is empty where the file
    does not say, and the name and value of each option."""

    group: str
    name: str
    options: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.options)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(value for _, value in self.options)


def membership(
    cells: Mapping[str, str], is_slug: Callable[[str], bool]
) -> tuple[Membership | None, dict[str, str]]:
    """Where the cells of our columns put a product, and what is wrong with them, by column."""
    texts = {column: tidy(cells.get(column, "")) for column in GROUP_COLUMNS}
    mistakes = _mistakes(texts)
    if texts["group"] and not is_slug(texts["group"]):
        mistakes["group"] = (
            "a group is lower-case letters, digits and single hyphens, such as linen-apron"
        )
    if mistakes or not texts["group"]:
        return None, mistakes
    options = [(texts[name], texts[value]) for name, value in OPTION_COLUMNS]
    given = tuple(option for option in options if any(option))
    return Membership(texts["group"], texts["group_name"], given), {}


def contradictions(members: Iterable[tuple[int, Membership]]) -> Iterator[tuple[int, str]]:
    """Where the rows of a group disagree about it, or two of them are the same variant, by line."""
    first: dict[str, tuple[int, Membership]] = {}
    named: dict[str, tuple[int, str]] = {}
    variants: dict[tuple[str, ...], int] = {}
    for line, member in members:
        first_line, other = first.setdefault(member.group, (line, member))
        if member.names != other.names:
            have = f"has the options {listed(other.names)} in line {first_line}"
            reason = f"the group {member.group} {have} (found {listed(member.names)})"
            yield line, f"Line {line}, column {OPTION_COLUMNS[0][0]}: {reason}."
        if member.name:
            name_line, name = named.setdefault(member.group, (line, member.name))
            if name != member.name:
                reason = f"the group {member.group} is called {shown(name)} in line {name_line}"
                yield line, f"Line {line}, column group_name: {reason}."
        variant = (member.group, *map(key, member.values))
        same = variants.setdefault(variant, line)
        if same != line:
            reason = f"the group {member.group} has {listed(member.values)} in line {same} already"
            yield line, f"Line {line}, column {OPTION_COLUMNS[0][1]}: {reason}."


def listed(texts: Iterable[str]) -> str:
    """Names or values of options, as a sentence has them."""
    return ", ".join(map(shown, texts))


def common_name(names: Sequence[str]) -> str:
    """The whole words that all of these names begin with, without punctuation at the end; empty
    when there are none."""
    columns = zip(*(name.split() for name in names), strict=False)
    common = takewhile(lambda words: len(set(words)) == 1, columns)
    return " ".join(words[0] for words in common).rstrip(PUNCTUATION)


def _mistakes(texts: Mapping[str, str]) -> dict[str, str]:
    given = [column for column in GROUP_COLUMNS[1:] if texts[column]]
    if not texts["group"]:
        return dict.fromkeys(given[:1], "only a variant has this: name its group")
    names = [key(texts[name]) for name, _ in OPTION_COLUMNS if texts[name]]
    mistakes: dict[str, str] = {}
    if len(texts["group_name"]) > LONGEST_GROUP_NAME:
        mistakes["group_name"] = f"the name of a group has at most {LONGEST_GROUP_NAME} characters"
    if not names:
        mistakes[OPTION_COLUMNS[0][0]] = "a variant has an option, such as Size"
    if len(set(names)) < len(names):
        mistakes[OPTION_COLUMNS[0][0]] = "a group has each option once"
    for pair in OPTION_COLUMNS:
        for column, other in (pair, pair[::-1]):
            if texts[other] and not texts[column]:
                mistakes[column] = "an option has a name and a value"
            if len(texts[column]) > LONGEST_OPTION:
                mistakes[column] = (
                    f"a name or value of an option has at most {LONGEST_OPTION} characters"
                )
    return mistakes
