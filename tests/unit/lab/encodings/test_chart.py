"""Charts are plain SVG: well-formed, reproducible, and without styles or scripts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from shop.lab.encodings.chart import CLEARANCE, Axis, Plot, Trace, describe, text_of
from tests.drawn import Drawn

ACROSS = Axis(0, 100, {0: "0", 50: "fifty", 100: "100"})
UP = Axis(0, 1000, {0: "0", 1000: "1,000"})
LEVEL = Trace("level", [(1, 500), (100, 500)], "A")
STEEP = Trace("steep", [(1, 0), (51, 1500), (100, 3000)], "B")


def drawn(*traces: Trace) -> str:
    return text_of(Plot(traces, ACROSS, UP).element())


def elements_of(svg: str, kind: str) -> list[ElementTree.Element]:
    tree = ElementTree.fromstring(svg)  # noqa: S314  # our own
    return [at for at in tree.iter() if at.get("class", "").split(" ")[-1] == kind]


def test_a_chart_has_only_shapes_text_and_classes() -> None:
    tree = ElementTree.fromstring(drawn(LEVEL, STEEP))  # noqa: S314  # our own
    assert {element.tag for element in tree.iter()} == {"svg", "g", "path", "circle", "text"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert attributes == {"class", "viewBox", "d", "x", "y", "cx", "cy", "r"}
    assert tree.get("viewBox") == "0 0 720 440"


def test_a_chart_is_reproducible() -> None:
    assert drawn(LEVEL, STEEP) == drawn(LEVEL, STEEP)


def test_each_curve_has_its_class_and_letter() -> None:
    svg = drawn(LEVEL, STEEP)
    for trace in (LEVEL, STEEP):
        curve, badge = elements_of(svg, trace.kind)
        assert curve.get("class") == f"trace {trace.kind}"
        assert badge.get("class") == f"badge {trace.kind}"
        assert [text.text for text in badge.iter("text")] == [trace.letter]


def test_a_curve_is_clipped_where_it_leaves_the_chart() -> None:
    (chart,) = Drawn.read(drawn(LEVEL, STEEP))
    (level_left, _), (level_right, _) = chart.curves["level"]
    (left, _), (right, top) = chart.curves["steep"]
    assert left == level_left
    # it reaches 1,000 after two thirds of the 50 units to its second point
    share = (right - left) / (level_right - level_left)
    assert share == pytest.approx(50 * 2 / 3 / 99, abs=0.01)
    assert top == chart.up["1,000"]


def test_a_curve_above_the_chart_is_left_out() -> None:
    svg = drawn(LEVEL, Trace("beyond", [(1, 2000), (100, 3000)], "C"))
    assert elements_of(svg, "level")
    assert not elements_of(svg, "beyond")


def test_badges_do_not_overlap() -> None:
    near = [Trace(f"n{at}", [(1, 500 + at), (100, 520 + 2 * at)], "ABCD"[at]) for at in range(4)]
    (chart,) = Drawn.read(drawn(*near))
    dots = list(chart.badges.values())
    assert len(dots) == 4
    apart = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in dots for b in dots if a is not b]
    assert min(apart) > 1.5 * CLEARANCE


def test_a_curve_agrees_with_the_ticks_and_carries_its_badge() -> None:
    (chart,) = Drawn.read(drawn(LEVEL, STEEP))
    across, up = chart.across, chart.up
    halfway = (up["0"] + up["1,000"]) / 2
    first, last = chart.curves["level"]
    assert first == pytest.approx(
        (across["0"] + (across["100"] - across["0"]) / 100, halfway), 0.01
    )
    assert last == pytest.approx((across["100"], halfway), 0.01)
    assert chart.badges["level"][1] == pytest.approx(halfway, abs=0.1)
    (left, low), (right, high) = chart.curves["steep"]
    badge = chart.badges["steep"]
    share = (badge[0] - left) / (right - left)
    assert 0 < share < 1
    assert badge[1] == pytest.approx(low + share * (high - low), abs=0.5)


def test_labels_are_escaped() -> None:
    svg = text_of(Plot([LEVEL], Axis(0, 100, {0: "<b>"}), UP).element())
    assert "&lt;b&gt;" in svg


def test_a_chart_has_an_accessible_name_and_description() -> None:
    picture = Plot([LEVEL], ACROSS, UP).element()
    describe(picture, "Title", "Description", prefix="chart-")
    assert picture.attrib["role"] == "img"
    named = {at.get("id"): at.text for at in picture if at.get("id")}
    ids = picture.attrib["aria-labelledby"].split()
    assert [named[of] for of in ids] == ["Title", "Description"]
    assert ids == ["chart-title", "chart-desc"]
    assert [at.tag for at in picture][:2] == ["title", "desc"]


def test_an_axis_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="ends above its start"):
        Axis(1, 1, {})
