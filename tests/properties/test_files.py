from __future__ import annotations

import csv
import io
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from shop.core import money
from shop.core.catalogue import Group, Product
from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.core.text import key, tidy, tidy_lines
from shop.lab.encodings.budget_report import read_orders
from shop.storage.catalogue_files import crumb
from shop.storage.catalogue_files.formats import FORMATS, read
from shop.storage.catalogue_files.grouping import MOST_OPTIONS, Membership
from shop.storage.catalogue_files.html_text import plain_text
from shop.storage.catalogue_files.rows import HIGHEST_PRICE_MINOR, Defaults, Row
from shop.storage.catalogue_files.table import ENCODINGS, SEPARATORS, read_table

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


def texts(codec: str, max_size: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Text that can be encoded, as reading a cell leaves it."""
    if codec.startswith("utf"):
        allowed = st.characters(exclude_categories=["Cs"])
    else:
        allowed = st.sampled_from(bytes(range(256)).decode(codec, "ignore"))
    return st.text(allowed, max_size=max_size).map(tidy_lines if lines else tidy)


SLUGS = st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}\Z")


@st.composite
def groups(draw: st.DrawFn, codec: str) -> list[Group]:
    options = st.lists(
        texts(codec, 9).filter(key), min_size=1, max_size=MOST_OPTIONS, unique_by=key
    ).map(tuple)
    made = st.builds(Group, SLUGS, texts(codec, 20).filter(bool), options)
    return draw(st.lists(made, max_size=2, unique_by=lambda group: group.slug))


@st.composite
def products(draw: st.DrawFn, exponent: int, codec: str, known: list[Group]) -> Product:
    group = draw(st.sampled_from([None, *known]))
    highest = min(10 ** (9 + exponent) - 1, HIGHEST_PRICE_MINOR)
    price = draw(st.integers(0, highest))
    before = draw(st.none() | st.integers(price + 1, highest)) if price < highest else None
    return Product(
        number=1,
        sku=draw(st.from_regex(r"\A[A-Z0-9_]([A-Z0-9 ./-]{0,38}[A-Z0-9])?\Z").map(tidy)),
        slug=draw(SLUGS),
        name=draw(texts(codec, 60).filter(bool)),
        description=draw(texts(codec, 90, lines=True)),
        category=draw(texts(codec, 20).filter(bool)),
        price=Money(price, "GBP"),
        vat_basis_points=draw(st.integers(0, 9_999)),
        stock=draw(st.none() | st.integers(0, 999_999_999)),
        image=draw(st.none() | st.from_regex(r"\A[a-z0-9_-]{1,20}\.(svg|png|webp)\Z")),
        is_active=draw(st.booleans()),
        compare_at=None if before is None else Money(before, "GBP"),
        group=group,
        options=tuple(draw(texts(codec, 9).filter(key)) for _ in group.options) if group else (),
    )


def _variant(product: Product) -> object:
    group = product.group
    return (group.slug, *map(key, product.options)) if group else product.sku


def _as_membership(product: Product) -> Membership | None:
    if product.group is None:
        return None
    options = tuple(zip(product.group.options, product.options, strict=True))
    return Membership(product.group.slug, product.group.name, options)


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
        compare_at=product.compare_at,
        membership=_as_membership(product),
    )


@given(st.data(), EXPONENTS, st.sampled_from(SEPARATORS), st.sampled_from(ENCODINGS))
def test_reading_a_catalogue_file_undoes_writing_it(
    drawn: st.DataObject, exponent: int, separator: str, encoding: str
) -> None:
    written = drawn.draw(
        st.lists(
            products(exponent, encoding, drawn.draw(groups(encoding))),
            max_size=5,
            unique_by=(lambda product: product.sku, lambda product: product.slug, _variant),
        )
    )
    file = io.StringIO(newline="")
    file.write(drawn.draw(st.sampled_from(["", f"sep={separator}\r\n", "\n"])))
    writer = csv.writer(file, delimiter=separator)
    for cells in crumb.write(written, exponent):
        writer.writerow(cells)
        writer.writerow([""] * drawn.draw(st.integers(0, len(cells))))
    defaults = Defaults("GBP", exponent, "Other", 2000)
    octets = file.getvalue().encode(encoding)
    rows = read(octets, defaults, encoding=encoding).rows
    assert rows == [_as_row(product, row.line) for product, row in zip(written, rows, strict=True)]
    if encoding in ("utf-8", "utf-16"):
        assert read(octets, defaults).rows == rows


POUNDS = Defaults("GBP", 2, "Other", 2000)
PIECES = st.sampled_from(
    [
        "sku", "name", "price", "currency", "Handle", "Title", "Variant Price", "Name", "Type",
        "Regular price", "Parent", "id", "title", "order", "quantity", "variation", "variable",
        "id:1", "MUG", "9.50", "9,50", "GBP", "sep=;", ",", ";", "\t", "\n", "\r\n", '"', '""',
        "'=", "\\n", "\\,", "<![", "<p>", ">", "&#0;", "\0", "\ud800", "\ufeff",
    ]
)  # fmt: skip


@given(
    st.binary(max_size=200)
    | st.lists(PIECES, max_size=60).map(lambda drawn: "".join(drawn).encode("utf-8", "replace")),
    st.sampled_from([None, *ENCODINGS]),
)
def test_any_octets_are_read_or_refused(octets: bytes, encoding: str | None) -> None:
    for known in FORMATS.values():
        with suppress(FileRefused):
            read(octets, POUNDS, format=known, encoding=encoding)
    with suppress(FileRefused):
        read_orders(read_table(octets, encoding))


@st.composite
def exports(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file with the columns of another shop and any cells."""
    known = draw(st.sampled_from([one for one in FORMATS.values() if one.key != "crumb"]))
    columns = [name.replace("*", "1") for name in known.read]
    cells = st.text(max_size=20) | PIECES | st.lists(PIECES, max_size=5).map("".join)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    width = len(columns)
    writer.writerows(draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=4)))
    return known.key, file.getvalue().encode("utf-8", "replace")


@given(exports())
def test_any_export_is_read_or_refused_line_by_line(export: tuple[str, bytes]) -> None:
    key, octets = export
    problems: list[str] = []
    lines: list[int] = []
    try:
        found = read(octets, POUNDS, format=FORMATS[key])
        lines = [row.line for row in found.rows]
        lines += [line for left_out in found.left_out.values() for line in left_out]
    except FileRefused as refused:
        problems = refused.problems
    assert all(problem.startswith(("Line ", "And ")) for problem in problems)
    assert len(lines) == len(set(lines))


@given(st.text() | st.lists(PIECES).map("".join), st.booleans())
def test_any_html_becomes_text(html: str, keeps_line_feeds: bool) -> None:
    assert plain_text(html, keeps_line_feeds=keeps_line_feeds) is not None
