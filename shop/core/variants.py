"""Choosing among the products of a group: which values each option has, and where each one leads.

Every value leads to a product that exists. Where the other options would have to be chosen
differently, it says so. So each variant is one choice for each option away, and no combination can
be chosen that the shop does not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shop.core.catalogue import Listing, Product


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of an option, and the product that it leads to from the chosen one.

    `instead` has the values of other options that change on the way.
    """

    value: str
    product: Product
    is_chosen: bool
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that variants differ in, with its values in the order of the products."""

    name: str
    choices: tuple[Choice, ...]


def options(variants: Sequence[Product], chosen: Product) -> tuple[Option, ...]:
    """What can be chosen in the group of a product. Variants that are no longer sold are not
    offered, except for the chosen one. A product without a group has no options."""
    if chosen.group is None:
        return ()
    offered = [product for product in variants if product.is_active or product == chosen]
    return tuple(
        Option(name, tuple(_choices(offered, chosen, place)))
        for place, name in enumerate(chosen.group.options)
    )


def first_choice(variants: Sequence[Product]) -> Product | None:
    """The variant that is chosen as long as the shopper has chosen none: the first for sale or,
    where none is, the first that is still sold, or the first."""
    ranked = sorted(variants, key=lambda product: (not product.is_active, product.is_sold_out))
    return ranked[0] if ranked else None


def listing(product: Product, variants: Iterable[Product]) -> Listing:
    """A product of a list; `variants` are those of its group that are sold, and none for a product
    without one."""
    every = [one for one in variants if one.price.currency == product.price.currency] or [product]
    available = [one for one in every if not one.is_sold_out]
    return Listing(
        product,
        lowest=min(one.price for one in available or every),
        is_one_price=len({(one.price, one.compare_at) for one in every}) == 1,
        is_sold_out=not available,
    )


def _choices(offered: Sequence[Product], chosen: Product, place: int) -> Iterable[Choice]:
    for value in dict.fromkeys(product.options[place] for product in offered):
        product = _closest(offered, chosen, place, value)
        instead = tuple(
            theirs
            for other, theirs in enumerate(product.options)
            if other != place and theirs != chosen.options[other]
        )
        yield Choice(value, product, value == chosen.options[place], instead)


def _closest(offered: Sequence[Product], chosen: Product, place: int, value: str) -> Product:
    def differences(product: Product) -> tuple[int, bool]:
        pairs = zip(product.options, chosen.options, strict=True)
        return sum(mine != theirs for mine, theirs in pairs), product.is_sold_out

    return min((one for one in offered if one.options[place] == value), key=differences)
