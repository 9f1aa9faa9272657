"""What is left of a page when everything that differs is taken out, and how it is filled again."""

from __future__ import annotations

import pytest
from jinja2 import Environment
from markupsafe import Markup

from shop.web.frame.skeletons import Skeleton, holes

TEMPLATES = Environment(autoescape=True)


def skeleton_of(source: str, *names: str) -> Skeleton:
    return Skeleton.of(TEMPLATES.from_string(source).render(holes(names)))


def test_it_is_filled_wherever_a_value_stands() -> None:
    page = skeleton_of("<p>{{ name }}</p>{{ sum }}<b>{{ name }}</b>", "name", "sum")
    assert page.filled({"name": "Ann", "sum": "2"}) == b"<p>Ann</p>2<b>Ann</b>"
    assert page.filled({"name": "Bob", "sum": "3"}) == b"<p>Bob</p>3<b>Bob</b>"


def test_a_value_is_escaped_unless_it_is_markup() -> None:
    page = skeleton_of("{{ text }} {{ html }}", "text", "html")
    assert page.filled({"text": '<"&', "html": Markup("<b>")}) == b"&lt;&#34;&amp; <b>"


def test_a_page_that_lacks_a_value_is_not_made() -> None:
    with pytest.raises(KeyError):
        skeleton_of("{{ name }}", "name").filled({})


@pytest.mark.parametrize("typed", ["\0name\0", "{{ name }}"])
def test_nobody_can_type_a_hole(typed: str) -> None:
    assert Skeleton.of(typed).filled({"name": "a secret"}) == typed.encode()


def test_a_value_that_holds_a_hole_is_not_filled_again() -> None:
    page = skeleton_of("{{ name }}", "name")
    hole = holes(["name"])["name"]
    assert page.filled({"name": hole}) == hole.encode()


def test_octets_are_markup() -> None:
    assert (
        skeleton_of("{{ rows }}", "rows").filled({"rows": "<b>£</b>".encode()})
        == "<b>£</b>".encode()
    )
