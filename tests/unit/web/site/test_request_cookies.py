"""The values of cookies in a WSGI environment, whose Cookie header is read once."""

from __future__ import annotations

from shop.web.site.request_cookies import MOST_COPIES, values_in


def test_values_are_in_the_order_of_the_header() -> None:
    environ = {"HTTP_COOKIE": 'a=1; b=2, a="3"; a'}
    assert [values_in(environ, name) for name in ("a", "b", "c")] == [["1", "3"], ["2"], []]


def test_the_last_of_many_copies_are_read() -> None:
    environ = {"HTTP_COOKIE": "; ".join(f"a={number}" for number in range(MOST_COPIES + 1))}
    assert values_in(environ, "a") == [str(number + 1) for number in range(MOST_COPIES)]


def test_another_header_in_the_same_environment_is_read_anew() -> None:
    environ = {"HTTP_COOKIE": "a=1"}
    assert values_in(environ, "a") == ["1"]
    assert values_in({**environ, "HTTP_COOKIE": "a=2"}, "a") == ["2"]
    del environ["HTTP_COOKIE"]
    assert values_in(environ, "a") == []


def test_a_caller_may_change_what_it_got() -> None:
    environ = {"HTTP_COOKIE": "a=1"}
    values_in(environ, "a").append("2")
    assert values_in(environ, "a") == ["1"]
