"""Parsing Set-Cookie lines by the standard, filling their placeholders, and deleting cookies."""

from __future__ import annotations

import pytest

from shop.lab.engine.placeholders import Sending
from shop.lab.engine.set_cookie import Received, default_path, deletions, received
from tests.model_browser import ModelBrowser

HOST = "shop.example.org"


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        pytest.param("a=b", "a", "b", id="plain"),
        pytest.param(" a b = c d ; x", "a b", "c d", id="inner spaces are kept"),
        pytest.param("\ta\t=\tb\t", "a", "b", id="tabs around"),
        pytest.param("a", "", "a", id="no equals sign"),
        pytest.param("=a=b", "", "a=b", id="equals sign first"),
        pytest.param("a;b=c", "", "a", id="equals sign in an attribute only"),
        pytest.param("a==", "a", "=", id="two equals signs"),
        pytest.param("", "", "", id="nothing"),
    ],
)
def test_name_and_value(line: str, name: str, value: str) -> None:
    assert (received(line).name, received(line).value) == (name, value)


def test_attributes_are_lower_case_and_in_order() -> None:
    line = "a=b; PATH = /x;; Secure;path; Max-Age=1=2"
    attributes = (("path", "/x"), ("", ""), ("secure", ""), ("path", ""), ("max-age", "1=2"))
    assert received(line) == Received("a", "b", attributes)
    assert received(line).all("path") == ["/x", ""]


@pytest.mark.parametrize(
    ("address", "path"), [("/", "/"), ("/a", "/"), ("/a/", "/a"), ("/a/b", "/a"), ("", "/")]
)
def test_the_default_path(address: str, path: str) -> None:
    assert default_path(address) == path


@pytest.mark.parametrize(
    "line",
    [
        "a=b",
        "a",
        "=a",
        "\ta\t=b; \tpath\t=\t/x/y",
        "a=b; path=/x; path=/y; path",
        "a=b; Path=/" + "p" * 1023,
        "a=b; Path=/" + "p" * 1024,
        f"a=b; Domain={HOST}",
        "a=b; Domain=.example.org; sECURE; HttpOnly",
        "a=b; Domain=elsewhere.example; Domain=",
        "__Host-a=b; Secure; Path=/",
        "__SECURE-a=b; Secure",
        "__Http-a=b; Secure; HttpOnly",
        "a=b; Secure; Partitioned",
        "n" * 4096 + "=",
        "=" + "v" * 4096,
    ],
)
def test_deletions_remove_the_cookie_that_a_line_set(line: str) -> None:
    browser = ModelBrowser(HOST, is_secure=True, partition_octets=10_240)
    browser.take(line, "/dir/set")
    assert len(browser.kept) == 1
    for deletion in deletions(line, default="/dir", host=HOST):
        browser.take(deletion, "/elsewhere/clean")
    assert browser.kept == []


@pytest.mark.parametrize("line", ["a", "a; Path=/x", '"a"b', " \ta \t; =b"])
def test_deletions_remove_a_cookie_whose_text_is_taken_for_its_name(line: str) -> None:
    browser = ModelBrowser(HOST, takes_text_for_name=True)
    browser.take(line, "/dir/set")
    assert [(kept.name, kept.value) for kept in browser.kept] == [(received(line).value, "")]
    for deletion in deletions(line, default="/dir", host=HOST):
        browser.take(deletion, "/elsewhere/clean")
    assert browser.kept == []


def test_deletions_omit_domains_that_do_not_match_the_host() -> None:
    for domain in ("example.net", "op.example.org", f"sub.{HOST}", f"{HOST}.", ""):
        (line,) = deletions(f"a=b; Domain={domain}", default="/", host=HOST)
        assert line == "a=; Path=/; Max-Age=0"


def test_placeholders_are_filled_when_a_line_is_sent() -> None:
    sending = Sending("Shop.example.org".lower(), 1_780_000_000)
    line = "a={b}; Domain={host}{above}{top}{mixed}{doubled}; {soon:%a, %d-%b-%Y %H:%M:%S} GMT"
    assert sending.filled(line) == (
        "a={b}; Domain=shop.example.orgexample.orgorgShop.Example.Orgshop..example.org; "
        "Thu, 28-May-2026 20:36:40 GMT"
    )
