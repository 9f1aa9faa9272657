"""Reads a drawn chart: the pixel positions of its ticks, curves and badges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

Pixel = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """The tick positions on the x axis (`across`) and the y axis (`up`) by label; the points of
    each curve and the centre of each badge by class."""

    across: dict[str, float]
    up: dict[str, float]
    curves: dict[str, list[Pixel]]
    badges: dict[str, Pixel]

    @classmethod
    def read(cls, svg: str) -> list[Drawn]:
        """The charts in an SVG picture, from left to right."""
        root = ElementTree.fromstring(svg)  # noqa: S314  # our own
        return [cls._of(chart) for chart in root.iter() if chart.get("class") == "line-chart"]

    @classmethod
    def _of(cls, chart: Element) -> Drawn:
        return cls(
            {label: figures[0] for label, figures in _ticks(chart, "x")},
            {label: figures[1] for label, figures in _ticks(chart, "y")},
            {kind: _points(path) for kind, path in _classed(chart, "trace ")},
            {
                kind: (float(badge[0].attrib["cx"]), float(badge[0].attrib["cy"]))
                for kind, badge in _classed(chart, "badge ")
            },
        )


def _classed(within: Element, beginning: str) -> Iterator[tuple[str, Element]]:
    for element in within.iter():
        kind = element.get("class", "")
        if kind.startswith(beginning):
            yield kind.removeprefix(beginning), element


def _ticks(chart: Element, axis: str) -> Iterator[tuple[str, list[float]]]:
    for _, group in _classed(chart, f"axis {axis}"):
        for path, text in group:
            yield text.text or "", _figures(path)


def _points(path: Element) -> list[Pixel]:
    figures = _figures(path)
    return list(zip(figures[::2], figures[1::2], strict=True))


def _figures(path: Element) -> list[float]:
    return [float(figure) for figure in re.findall(r"-?[\d.]+", path.attrib["d"])]
