"""Line charts as bare SVG: shapes, text and classes, for a page and for a file.

The pages of the shop allow no inline style, so a style sheet gives the classes their colours and
dashes. The same plot always makes the same bytes.

    line-chart      the whole chart
    axis x, axis y  an axis, with a `tick` (a path across the chart, and its label) for each value
    trace KIND      a curve
    badge KIND      a circle on that curve, with its letter
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

Point = tuple[float, float]

BADGE_RADIUS = 12
CLEARANCE = 20
"""Free pixels around the centre of a badge, where possible: on a narrow page the style sheet draws
badges larger."""
PLACES = 30
"""Sections of a curve between which its badge may stand."""
MARGIN = 8
INSET = 8
"""Pixels between the ends of an axis and the edges of the area that its ticks cross."""
LABEL_PIXELS = 15
CHARACTER_PIXELS = 9
"""Width of a digit at that size, rounded up."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A curve: its points from left to right, its class in the style sheet, and the letter of its
    badge; without a letter there is no badge."""

    kind: str
    points: Sequence[Point]
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """The lowest and the highest value, and the label of each tick."""

    start: float
    end: float
    ticks: Mapping[float, str]

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("an axis ends above its start")

    def share(self, value: float) -> float:
        """The position of a value: 0 at the start, 1 at the end."""
        return (value - self.start) / (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Plot:
    """The curves and axes of a chart in their own units; `width` and `height` are in pixels.
    Curves are cut off above the end of the y axis."""

    traces: Sequence[Trace]
    x: Axis
    y: Axis
    width: int = 720
    height: int = 440

    def element(self) -> Element:
        """The chart as an svg element without a title."""
        cut = (Trace(t.kind, _below(t.points, self.y.end), t.letter) for t in self.traces)
        traces = [trace for trace in cut if trace.points]
        chart = Element(
            "svg", {"class": "line-chart", "viewBox": f"0 0 {self.width} {self.height}"}
        )
        self._draw_ticks(chart)
        for trace in traces:
            path = " ".join(map(_pair, map(self._pixels, trace.points)))
            SubElement(chart, "path", {"class": f"trace {trace.kind}", "d": f"M{path}"})
        for trace, place in self._badges(traces):
            draw_badge(chart, trace.kind, trace.letter, *self._pixels(place))
        return chart

    @property
    def _left(self) -> int:
        return 2 * MARGIN + CHARACTER_PIXELS * max(map(len, self.y.ticks.values()), default=0)

    @property
    def _right(self) -> int:
        return self.width - MARGIN

    @property
    def _bottom(self) -> int:
        return self.height - 2 * MARGIN - LABEL_PIXELS

    def _pixels(self, point: Point) -> Point:
        x, y = self.x.share(point[0]), self.y.share(point[1])
        across = self._right - self._left - 2 * INSET
        up = self._bottom - MARGIN - 2 * INSET
        return self._left + INSET + x * across, self._bottom - INSET - y * up

    def _draw_ticks(self, chart: Element) -> None:
        axis = SubElement(chart, "g", {"class": "axis y"})
        for value, label in self.y.ticks.items():
            _, y = self._pixels((self.x.start, value))
            path = f"M{self._left} {_figure(y)} H{self._right}"
            _draw_tick(axis, path, label, self._left - MARGIN, y)
        axis = SubElement(chart, "g", {"class": "axis x"})
        for value, label in self.x.ticks.items():
            x, _ = self._pixels((value, self.y.start))
            path = f"M{_figure(x)} {MARGIN} V{self._bottom}"
            _draw_tick(axis, path, label, x, self._bottom + MARGIN)

    def _badges(self, traces: Sequence[Trace]) -> list[tuple[Trace, Point]]:
        curves = {trace.kind: list(map(self._pixels, _places(trace))) for trace in traces}
        placed: list[tuple[Trace, Point]] = []
        for trace in traces:
            if trace.letter:
                others = [
                    at for kind, curve in curves.items() if kind != trace.kind for at in curve
                ]
                badges = [self._pixels(place) for _, place in placed]
                placed.append((trace, self._freest(trace, others, badges)))
        return placed

    def _freest(self, trace: Trace, curves: list[Point], badges: list[Point]) -> Point:
        room: dict[Point, float] = {}
        for place in reversed(_places(trace)[1:-1]):  # from the right, where curves lie apart
            here = self._pixels(place)
            if _room(here, badges) >= 2 * CLEARANCE:
                room[place] = _room(here, curves)
                if room[place] >= CLEARANCE:
                    return place
        return max(room, key=lambda place: room[place], default=trace.points[-1])


def draw_badge(parent: Element, kind: str, letter: str, x: float, y: float) -> None:
    """Draws a letter in a circle around this pixel."""
    badge = SubElement(parent, "g", {"class": f"badge {kind}"})
    SubElement(badge, "circle", cx=_figure(x), cy=_figure(y), r=str(BADGE_RADIUS))
    SubElement(badge, "text", x=_figure(x), y=_figure(y)).text = letter


def describe(picture: Element, title: str, description: str, *, prefix: str = "") -> None:
    """Makes an svg element an image with an accessible name. `prefix` keeps the ids of the two
    apart from other ids of a page."""
    ids = f"{prefix}title", f"{prefix}desc"
    picture.set("role", "img")
    picture.set("aria-labelledby", " ".join(ids))
    for at, (tag, words) in enumerate((("title", title), ("desc", description))):
        element = Element(tag, id=ids[at])
        element.text = words
        picture.insert(at, element)


def text_of(element: Element) -> str:
    """An element as it is written into a page or a file."""
    return ElementTree.tostring(element, encoding="unicode")


def _below(points: Sequence[Point], highest: float) -> tuple[Point, ...]:
    kept = [point for point in points if point[1] <= highest]
    for before, after in pairwise(points):
        if before[1] <= highest < after[1]:
            share = (highest - before[1]) / (after[1] - before[1])
            kept.append((before[0] + share * (after[0] - before[0]), highest))
            break
    return tuple(kept)


def _draw_tick(axis: Element, path: str, label: str, x: float, y: float) -> None:
    tick = SubElement(axis, "g", {"class": "tick"})
    SubElement(tick, "path", d=path)
    SubElement(tick, "text", x=_figure(x), y=_figure(y)).text = label


def _places(trace: Trace) -> list[Point]:
    (left, _), (right, _) = trace.points[0], trace.points[-1]
    return [_at(trace.points, left + (right - left) * step / PLACES) for step in range(PLACES + 1)]


def _room(place: Point, others: Sequence[Point]) -> float:
    return min((math.dist(place, other) for other in others), default=math.inf)


def _at(points: Sequence[Point], x: float) -> Point:
    for before, after in pairwise(points):
        if before[0] <= x <= after[0] and before[0] < after[0]:
            share = (x - before[0]) / (after[0] - before[0])
            return x, before[1] + share * (after[1] - before[1])
    return points[-1]


def _pair(pixels: Point) -> str:
    return f"{_figure(pixels[0])} {_figure(pixels[1])}"


def _figure(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")
