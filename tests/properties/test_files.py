from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from shop.core import money
from shop.core.catalogue import Product
from shop.core.money import Money
from shop.storage import catalogue_file
from shop.storage.catalogue_file import Defaults, Row

EXPONENTS = st.integers(0, 4)


@st.composite
def amounts(draw: st.DrawFn) -> tuple[Money, int]:
    """An amount that can be written, and the number of decimals of its currency."""
    exponent = draw(EXPONENTS)
    return Money(draw(st.integers(0, 10 ** (9 + exponent) - 1)), "GBP"), exponent


@given(amounts())
def test_parsing_an_amount_undoes_writing_it(amount: tuple[Money, int]) -> None:
    written, exponent = amount
    assert money.parse(money.plain(written, exponent), "GBP", exponent) == written


def texts(min_size: int, max_size: int) -> st.SearchStrategy[str]:
    """Text without surrounding white space, which reading a cell strips."""
    drawn = st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=max_size
    )
    return drawn.map(str.strip).filter(lambda text: len(text) >= min_size)


@st.composite
def products(draw: st.DrawFn, exponent: int) -> Product:
    return Product(
        number=1,
        sku=draw(st.from_regex(r"\A[A-Z0-9_]([A-Z0-9 ./-]{0,38}[A-Z0-9])?\Z")),
        slug=draw(st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}\Z")),
        name=draw(texts(1, 200)),
        description=draw(texts(0, 300)),
        category=draw(texts(1, 80)),
        price=Money(draw(st.integers(0, 10 ** (9 + exponent) - 1)), "GBP"),
        vat_basis_points=draw(st.integers(0, 9_999)),
        stock=draw(st.none() | st.integers(0, 999_999_999)),
        image=draw(st.none() | st.from_regex(r"\A[a-z0-9_-]{1,20}\.(svg|png|webp)\Z")),
        is_active=draw(st.booleans()),
    )


def _as_row(product: Product, line: int) -> Row:
    return Row(
        line=line,
        sku=product.sku,
        slug=product.slug,
        name=product.name,
        description=product.description,
        category=product.category,
        price=product.price,
        vat_basis_points=product.vat_basis_points,
        stock=product.stock,
        image=product.image,
        is_active=product.is_active,
    )


@given(st.data(), EXPONENTS)
def test_reading_a_catalogue_file_undoes_writing_it(drawn: st.DataObject, exponent: int) -> None:
    written = drawn.draw(
        st.lists(
            products(exponent),
            max_size=5,
            unique_by=(lambda product: product.sku, lambda product: product.slug),
        )
    )
    file = io.StringIO(newline="")
    csv.writer(file).writerows(catalogue_file.write(written, exponent))
    defaults = Defaults("GBP", exponent, "Other", 2000)
    rows = catalogue_file.read(io.StringIO(file.getvalue(), newline=""), defaults)
    assert rows == [_as_row(product, row.line) for product, row in zip(written, rows, strict=True)]
