"""Groups of variants: planned from the rows of an import, and written.

A group is known by its slug. It begins with its first variant, and ends with its last.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from shop.core.catalogue import Group
from shop.core.text import key
from shop.storage.catalogue_files.grouping import PUNCTUATION, Membership, common_name, listed
from shop.storage.catalogue_files.rows import Row
from shop.storage.models import FormerSlugRow, GroupRow, ProductRow

BETWEEN = ", "
"""Stands between a group's name and the options in the name of a variant."""


@dataclass(frozen=True, slots=True)
class Member:
    """A variant's place: its group, and its value of each option."""

    group: Group
    options: tuple[str, ...]

    @property
    def words(self) -> str:
        """What the variant is found by besides its own words."""
        return " ".join((self.group.name, *self.options))

    def name(self, given: str) -> str:
        """A variant's own name, which says its options: from the group's name it is made."""
        return BETWEEN.join((given, *self.options)) if given == self.group.name else given


def named(slug: str) -> str:
    """How messages name a group."""
    return f"the group {slug}"


def member_of(row: Any) -> Member | None:
    """The place of a product, from its columns `options`, `group_slug`, `group_name` and
    `group_options`."""
    if row.group_slug is None:
        return None
    group = Group(row.group_slug, row.group_name, tuple(json.loads(row.group_options)))
    return Member(group, tuple(json.loads(row.options)))


def groups_of(rows: Iterable[Row], before: Iterable[Member]) -> dict[str, Group]:
    """The groups that have a variant among these rows, by slug, as they are to be. A group without
    a name keeps that of `before`, or gets what the names of its variants have in common."""
    names = {member.group.slug: member.group.name for member in before}
    variants: dict[str, list[tuple[str, Membership]]] = defaultdict(list)
    for row in rows:
        if isinstance(row.membership, Membership):
            variants[row.membership.group].append((row.name, row.membership))
    return {slug: _group(slug, members, names.get(slug)) for slug, members in variants.items()}


def problems(
    rows: Sequence[Row],
    groups: Mapping[str, Group],
    members: Mapping[str, Member | None],
    before: Mapping[str, Member],
    slugs: Mapping[str, str],
) -> Iterator[str]:
    """Why these rows cannot be imported: `members` are the places that products get, and `before`
    those that they have, by SKU; `slugs` are those of products, once imported."""
    lines: dict[str, int] = {}
    taken: dict[tuple[str, ...], str] = {}
    for sku, member in before.items():
        if sku not in members and member.group.slug in groups:
            taken[_variant(member)] = sku
    for row in rows:
        placed = members.get(row.sku)
        if placed is None:
            continue
        lines.setdefault(placed.group.slug, row.line)
        other = taken.get(_variant(placed))
        if other is not None:
            has = f"the group {placed.group.slug} has {listed(placed.options)} already"
            yield f"Line {row.line}: {has}, as {other}."
    changed = {
        member.group.slug: member.group
        for sku, member in before.items()
        if sku not in members
        and member.group.options != groups.get(member.group.slug, member.group).options
    }
    for slug, group in changed.items():
        had = f"the group {slug} has the options {listed(group.options)}"
        yield f"Line {lines[slug]}: {had}. To change them, give all of its variants in one file."
    for slug, line in lines.items():
        if slug in slugs:
            yield f"Line {line}, column group: {slug} is already the slug of {slugs[slug]}."


def left(members: Mapping[str, Member | None], before: Mapping[str, Member]) -> dict[str, str]:
    """The slugs of groups that all their variants leave, each with the SKU of the first."""
    staying: set[str] = set()
    first: dict[str, str] = {}
    for sku, member in before.items():
        first.setdefault(member.group.slug, sku)
        now = members.get(sku, member)
        if now is not None and now.group.slug == member.group.slug:
            staying.add(member.group.slug)
    staying |= {member.group.slug for member in members.values() if member}
    return {slug: sku for slug, sku in first.items() if slug not in staying}


def keep(connection: Connection, groups: Mapping[str, Group]) -> dict[str, int]:
    """Adds or changes these groups, and returns their numbers by slug."""
    if not groups:
        return {}
    rows = connection.execute(select(GroupRow.slug, GroupRow.number))
    numbers = {row.slug: row.number for row in rows if row.slug in groups}
    for slug, group in groups.items():
        values = {"name": group.name, "options": json.dumps(group.options, ensure_ascii=False)}
        if slug in numbers:
            connection.execute(update(GroupRow).where(GroupRow.slug == slug).values(values))
        else:
            added = insert(GroupRow).values(slug=slug, **values).returning(GroupRow.number)
            numbers[slug] = connection.execute(added).scalar_one()
    former = delete(FormerSlugRow).where(FormerSlugRow.slug == bindparam("taken"))
    connection.execute(former, [{"taken": slug} for slug in groups])
    return numbers


def forget(connection: Connection, left: Mapping[str, str]) -> None:
    """Deletes groups that their variants have left: their addresses lead to the first of them."""
    forget_empty(connection)
    for slug, sku in left.items():
        connection.execute(delete(FormerSlugRow).where(FormerSlugRow.slug == slug))
        number = select(ProductRow.number).where(ProductRow.sku == sku)
        is_free = ~exists().where(ProductRow.slug == slug)
        source = select(bindparam("slug", slug), number.scalar_subquery()).where(is_free)
        connection.execute(insert(FormerSlugRow).from_select(["slug", "product_number"], source))


def forget_empty(connection: Connection) -> None:
    """Deletes the groups that have no variant any more."""
    variants = exists().where(ProductRow.group_number == GroupRow.number)
    connection.execute(delete(GroupRow).where(~variants))


def _group(slug: str, variants: Sequence[tuple[str, Membership]], known: str | None) -> Group:
    given = next((member.name for _, member in variants if member.name), None)
    bare = [_without_options(name, member) for name, member in variants]
    name = given or known or common_name(bare) or bare[0] or variants[0][0]
    return Group(slug, name, variants[0][1].names)


def _without_options(name: str, member: Membership) -> str:
    for value in reversed(member.values):
        bare = name.rstrip(PUNCTUATION + ")")
        if not bare.endswith(value):
            break
        name = bare.removesuffix(value).rstrip(PUNCTUATION)
    return name


def _variant(member: Member) -> tuple[str, ...]:
    return (member.group.slug, *map(key, member.options))
