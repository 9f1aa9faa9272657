"""Line charts as bare SVG: drawn by pygal, and left with nothing but shapes, text and classes.

pygal puts its style, its scripts, tooltips and the day into a picture. A page of the shop may
have none of these, and a picture in a repository is the same whenever it is drawn, so all of
them are taken out again; what is left is styled by a sheet that knows the classes.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pygal
from pygal.etree import etree as pygals
from pygal.style import Style

pygals.to_etree()  # the standard library's, so that a picture does not depend on what else is there
# Of an age before find_spec: Python 3.11 warns of it at every import that follows. It looks for
# maps, of which there are none.
sys.meta_path[:] = [at for at in sys.meta_path if not isinstance(at, pygal.PluginImportFixer)]

Point = tuple[float, float]

BADGE_RADIUS = 12
CLEARANCE = 20
"""Room around the middle of a badge, where there is as much: a sheet may draw it larger on a
narrow page."""
PLACES = 30
NOTHING_BUT = {"svg", "g", "path", "rect", "circle", "text"}
KEPT = {"class", "d", "x", "y", "cx", "cy", "r", "width", "height", "transform", "viewBox", "xmlns"}
LABEL_PIXELS = 15


@dataclass(frozen=True, slots=True)
class Trace:
    """A line: its points from left to right, its class in the sheet, and the letter that stands
    on it in a badge; none without a letter."""

    kind: str
    points: Sequence[Point]
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where, and the words at each tick."""

    start: float
    end: float
    ticks: Mapping[float, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """The lines of a chart and its axes, in units of its own; `width` and `height` are those of
    the picture. What is above the upper end is cut off."""

    traces: Sequence[Trace]
    x: Axis
    y: Axis
    width: int = 720
    height: int = 440

    def element(self) -> Element:
        """The chart as an svg element, without a name."""
        cut = (Trace(t.kind, _below(t.points, self.y.end), t.letter) for t in self.traces)
        traces = [trace for trace in cut if trace.points]
        badges = self._badges(traces)
        chart = self._chart()
        for trace in traces:
            chart.add(trace.kind, list(trace.points))
        chart.add("badges", [place for _, place in badges], stroke=False, show_dots=True)
        tree: Element = chart.render_tree()
        _bare(tree)
        _name(tree, [f"trace {trace.kind}" for trace in traces])
        _letter(tree, [trace for trace, _ in badges])
        return tree

    def _chart(self) -> Any:
        return pygal.XY(
            width=self.width,
            height=self.height,
            margin=8,
            spacing=8,
            range=(self.y.start, self.y.end),
            xrange=(self.x.start, self.x.end),
            x_labels=[{"value": at, "label": words} for at, words in self.x.ticks.items()],
            y_labels=[{"value": at, "label": words} for at, words in self.y.ticks.items()],
            show_legend=False,
            show_dots=False,
            dots_size=BADGE_RADIUS,
            truncate_label=-1,
            js=(),
            css=(),
            no_prefix=True,
            style=Style(label_font_size=LABEL_PIXELS),
        )

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


def _bare(element: Element) -> None:
    for child in list(element):
        if child.tag not in NOTHING_BUT or child.get("class") in (
            "plot tooltip-overlay",
            "tooltip",
        ):
            element.remove(child)
        else:
            _bare(child)
            if child.tag == "g" and not len(child):
                element.remove(child)
    for name, value in list(element.attrib.items()):
        if name not in KEPT or not value:
            del element.attrib[name]
        else:
            element.set(name, _rounded(value) if name != "class" else value)


def _rounded(value: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda figure: f"{float(figure[0]):.1f}".removesuffix(".0"), value)


def _name(tree: Element, kinds: Sequence[str]) -> None:
    for group in tree.iter("g"):
        if match := re.fullmatch(r"series serie-(\d+) color-\d+", group.get("class", "")):
            at = int(match[1])
            group.set("class", kinds[at] if at < len(kinds) else "badges")


def _letter(tree: Element, traces: Sequence[Trace]) -> None:
    badges = [group for group in tree.iter("g") if group.get("class") == "dots"]
    for badge, trace in zip(badges, traces, strict=True):
        badge.set("class", f"badge {trace.kind}")
        (dot,) = badge
        SubElement(badge, "text", x=dot.attrib["cx"], y=dot.attrib["cy"]).text = trace.letter
