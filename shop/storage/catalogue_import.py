"""Imports a catalogue file into the database: adds and changes products by SKU.

An import is planned first, which takes time for each row but no lock, and then written at once, in
a few statements: the shop goes on taking orders while a large file is read.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slugify import slugify
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from shop.core.catalogue import Group
from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.core.text import key
from shop.storage import former_slugs, groups
from shop.storage.catalogue_files.grouping import Membership
from shop.storage.catalogue_files.rows import (
    ABSENT,
    Absent,
    Defaults,
    Row,
    fields_of_new,
    plain_fields,
)
from shop.storage.catalogue_files.table import shown
from shop.storage.groups import Member
from shop.storage.models import CategoryRow, GroupRow, PriceRow, ProductRow
from shop.storage.search import all_words, name_words, sort_key

_MEANWHILE = (
    "The catalogue was changed while the file was read, so nothing was imported: try again."
)
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import writes: values of new and of changed products, by SKU; the name of the
    category of each, where it is to be set; and the prices that are new. `groups` are those of the
    file, by slug, and `members` the places in them, by SKU, with None for a product that is to be
    in none. `left` are groups that nobody stays in, each with its first SKU, and `words` are of
    products that are not in the file, whose group gets another name."""

    added: dict[str, dict[str, object]] = field(default_factory=dict)
    changed: dict[str, dict[str, object]] = field(default_factory=dict)
    categories: dict[str, str] = field(default_factory=dict)
    prices: dict[str, Money] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: dict[str, Member | None] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    @property
    def slugs(self) -> dict[str, object]:
        """The slugs that products get, by SKU."""
        both = self.added | self.changed
        return {sku: values["slug"] for sku, values in both.items() if "slug" in values}


def planned(
    connection: Connection, rows: Sequence[Row], defaults: Defaults, plan: Plan
) -> Iterator[Row]:
    """Fills a plan for these rows, yielding each once it is in it. Writes nothing.

    Cookie numbers stay, and so do slugs that the file does not give. Raises FileRefused when a slug
    belongs to another product, and when a group cannot be as the file has it.
    """
    known: dict[str, Any] = {row.sku: row for row in connection.execute(_KNOWN)}
    before = {sku: member for sku, row in known.items() if (member := groups.member_of(row))}
    plan.groups.update(groups.groups_of(rows, before.values()))
    taken = {*plan.groups, *(member.group.slug for member in before.values())}
    slugs = {slug: groups.named(slug) for slug in taken}
    slugs |= {row.slug: sku for sku, row in known.items()}
    for row in rows:
        old = known.get(row.sku)
        member = _member(row, before.get(row.sku), plan.groups)
        values = _values(row, old, slugs, member)
        if old is None or row.membership is not ABSENT:
            plan.members[row.sku] = member
            values["options"] = json.dumps(member.options, ensure_ascii=False) if member else ""
        if old is None:
            plan.added[row.sku] = fields_of_new(defaults) | values
        else:
            plan.changed[row.sku] = values
        if old is None or row.category is not ABSENT:
            name = defaults.category if isinstance(row.category, Absent) else row.category
            plan.categories[row.sku] = name
        if old is None or (old.price_minor, old.currency) != (row.price.minor, row.price.currency):
            plan.prices[row.sku] = row.price
        yield row
    final = {str(plan.slugs.get(sku, row.slug)): sku for sku, row in known.items()}
    final |= {str(slug): sku for sku, slug in plan.slugs.items()}
    found = list(groups.problems(rows, plan.groups, plan.members, before, final))
    if found:
        raise FileRefused(found)
    plan.left.update(groups.left(plan.members, before))
    plan.words.update(_words_of_others(plan, known, before))


def carry_out(connection: Connection, plan: Plan, now: int) -> None:
    """Writes a plan. A new price is added to the history as of `now`, in Unix seconds, and a slug
    that is replaced goes on leading to its product.

    Raises FileRefused when the catalogue has changed since the plan was made, so that it no longer
    fits; the caller's transaction keeps all or nothing.
    """
    try:
        former_slugs.remember(connection, plan.slugs)
        numbers = _category_numbers(connection, dict.fromkeys(plan.categories.values()))
        for sku, name in plan.categories.items():
            (plan.added.get(sku) or plan.changed[sku])["category_number"] = numbers[name]
        group_numbers = groups.keep(connection, plan.groups)
        for sku, member in plan.members.items():
            number = group_numbers[member.group.slug] if member else None
            (plan.added.get(sku) or plan.changed[sku])["group_number"] = number
        if plan.added:
            # Asked for what it returns, SQLAlchemy writes many rows in one statement. FTS5 writes
            # out its index after each: 100,000 statements take ten times as long.
            added = insert(ProductRow).returning(ProductRow.number)
            connection.execute(added, list(plan.added.values()))
        for columns, changes in _by_columns(plan.changed).items():
            known_sku = ProductRow.sku == bindparam("known_sku")
            values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
            connection.execute(update(ProductRow).where(known_sku).values(values), changes)
        if plan.words:
            others = update(ProductRow).where(ProductRow.sku == bindparam("other"))
            words = [{"other": sku, "words": words} for sku, words in plan.words.items()]
            connection.execute(others.values(all_words=bindparam("words")), words)
        if plan.members:
            groups.forget(connection, plan.left)
    except IntegrityError:
        raise FileRefused([_MEANWHILE]) from None
    if plan.prices:
        _remember_prices(connection, plan.prices, now)


def import_rows(connection: Connection, rows: Sequence[Row], defaults: Defaults, now: int) -> None:
    """Plans and writes an import in one transaction."""
    plan = Plan()
    for _ in planned(connection, rows, defaults, plan):
        pass
    carry_out(connection, plan, now)


def slug_taken(slug: str, sku: str) -> str:
    """Why a product cannot have a slug: the product with this SKU has it."""
    return f"{slug} is already the slug of {sku}"


_KNOWN = (
    select(
        ProductRow.sku,
        ProductRow.slug,
        ProductRow.name,
        ProductRow.description,
        ProductRow.price_minor,
        ProductRow.currency,
        ProductRow.options,
        GroupRow.slug.label("group_slug"),
        GroupRow.name.label("group_name"),
        GroupRow.options.label("group_options"),
    )
    .outerjoin(GroupRow, GroupRow.number == ProductRow.group_number)
    .order_by(ProductRow.number)
)


def _member(row: Row, before: Member | None, made: Mapping[str, Group]) -> Member | None:
    if isinstance(row.membership, Membership):
        return Member(made[row.membership.group], row.membership.values)
    return before if isinstance(row.membership, Absent) else None


def _words_of_others(
    plan: Plan, known: Mapping[str, Any], before: Mapping[str, Member]
) -> Iterator[tuple[str, str]]:
    for sku, member in before.items():
        group = plan.groups.get(member.group.slug, member.group)
        if group.name != member.group.name and sku not in plan.changed:
            old, words = known[sku], Member(group, member.options).words
            yield sku, all_words(old.name, f"{old.description}\n{words}", sku)


def _values(row: Row, old: Any, slugs: dict[str, str], member: Member | None) -> dict[str, object]:
    name = member.name(row.name) if member else row.name
    if len(name) > _LONGEST_NAME:
        reason = f"with its options, a name has at most {_LONGEST_NAME} characters"
        raise FileRefused([f"Line {row.line}, column name: {reason} (found {shown(name)})."])
    values = plain_fields(row)
    if old is None or row.slug is not ABSENT:
        values["slug"] = _slug(row, name, slugs)
    if old is None or row.compare_at is not ABSENT:
        before = row.compare_at if isinstance(row.compare_at, Money) else None
        values["compare_at_minor"] = before.minor if before else None
    description = values.get("description", old.description if old else "")
    text = f"{description}\n{member.words}" if member else str(description)
    return values | {
        "sku": row.sku,
        "name": name,
        "price_minor": row.price.minor,
        "currency": row.price.currency,
        "name_words": name_words(name),
        "all_words": all_words(name, text, row.sku),
        "name_sort_key": sort_key(name),
    }


def _slug(row: Row, name: str, slugs: dict[str, str]) -> str:
    if isinstance(row.slug, Absent):
        wanted = slugify(name, max_length=200) or "product"
        if slugs.get(wanted, row.sku) != row.sku:
            wanted = f"{wanted}-{slugify(row.sku) or 'x'}"
        while slugs.get(wanted, row.sku) != row.sku:
            wanted += "-x"
    else:
        wanted = row.slug
        if slugs.get(wanted, row.sku) != row.sku:
            reason = slug_taken(wanted, slugs[wanted])
            raise FileRefused([f"Line {row.line}, column slug: {reason}."])
    slugs[wanted] = row.sku
    return wanted


def _category_numbers(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The number of each category, by the name that the file gives it; new ones are added.

    Names with the same `key` are one category, under the name that it had first.
    """
    rows = connection.execute(select(CategoryRow.name, CategoryRow.number, CategoryRow.slug)).all()
    known = {key(row.name): row.number for row in rows}
    taken = {row.slug for row in rows}
    numbers = {}
    for name in names:
        if key(name) not in known:
            slug = slugify(name, max_length=90) or "category"
            while slug in taken:
                slug += "-x"
            taken.add(slug)
            created = connection.execute(
                insert(CategoryRow).values(name=name, slug=slug).returning(CategoryRow.number)
            )
            known[key(name)] = created.scalar_one()
        numbers[name] = known[key(name)]
    return numbers


def _by_columns(
    changed: dict[str, dict[str, object]],
) -> dict[tuple[str, ...], list[dict[str, object]]]:
    groups: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for sku, values in changed.items():
        parameters = {f"new_{column}": value for column, value in values.items()}
        groups[tuple(values)].append({"known_sku": sku, **parameters})
    return groups


def _remember_prices(connection: Connection, prices: dict[str, Money], now: int) -> None:
    numbers = {
        row.sku: row.number for row in connection.execute(select(ProductRow.sku, ProductRow.number))
    }
    if not prices.keys() <= numbers.keys():
        raise FileRefused([_MEANWHILE])
    connection.execute(
        insert(PriceRow),
        [
            {
                "product_number": numbers[sku],
                "price_minor": price.minor,
                "currency": price.currency,
                "since": now,
            }
            for sku, price in prices.items()
        ],
    )
