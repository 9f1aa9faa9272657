"""A picture of real orders: the bytes of their cookies in each encoding, and which would be lost.

It is a file of its own, with its style and background, and identical to the byte whenever it is
drawn from the same figures.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.encodings.budget_report import RealOrder, Sizes
from shop.lab.encodings.chart import (
    BADGE_RADIUS,
    Axis,
    Plot,
    Point,
    Trace,
    describe,
    draw_badge,
    text_of,
)
from shop.lab.encodings.encodings import ENCODINGS, Encoding

WIDTH, HEIGHT = 1040, 690
PANEL_WIDTH, PANEL_HEIGHT = 500, 400
MARGIN, TOP, LEGEND_TOP, ROW = 16, 96, 540, 36
STEPS = 40
"""Points of a curve of shares."""
WIDER = 1.25
"""The ratio between the sizes of neighbouring classes of orders."""
TICKS = (1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144)
SHARES = (1.0, 0.1, 0.01, 0.001, 0.000_1, 0.000_01)

STYLE = """
svg { font: 15px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.paper { fill: #fffdf8; }
text { fill: #221d18; }
.head { font-size: 24px; font-family: Georgia, serif; }
.trace, .badge circle { fill: none; stroke-width: 2.5px; stroke-linejoin: round; }
.badge circle { fill: #fffdf8; }
.badge text { font-weight: 600; text-anchor: middle; dominant-baseline: central; }
.axis path { fill: none; stroke: #e0d5c4; }
.axis text, .caption { fill: #675b4e; }
.axis text { text-anchor: middle; font-size: 13px; dominant-baseline: central; }
.axis.x text { dominant-baseline: hanging; }
.axis.y text { text-anchor: end; }
.session_naive, .session_sku_quantity { stroke: #3f5769; }
.json_percent, .json_quoted { stroke: #40653f; }
.pairs_signed { stroke: #675b4e; }
.product, .bound { stroke: #94501c; }
.trace.session_sku_quantity, .trace.json_quoted { stroke-dasharray: 9 5; }
.trace.pairs_signed, .trace.bound { stroke-dasharray: 2 5; }
.trace.product { stroke-width: 4px; }
.trace.limit { stroke: #9c372a; stroke-width: 4px; stroke-dasharray: 14 6; }
.badge text { stroke: none; }
.lost { fill: #9c372a; }
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One encoding of all orders: its letter, the sizes in ascending order, and for each class of
    orders the median number of lines and the median size."""

    letter: str
    encoding: Encoding
    ranked: tuple[int, ...]
    growth: tuple[Point, ...]

    @property
    def lost(self) -> int:
        """How many orders a browser would not keep."""
        return self.longer_than(BROWSER_LIMIT_BYTES)

    def longer_than(self, octets: float) -> int:
        return len(self.ranked) - bisect_right(self.ranked, octets)

    @property
    def described(self) -> str:
        """How many orders are lost, as a sentence."""
        if not self.lost:
            return "keeps every order"
        orders = "order" if self.lost == 1 else "orders"
        return f"loses {self.lost:,} {orders}, {self.lost / len(self.ranked):.2%}"


def picture(orders: Sequence[RealOrder], sizes: Sequence[Sizes]) -> str:
    """An SVG file of the sizes of these orders.

    Raises ValueError when there are none.
    """
    if not orders:
        raise ValueError("there is nothing to draw")
    lines = [len(order.lines) for order in orders]
    measured = [
        Measured(
            letter,
            encoding,
            tuple(sorted(size[encoding.key] for size in sizes)),
            _growth(lines, [size[encoding.key] for size in sizes]),
        )
        for letter, encoding in zip("ABCDEFG", ENCODINGS, strict=True)
    ]
    root = _paper(len(orders), measured)
    _panel(root, 0, "Share of orders whose cookie exceeds a size in bytes", _shares(measured))
    _panel(root, 1, "Median bytes of a cookie by lines of the order", _against(measured))
    for at, one in enumerate(measured):
        _explain(root, at, one)
    return f"{text_of(root)}\n"


def _growth(lines: Iterable[int], sizes: Iterable[int]) -> tuple[Point, ...]:
    classes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for count, size in zip(lines, sizes, strict=True):
        if size:
            classes[round(math.log(count, WIDER))].append((count, size))
    middle = statistics.median_low
    return tuple(
        (middle(count for count, _ in orders), middle(size for _, size in orders))
        for _, orders in sorted(classes.items())
    )


def _paper(orders: int, measured: Sequence[Measured]) -> Element:
    title = f"{orders:,} orders as cookies; a browser keeps {BROWSER_LIMIT_BYTES:,} bytes"
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "width": str(WIDTH),
            "height": str(HEIGHT),
        },
    )
    summaries = "; ".join(f"{one.encoding.title} {one.described}" for one in measured)
    describe(
        root,
        title,
        "Two charts of the bytes of name and value in seven encodings of a cart, with the "
        f"{BROWSER_LIMIT_BYTES:,} bytes that a browser keeps: {summaries}.",
    )
    SubElement(root, "style").text = STYLE
    SubElement(root, "rect", {"class": "paper", "width": str(WIDTH), "height": str(HEIGHT)})
    _write(root, "head", MARGIN, 40, title)
    return root


def _panel(root: Element, at: int, caption: str, plot: Plot) -> None:
    left = MARGIN + at * (WIDTH // 2)
    _write(root, "caption", left, TOP - 20, caption)
    panel = plot.element()
    for name, value in zip(("x", "y"), (left, TOP), strict=True):
        panel.set(name, str(value))
    panel.set("width", str(PANEL_WIDTH))
    panel.set("height", str(PANEL_HEIGHT))
    root.append(panel)


def _shares(measured: Sequence[Measured]) -> Plot:
    orders = len(measured[0].ranked)
    least = math.log10(1 / max(2, orders))
    across = _bytes_axis(min(one.ranked[0] for one in measured), measured)
    ticks = {math.log10(share): f"{100 * share:g}%" for share in SHARES}
    up = Axis(least, 0, {at: words for at, words in ticks.items() if at >= least})
    traces = [Trace(one.encoding.key, _tail(one), one.letter) for one in measured]
    limit = math.log10(BROWSER_LIMIT_BYTES)
    traces.append(Trace("limit", [(limit, least), (limit, 0)]))
    return Plot(traces, across, up, PANEL_WIDTH, PANEL_HEIGHT)


def _tail(one: Measured) -> list[Point]:
    orders = len(one.ranked)
    first, last = math.log10(max(1, one.ranked[0] - 1)), math.log10(max(1, one.ranked[-1]))
    points = [first + (last - first) * step / STEPS for step in range(STEPS)]
    shares = [one.longer_than(10**at) / orders for at in points]
    tail = [(at, math.log10(share)) for at, share in zip(points, shares, strict=True) if share]
    return [*tail, (last, math.log10(1 / orders))]


def _against(measured: Sequence[Measured]) -> Plot:
    most = max(count for one in measured for count, _ in one.growth)
    ticks = {math.log10(tick): f"{tick:,}" for tick in (1, 3, 10, 30, 100, 300, 1000, 3000)}
    end = max(math.log10(most), math.log10(2))
    across = Axis(0, end, {at: words for at, words in ticks.items() if at <= end})
    up = _bytes_axis(min(size for one in measured for _, size in one.growth), measured)
    traces = [
        Trace(one.encoding.key, [(math.log10(x), math.log10(y)) for x, y in one.growth], one.letter)
        for one in measured
    ]
    limit = math.log10(BROWSER_LIMIT_BYTES)
    traces.append(Trace("limit", [(0, limit), (end, limit)]))
    return Plot(traces, across, up, PANEL_WIDTH, PANEL_HEIGHT)


def _bytes_axis(least: float, measured: Sequence[Measured]) -> Axis:
    start = math.log10(min(max(1, least), BROWSER_LIMIT_BYTES))
    end = math.log10(max(2 * BROWSER_LIMIT_BYTES, *(one.ranked[-1] for one in measured)))
    ticks = {math.log10(tick): f"{tick:,}" for tick in TICKS}
    return Axis(start, end, {at: words for at, words in ticks.items() if start <= at <= end})


def _explain(root: Element, at: int, one: Measured) -> None:
    left = MARGIN + at % 2 * (WIDTH // 2) + BADGE_RADIUS + 4
    top = LEGEND_TOP + at // 2 * ROW
    draw_badge(root, one.encoding.key, one.letter, left, top)
    words = _write(root, "summary", left + 24, top + 5, f"{one.encoding.title}: ")
    SubElement(words, "tspan", {"class": "lost"} if one.lost else {}).text = one.described


def _write(root: Element, kind: str, x: int, y: int, words: str) -> Element:
    text = SubElement(root, "text", {"class": kind, "x": str(x), "y": str(y)})
    text.text = words
    return text
