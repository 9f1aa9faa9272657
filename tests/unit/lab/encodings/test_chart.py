"""Charts are bare SVG: well-formed, the same every time, and without style, script or name."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from shop.lab.encodings.chart import CLEARANCE, Axis, Plot, Trace, text_of
from tests.drawn import Drawn

ACROSS = Axis(0, 100, {0: "0", 50: "fifty", 100: "100"})
UP = Axis(0, 1000, {0: "0", 1000: "1,000"})
LEVEL = Trace("level", [(1, 500), (100, 500)], "A")
STEEP = Trace("steep", [(1, 0), (51, 1500), (100, 3000)], "B")


def drawn(*traces: Trace) -> str:
    return text_of(Plot(traces, ACROSS, UP).element())


def groups(svg: str, kind: str) -> list[ElementTree.Element]:
    tree = ElementTree.fromstring(svg)  # noqa: S314  # our own
    return [at for at in tree.iter() if at.get("class", "").split(" ")[-1] == kind]


def test_nothing_is_in_it_but_shapes_text_and_classes() -> None:
    tree = ElementTree.fromstring(drawn(LEVEL, STEEP))  # noqa: S314  # our own
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags == {"svg", "g", "path", "circle", "text"}
    names = {name for element in tree.iter() for name in element.attrib}
    assert not names & {"style", "id", "onclick", "onload", "href"}
    assert tree.get("viewBox") == "0 0 720 440"


def test_it_is_the_same_every_time() -> None:
    assert drawn(LEVEL, STEEP) == drawn(LEVEL, STEEP)


def test_each_line_has_its_class_and_its_letter() -> None:
    svg = drawn(LEVEL, STEEP)
    for trace in (LEVEL, STEEP):
        line, badge = groups(svg, trace.kind)
        assert (line.get("class"), badge.get("class")) == (
            f"trace {trace.kind}",
            f"badge {trace.kind}",
        )
        assert [text.text for text in badge.iter() if text.tag.endswith("text")] == [trace.letter]


def test_what_is_above_the_axis_is_cut_off_where_it_leaves() -> None:
    (level,), (steep,) = (
        [at[0] for at in groups(drawn(LEVEL, STEEP), kind)[:1]] for kind in ("level", "steep")
    )
    start, end = steep.attrib["d"].removeprefix("M").split(" L")
    (left, _), (right, top) = (map(float, point.split()) for point in (start, end))
    level_left, level_right = (
        float(at.split()[0]) for at in level.attrib["d"].removeprefix("M").split(" L")
    )
    assert left == level_left
    # it is at 1,000 a third of the way
    assert abs((right - left) / (level_right - level_left) - (1 + 50 * 2 / 3 - 1) / 99) < 0.01
    assert top < 20


def test_a_line_that_is_above_the_axis_throughout_is_left_out() -> None:
    svg = drawn(LEVEL, Trace("beyond", [(1, 2000), (100, 3000)], "C"))
    assert groups(svg, "level")
    assert not groups(svg, "beyond")


def test_badges_do_not_lie_on_one_another() -> None:
    near = [Trace(f"n{at}", [(1, 500 + at), (100, 520 + 2 * at)], "ABCD"[at]) for at in range(4)]
    tree = ElementTree.fromstring(drawn(*near))  # noqa: S314  # our own
    dots = [
        (float(at.attrib["cx"]), float(at.attrib["cy"]))
        for at in tree.iter()
        if at.tag.endswith("circle")
    ]
    assert len(dots) == 4
    apart = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in dots for b in dots if a is not b]
    assert min(apart) > 1.5 * CLEARANCE


def test_a_line_is_drawn_where_its_ticks_say_and_its_badge_upon_it() -> None:
    (chart,) = Drawn.read(drawn(LEVEL, STEEP))
    across, up = chart.across, chart.up
    halfway = (up["0"] + up["1,000"]) / 2
    first, last = chart.lines["level"]
    assert first == pytest.approx(
        (across["0"] + (across["100"] - across["0"]) / 100, halfway), 0.01
    )
    assert last == pytest.approx((across["100"], halfway), 0.01)
    assert chart.badges["level"][1] == halfway
    (left, low), (right, high) = chart.lines["steep"]
    badge = chart.badges["steep"]
    share = (badge[0] - left) / (right - left)
    assert 0 < share < 1
    assert badge[1] == pytest.approx(low + share * (high - low), abs=0.5)


def test_words_are_escaped() -> None:
    svg = text_of(Plot([LEVEL], Axis(0, 100, {0: "<b>"}), UP).element())
    assert "&lt;b&gt;" in svg
