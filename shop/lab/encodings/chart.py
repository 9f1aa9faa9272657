"""Line charts as bare SVG: shapes, text and classes, without any style.

The policy of the shop's pages allows no inline style, so a style sheet styles the classes. The same
figures always give the same bytes.
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
"""The distance to keep around the centre of a badge, if possible: a style sheet may enlarge badges
on a narrow page."""
PLACES = 30
"""How many places along a line are tried for its badge."""
MARGIN = 8
PADDING = 0.02
"""Share of each axis that stays free beyond its ends, so that no line is drawn on the frame."""
LABEL_PIXELS = 15
DIGIT_PIXELS = 9
"""Width of a digit of a label, of the usual sans serif fonts."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A curve: its points from left to right, its class, and the letter in its badge; without a
    letter it has no badge."""

    kind: str
    points: Sequence[Point]
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Start, end, and the label of each tick."""

    start: float
    end: float
    ticks: Mapping[float, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """The curves of a chart and its axes, in the units of the data; `width` and `height` are
    those of the picture. Whatever is above the y axis is cut off."""

    traces: Sequence[Trace]
    x: Axis
    y: Axis
    width: int = 720
    height: int = 440

    def element(self) -> Element:
        """The chart as an svg element, without a title."""
        cut = (Trace(t.kind, _below(t.points, self.y.end), t.letter) for t in self.traces)
        traces = [trace for trace in cut if trace.points]
        frame = self._frame()
        chart = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": "line-chart",
                "viewBox": f"0 0 {self.width} {self.height}",
            },
        )
        plot = SubElement(
            chart, "g", {"class": "plot", "transform": f"translate({frame.left} {frame.top})"}
        )
        frame.draw_y_axis(plot, self.y)
        frame.draw_x_axis(plot, self.x)
        for trace in traces:
            line = SubElement(plot, "g", {"class": f"trace {trace.kind}"})
            SubElement(
                line, "path", d=_path([frame.place(at, self.x, self.y) for at in trace.points])
            )
        badges = SubElement(plot, "g", {"class": "badges"})
        for trace, at in self._badges(traces):
            _badge(badges, trace, frame.place(at, self.x, self.y))
        return chart

    def _frame(self) -> _Frame:
        left = MARGIN + 5 + DIGIT_PIXELS * max(map(len, self.y.ticks.values()))
        bottom = MARGIN + LABEL_PIXELS + 8
        return _Frame(left, MARGIN, self.width - left - MARGIN, self.height - MARGIN - bottom)

    def _badges(self, traces: Sequence[Trace]) -> list[tuple[Trace, Point]]:
        lines = {trace.kind: list(map(self._pixels, _places(trace))) for trace in traces}
        placed: list[tuple[Trace, Point]] = []
        for trace in traces:
            if trace.letter:
                others = [at for kind, line in lines.items() if kind != trace.kind for at in line]
                badges = [self._pixels(place) for _, place in placed]
                placed.append((trace, self._freest(trace, others, badges)))
        return placed

    def _freest(self, trace: Trace, lines: list[Point], badges: list[Point]) -> Point:
        room: dict[Point, float] = {}
        for place in reversed(_places(trace)[1:-1]):  # at the right, where lines are apart
            here = self._pixels(place)
            if _room(here, badges) >= 2 * CLEARANCE:
                room[place] = _room(here, lines)
                if room[place] >= CLEARANCE:
                    return place
        return max(room, key=lambda place: room[place], default=trace.points[-1])

    def _pixels(self, place: Point) -> Point:
        across = (place[0] - self.x.start) / (self.x.end - self.x.start)
        up = (place[1] - self.y.start) / (self.y.end - self.y.start)
        return across * self.width, up * self.height


@dataclass(frozen=True, slots=True)
class _Frame:
    """The area that the curves are drawn in, in pixels of the picture."""

    left: int
    top: int
    width: int
    height: int

    def place(self, point: Point, x: Axis, y: Axis) -> Point:
        return self._across(point[0], x), self._down(point[1], y)

    def draw_x_axis(self, plot: Element, axis: Axis) -> None:
        group = SubElement(plot, "g", {"class": "axis x"})
        for at, label in axis.ticks.items():
            across = _figure(self._across(at, axis))
            tick = SubElement(group, "g", {"class": "tick"})
            SubElement(tick, "path", d=f"M{across} 0 v{self.height}")
            down = str(self.height + LABEL_PIXELS + 3)
            SubElement(tick, "text", x=across, y=down).text = label

    def draw_y_axis(self, plot: Element, axis: Axis) -> None:
        group = SubElement(plot, "g", {"class": "axis y"})
        for at, label in axis.ticks.items():
            down = self._down(at, axis)
            tick = SubElement(group, "g", {"class": "tick"})
            SubElement(tick, "path", d=f"M0 {_figure(down)} h{self.width}")
            middle = _figure(down + LABEL_PIXELS / 3)
            SubElement(tick, "text", x="-5", y=middle).text = label

    def _across(self, value: float, axis: Axis) -> float:
        return self.width * _share(value, axis)

    def _down(self, value: float, axis: Axis) -> float:
        return self.height * (1 - _share(value, axis))


def _share(value: float, axis: Axis) -> float:
    share = (value - axis.start) / (axis.end - axis.start)
    return (share + PADDING) / (1 + 2 * PADDING)


def _path(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{_figure(x)} {_figure(y)}" for x, y in points)


def _figure(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")


def _badge(badges: Element, trace: Trace, place: Point) -> None:
    x, y = map(_figure, place)
    badge = SubElement(badges, "g", {"class": f"badge {trace.kind}"})
    SubElement(badge, "circle", cx=x, cy=y, r=str(BADGE_RADIUS))
    SubElement(badge, "text", x=x, y=y).text = trace.letter


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
