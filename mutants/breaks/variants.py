"""Breaks of variants: choosing, lists and files."""

from __future__ import annotations

from mutants.entry import Break

_CHOOSING = "shop/core/variants.py"
_CHOOSING_TESTS = ("tests/unit/core/test_variants.py",)
_LISTS = "shop/storage/catalogue.py"
_GROUPS = "shop/storage/groups.py"
_SCRIPT = "shop/static/js/variant-choice.js"
_PAGES = "tests/integration/test_variants.py"
_IMPORTS = "tests/integration/test_group_import.py"
_IN_PLACE = "e2e/test_variants.py"

BREAKS = (
    Break(
        "a variant of a group is listed for each of its sizes",
        "A list is full of the same thing.",
        _LISTS,
        "first = select(members.c.number).where(members.c.place == 1)",
        "first = select(members.c.number)",
        (_PAGES,),
    ),
    Break(
        "a list counts every variant",
        "Twelve products are promised, and the last page is empty.",
        _LISTS,
        "    - func.count(ProductRow.group_number)\n"
        "    + func.count(ProductRow.group_number.distinct())\n",
        "",
        (_PAGES,),
    ),
    Break(
        "from the price of what is sold out",
        "Nobody can have it for the price in the list.",
        _CHOOSING,
        "lowest=min(one.price for one in available or every),",
        "lowest=min(one.price for one in every),",
        _CHOOSING_TESTS,
    ),
    Break(
        "a value leads to any variant that has it",
        "Whoever chooses another size gets another colour too.",
        _CHOOSING,
        "return sum(mine != theirs for mine, theirs in pairs), product.is_sold_out",
        "return 0 * len(list(pairs)), product.is_sold_out",
        _CHOOSING_TESTS,
    ),
    Break(
        "a value does not say what else it changes",
        "A red shirt is ordered by somebody who chose a blue one before its size.",
        _CHOOSING,
        "if other != place and theirs != chosen.options[other]",
        "if False",
        _CHOOSING_TESTS,
    ),
    Break(
        "what is sold out does not say so before it is chosen",
        "Shoppers try one size after the other.",
        "shop/web/site/wording.py",
        "    if product.is_sold_out:\n        notes.append",
        "    if False:\n        notes.append",
        (_PAGES,),
    ),
    Break(
        "a variant without its options in its name",
        "The parcel holds any of six T-shirts.",
        _GROUPS,
        "return BETWEEN.join((given, *self.options)) if given == self.group.name else given",
        "return given",
        (_IMPORTS,),
    ),
    Break(
        "a variant that is there twice",
        "The second one can never be chosen.",
        _GROUPS,
        "        if other is not None:\n",
        "        if False:\n",
        (_IMPORTS,),
    ),
    Break(
        "a group at the address of a product",
        "The page of that product shows another one.",
        _GROUPS,
        "        if slug in slugs:\n",
        "        if False:\n",
        (_IMPORTS,),
    ),
    Break(
        "a group that is gone leads nowhere",
        "Its address, in search engines and letters, ends at a page that says 404.",
        _GROUPS,
        "    return {slug: sku for slug, sku in first.items() if slug not in staying}",
        "    return {}",
        (_IMPORTS,),
    ),
    Break(
        "each variant is a page of its own to a search engine",
        "Six pages with one text compete with each other.",
        "shop/web/frame/seo.py",
        "    path = to.product(shared.slug)\n",
        "    path = to.product(product.slug)\n",
        (_PAGES,),
    ),
    Break(
        "a slow answer overtakes the last choice",
        "The page shows, and the button adds, what was chosen before.",
        _SCRIPT,
        "if (last !== link) return;",
        "",
        (f"{_IN_PLACE}::test_the_last_choice_wins_however_slow_the_one_before_was",),
    ),
    Break(
        "a choice loses the focus",
        "Whoever uses a keyboard begins at the top of the page after each choice.",
        _SCRIPT,
        '.querySelector("[aria-current]").focus({ preventScroll: true });',
        '.querySelector("[aria-current]");',
        (f"{_IN_PLACE}::test_a_choice_by_keyboard_keeps_the_focus_and_what_was_typed",),
    ),
    Break(
        "a choice that fails does nothing",
        "Without a connection for a moment, a link is dead.",
        _SCRIPT,
        "show(link).catch(() => location.assign(link.href));",
        "show(link).catch(() => {});",
        (f"{_IN_PLACE}::test_a_variant_that_cannot_be_fetched_is_opened_as_a_page",),
    ),
)
