from __future__ import annotations

import pytest

from shop.core import cookie
from shop.core.cart import MAX_LINE_QUANTITY
from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.encodings import budget_report
from shop.lab.encodings.budget_report import Good, RealOrder, Sizes
from shop.lab.encodings.encodings import ENCODINGS, PlainCart, PlainLine
from shop.storage.catalogue_files.rows import Row
from shop.storage.catalogue_files.table import read_table
from tests.unit.core.carts import KEYS, NOON, cart_of
from tests.unit.core.test_catalogue import MUG

HEAD = "order,sku,quantity"


def orders_of(*lines: str) -> list[RealOrder]:
    return budget_report.read_orders(read_table("\n".join(lines).encode()))


def test_orders_are_read_by_first_appearance() -> None:
    lines = ["sku,day,quantity,order", "B,1,2,7", "A,1,999999,3", "A,1,1,7"]
    assert orders_of(*lines) == [
        RealOrder("7", (("B", 2), ("A", 1))),
        RealOrder("3", (("A", MAX_LINE_QUANTITY),)),
    ]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        pytest.param([], "Line 1: the column order is missing.", id="empty file"),
        pytest.param(
            ["order,sku", "7,A"], "Line 1: the column quantity is missing.", id="a missing column"
        ),
        pytest.param([HEAD], "Line 2: there are no orders in this file.", id="only a header"),
        pytest.param([HEAD, "7,A,1", "7,,1"], "Line 3: order, sku and quantity", id="no SKU"),
        pytest.param([HEAD, ",A,1"], "Line 2: order, sku and quantity", id="no order"),
        pytest.param([HEAD, "7,A"], "Line 2: it has 2 cells", id="a missing cell"),
        pytest.param([HEAD, "7,A,-1"], "Line 2: the quantity -1 is not", id="a negative quantity"),
        pytest.param([HEAD, "7,A,1.0"], "Line 2: the quantity 1.0 is not", id="a fraction"),
        pytest.param(
            [HEAD, "7,A,２"], "Line 2: the quantity ２ is not", id="digits of another script"
        ),
        pytest.param([HEAD, "7,A,0"], "Line 2: a quantity is from 1 to 999,999.", id="quantity 0"),
        pytest.param([HEAD, "7,A,1000000"], "Line 2: a quantity is from 1", id="a million"),
        pytest.param([HEAD, f"7,A,{'9' * 5000}"], "Line 2: a quantity is from 1", id="5000 digits"),
        pytest.param(
            [HEAD, "7,A,1", "8,A,1", "7,A,2"], "Line 4: order 7 already has A.", id="a repeated SKU"
        ),
    ],
)
def test_an_invalid_row_is_reported_by_line(lines: list[str], sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        orders_of(*lines)
    [problem] = refused.value.problems
    assert problem.startswith(sentence)


def test_some_problems_of_a_file_are_listed_and_the_others_counted() -> None:
    with pytest.raises(FileRefused) as refused:
        orders_of(HEAD, *["7,A"] * 25)
    *listed, last = refused.value.problems
    assert (len(listed), last) == (20, "And 5 more problems like these.")


def test_an_unclosed_quote_is_refused() -> None:
    with pytest.raises(FileRefused, match="Line 2: a cell that begins with a quotation mark never"):
        orders_of(HEAD, '7,"A,1')


def test_orders_are_measured_in_every_encoding() -> None:
    orders = [RealOrder("7", (("MUG", 2), ("NEW", 1))), RealOrder("8", (("NEWER", 3), ("NEW", 1)))]
    sizes = budget_report.measure(orders, {"MUG": Good(40, "Mug", 950)}, keys=KEYS, now=NOON)
    carts = [cart_of((40, 2), (41, 1)), cart_of((42, 3), (41, 1))]
    plain = [
        (PlainLine("MUG", "Mug", 950, 2), PlainLine("NEW", "", 0, 1)),
        (PlainLine("NEWER", "", 0, 3), PlainLine("NEW", "", 0, 1)),
    ]
    cookie_limit = CookieLimit(cookie.SECURE_NAME, KEYS, cookie.BROWSER_LIMIT_BYTES)
    assert list(sizes) == [
        {
            encoding.key: encoding.octets(PlainCart(cart, lines, 3), cookie_limit)
            for encoding in ENCODINGS
        }
        for cart, lines in zip(carts, plain, strict=True)
    ]


def test_an_unknown_sku_gets_the_next_free_number() -> None:
    # number 9,999,999 takes more bytes than 1, so the size shows which one was used
    order = [RealOrder("7", (("NEW", 1),))]
    [low] = budget_report.measure(order, {}, keys=KEYS, now=NOON)
    [high] = budget_report.measure(order, {"OLD": Good(9_999_998)}, keys=KEYS, now=NOON)
    assert high["product"] > low["product"]
    assert high["session_naive"] == low["session_naive"]


def test_names_and_prices_lengthen_only_the_naive_session() -> None:
    order = [RealOrder("7", (("MUG", 1),))]
    long = Good(1, "A mug with a handle that fits three fingers", 950)
    [known] = budget_report.measure(order, {"MUG": long}, keys=KEYS, now=NOON)
    [unknown] = budget_report.measure(order, {"MUG": Good(1)}, keys=KEYS, now=NOON)
    assert [key for key in known if known[key] != unknown[key]] == ["session_naive"]
    assert known["session_naive"] > unknown["session_naive"]


def test_goods_come_from_the_shop_or_a_file() -> None:
    assert budget_report.goods_of_shop([MUG]) == {"MUG": Good(MUG.number, "Mug", 950)}
    rows = [Row(2, "B", "Bowl", Money(700, "GBP")), Row(3, "A", "Axe", Money(1250, "GBP"))]
    goods = budget_report.goods_of_file(rows)
    assert goods == {"B": Good(1, "Bowl", 700), "A": Good(2, "Axe", 1250)}


def test_a_report_summarises_each_encoding_and_names_the_largest_order() -> None:
    orders = [RealOrder(name, (("A", 1),)) for name in ("first", "second", "third")]
    sizes = [_sizes(70, 900), _sizes(4097, 800), _sizes(71, 4097)]
    report = budget_report.report(orders, sizes, {"B": Good(1)})
    assert (report.skus, report.unknown) == (1, 1)
    assert (report.orders, report.largest) == (3, orders[1])
    product, naive = report.encodings["product"], report.encodings["session_naive"]
    assert (product.max, product.p50, product.fit) == (4097, 71, 2 / 3)
    assert (naive.max, naive.p50) == (4097, 900)
    assert list(report.encodings) == [encoding.key for encoding in ENCODINGS]


def _sizes(product: int, naive: int) -> Sizes:
    return {encoding.key: 6 for encoding in ENCODINGS} | {
        "product": product,
        "session_naive": naive,
    }
