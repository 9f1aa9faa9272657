"""A chart as it is drawn, in pixels: where its ticks are, its lines and its badges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Pixel = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """Ticks to the right and upwards, by their words; points of each line and the middle of each
    badge, by the class that it has."""

    across: dict[str, float]
    up: dict[str, float]
    lines: dict[str, list[Pixel]]
    badges: dict[str, Pixel]

    @classmethod
    def read(cls, svg: str) -> list[Drawn]:
        """The charts in an SVG picture, one after the other."""
        root = ElementTree.fromstring(svg)  # noqa: S314  # our own
        charts = [at for at in root.iter() if at.get("class") == "line-chart"]
        return [cls._of(chart) for chart in charts]

    @classmethod
    def _of(cls, chart: Element) -> Drawn:
        return cls(
            {words: figures[0] for words, figures in _ticks(chart, "x")},
            {words: figures[1] for words, figures in _ticks(chart, "y")},
            {kind: _points(group) for kind, group in _groups(chart, "trace ")},
            {
                kind: (float(dot.attrib["cx"]), float(dot.attrib["cy"]))
                for kind, group in _groups(chart, "badge ")
                for dot in group
                if "cx" in dot.attrib
            },
        )


def _groups(within: Element, beginning: str) -> Iterator[tuple[str, Element]]:
    for group in within.iter():
        kind = group.get("class", "")
        if kind.startswith(beginning):
            yield kind.removeprefix(beginning), group


def _ticks(chart: Element, axis: str) -> Iterator[tuple[str, list[float]]]:
    for _, group in _groups(chart, f"axis {axis}"):
        for _, guide in _groups(group, "tick"):
            path, text = guide
            yield text.text or "", _figures(path)


def _points(group: Element) -> list[Pixel]:
    figures = _figures(group[0])
    return list(zip(figures[::2], figures[1::2], strict=True))


def _figures(path: Element) -> list[float]:
    return [float(figure) for figure in re.findall(r"-?[\d.]+", path.attrib["d"])]
