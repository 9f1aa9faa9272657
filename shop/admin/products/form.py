"""The form of a product: a field for each column that an import knows."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField

from shop.core import money
from shop.core.money import Money
from shop.core.text import tidy, tidy_lines
from shop.storage.catalogue_files.grouping import GROUP_COLUMNS
from shop.storage.catalogue_files.rows import (
    LONGEST_DESCRIPTION,
    LONGEST_SKU,
    LONGEST_SLUG,
    OPTIONAL,
    Defaults,
)
from shop.web.site import wording

COLUMNS = ("sku", "name", "price", *(name for name in OPTIONAL if name not in GROUP_COLUMNS))
"""The columns of a catalogue file that are fields. The currency is always the shop's, and groups of
variants are made by files, which have all of a group's variants side by side."""
MOST_SHOWN = 300
"""Characters of a text that somebody else has written meanwhile."""


def _line(text: str | None) -> str:
    return tidy(text or "")


def _lines(text: str | None) -> str:
    return tidy_lines(text or "")


class ProductForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A product as a catalogue file has it, column by column. What is typed is checked by the rules
    of an import, which the storage keeps; its CSRF token is checked like that of every POST."""

    class Meta:
        csrf = False

    sku = StringField(
        "SKU",
        filters=[_line],
        description="1 to 40 letters, digits, spaces and . - / _ that imports know it by. "
        "It cannot be changed later.",
        render_kw={"maxlength": LONGEST_SKU, "spellcheck": "false"},
    )
    name = StringField("Name", filters=[_line], render_kw={"maxlength": 200, "dir": "auto"})
    description = TextAreaField(
        "Description",
        filters=[_lines],
        description=f"Optional: plain text of at most {LONGEST_DESCRIPTION:,} characters.",
        render_kw={"rows": 7, "dir": "auto"},
    )
    price = StringField("Price", filters=[_line], render_kw={"inputmode": "decimal"})
    compare_at_price = StringField(
        "Price before a reduction",
        filters=[_line],
        description="Optional: struck through beside the price, and higher than it.",
        render_kw={"inputmode": "decimal"},
    )
    vat_rate = StringField(
        "VAT rate in percent", filters=[_line], render_kw={"inputmode": "decimal"}
    )
    stock = StringField(
        "Stock",
        filters=[_line],
        description="How many pieces there are. If empty, there is no limit.",
        render_kw={"inputmode": "numeric", "maxlength": 9},
    )
    category = StringField(
        "Category",
        filters=[_line],
        render_kw={"maxlength": 80, "dir": "auto", "list": "categories"},
    )
    slug = StringField("End of its address", filters=[_line], render_kw={"maxlength": LONGEST_SLUG})
    image = StringField(
        "Drawing",
        filters=[_line],
        description="Optional: a file in the shop’s folder static/img/products, such as mug.svg. "
        "If empty, a picture is drawn. A photo is shown instead of either.",
        render_kw={"maxlength": 100, "spellcheck": "false"},
    )
    active = StringField("Is it sold?", filters=[_line])

    def explain(self, defaults: Defaults, *, is_new: bool) -> None:
        """Says in the hints what the shop has where nothing is written."""
        self.price.label.text = f"Price in {defaults.currency}"
        example = money.plain(Money(1250 if defaults.exponent else 1200, defaults.currency),
                              defaults.exponent)  # fmt: skip
        self.price.description = f"Including VAT, such as {example}."
        rate = wording.percent(defaults.vat_basis_points)
        self.vat_rate.description = f"Contained in the price. If empty, {rate}."
        self.category.description = f"A new one is made. If empty, {defaults.category}."
        self.slug.description = (
            "Small letters, digits and hyphens. If empty, it is made from the name."
            if is_new
            else "Small letters, digits and hyphens. Addresses that it had before lead here."
        )

    def cells(self) -> dict[str, str]:
        """What was typed, by column; a field that was not sent is missing."""
        return {column: request.form[column] for column in COLUMNS if column in request.form}

    def refuse(self, mistakes: Mapping[str, str]) -> None:
        """Marks the fields that are wrong."""
        for column, reason in mistakes.items():
            self[column].errors = [f"{self[column].label.text}: {reason}."]

    def compare(self, cells: Mapping[str, str]) -> None:
        """Says at each field that is not as the product is now how it is now."""
        for field in self.fields():
            cell = cells[field.name]
            if field.data != cell:
                shown = f"{cell[:MOST_SHOWN]}…" if len(cell) > MOST_SHOWN else cell
                field.description = f"It is now “{shown}”." if cell else "It is empty now."

    def fields(self) -> list[Field]:
        """What is typed into an existing product, in the order of the page."""
        return [
            self.name, self.description, self.price, self.compare_at_price, self.stock,
            self.vat_rate, self.category, self.slug, self.image, self.active,
        ]  # fmt: skip
