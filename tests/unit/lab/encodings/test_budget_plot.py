"""The plot of real orders shows what was measured, as read from its coordinates."""

from __future__ import annotations

import pytest

from shop.lab.encodings import budget_plot
from shop.lab.encodings.budget_plot import Measured
from shop.lab.encodings.budget_report import RealOrder, Sizes
from shop.lab.encodings.encodings import ENCODINGS
from tests.drawn import Drawn

NEAR = 0.2
"""Pixels: coordinates are rounded to a tenth."""
ORDERS = [(1, 16)] * 10 + [(1, 64)] * 80 + [(1, 1024)] * 9 + [(10, 4096)]
"""For each order, its lines and the bytes of its cookie in this shop's encoding."""


def sizes(product: int) -> Sizes:
    """The sizes of an order: 256 bytes in every other encoding, or 4,097 for a large one."""
    others = 4097 if product == 4096 else 256
    return {encoding.key: others for encoding in ENCODINGS} | {"product": product}


@pytest.fixture(scope="module")
def picture() -> str:
    orders = [
        RealOrder(str(at), tuple((f"S{line}", 1) for line in range(lines)))
        for at, (lines, _) in enumerate(ORDERS)
    ]
    return budget_plot.picture(orders, [sizes(product) for _, product in ORDERS])


@pytest.mark.parametrize(
    ("ranked", "lost"), [((64, 4095, 4096), 0), ((64, 4096, 4097), 1), ((4097, 5000, 9000), 3)]
)
def test_an_order_of_exactly_the_limit_is_not_lost(ranked: tuple[int, ...], lost: int) -> None:
    assert Measured("A", ENCODINGS[0], ranked, ()).lost == lost


def test_each_encoding_says_how_many_orders_it_loses(picture: str) -> None:
    assert picture.count(">keeps every order<") == 1
    assert picture.count(">loses 1 order, 1.00%<") == 6


def test_both_charts_draw_the_limit_at_4096(picture: str) -> None:
    shares, against = Drawn.read(picture)
    (left, low), (right, high) = shares.curves["limit"]
    assert (left, right) == pytest.approx([shares.across["4,096"]] * 2, abs=NEAR)
    assert (low, high) == pytest.approx([shares.up["1%"], shares.up["100%"]], abs=NEAR)
    (left, low), (right, high) = against.curves["limit"]
    assert (low, high) == pytest.approx([against.up["4,096"]] * 2, abs=NEAR)
    assert (left, right) == pytest.approx([against.across["1"], against.across["10"]], abs=NEAR)


def test_the_share_of_longer_orders_is_drawn(picture: str) -> None:
    shares, _ = Drawn.read(picture)
    line, at = shares.curves["product"], shares.across

    def between(start: str, end: str) -> list[float]:
        return [up for across, up in line if at[start] < across < at[end]]

    assert line[0][1] == pytest.approx(shares.up["100%"], abs=NEAR)
    for start, end, share in (("64", "1,024", "10%"), ("1,024", "4,096", "1%")):
        ups = between(start, end)
        assert len(ups) > 5
        assert ups == pytest.approx([shares.up[share]] * len(ups), abs=NEAR)
    assert line[-1] == pytest.approx((at["4,096"], shares.up["1%"]), abs=NEAR)


def test_the_median_size_per_number_of_lines_is_drawn(picture: str) -> None:
    _, against = Drawn.read(picture)
    assert against.curves["product"] == [
        pytest.approx((against.across["1"], against.up["64"]), abs=NEAR),
        pytest.approx((against.across["10"], against.up["4,096"]), abs=NEAR),
    ]


def test_a_single_order_is_drawn() -> None:
    picture = budget_plot.picture([RealOrder("7", (("MUG", 1),))], [sizes(64)])
    shares, against = Drawn.read(picture)
    assert shares.curves["product"]
    assert against.curves["product"]
