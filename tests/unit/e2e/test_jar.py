"""The jar of the end-to-end tests, at a browser context that is none: what it says and writes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import BrowserContext

from e2e.jar import (
    SECONDS_A_DAY,
    SESSION,
    Cookie,
    Crumb,
    Jar,
    NamedCookie,
    PriorityUnknown,
    duration,
    parsed,
    table,
)
from e2e.support.server import PROJECT

URL = "http://shop.test:8000"
NOW = 1_800_000_000.0
Raw = dict[str, Any]


def described(name: str = "cart", value: str = "abc", **others: Any) -> Raw:
    return {
        "name": name,
        "value": value,
        "domain": "shop.test",
        "path": "/",
        "expires": NOW + 33 * SECONDS_A_DAY,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
        **others,
    }


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = SimpleNamespace(time=lambda: NOW, monotonic=time.monotonic)
    monkeypatch.setattr("e2e.jar.time", clocks)


class OtherBrowser:
    """A page and a context of a browser without CDP, whose cookies change with each response:
    that takes the next of `later`."""

    def __init__(self, *cookies: Raw, later: Iterable[Sequence[Raw]] = ()) -> None:
        self.held = list(cookies)
        self.later = iter(later)
        self.headers: dict[str, str] = {}
        self.browser = None
        self.pages = [self]

    def cookies(self) -> list[Raw]:
        return self.held

    def add_cookies(self, cookies: Sequence[Raw]) -> None:
        for cookie in cookies:
            self.held = [one for one in self.held if one["name"] != cookie["name"]]
            self.held.append(cookie)

    def set_extra_http_headers(self, headers: dict[str, str]) -> None:
        self.headers = headers

    def wait_for_event(self, name: str, *, timeout: float) -> None:
        assert name == "response"
        self.held = list(next(self.later, self.held))


def jar_of(browser: OtherBrowser, **headers: str) -> Jar:
    return Jar(cast("BrowserContext", browser), Crumb(URL, headers), timeout=0)


def failure(assertion: Callable[[NamedCookie], object], *cookies: Raw) -> str:
    jar = jar_of(OtherBrowser(*cookies))
    with pytest.raises(AssertionError) as failed:
        assertion(jar["cart"])
    return str(failed.value)


@pytest.mark.parametrize(
    ("assertion", "cookies", "fault"),
    [
        pytest.param(lambda cart: cart.to_exist(), [], "there is none", id="missing"),
        pytest.param(
            lambda cart: cart.to_exist(),
            [described(domain="elsewhere.test")],
            "there is none",
            id="another host's",
        ),
        pytest.param(
            lambda cart: cart.to_exist(),
            [described(domain=".test.shop.test")],
            "there is none",
            id="a subdomain's",
        ),
        pytest.param(
            lambda cart: cart.to_exist(),
            [described(expires=1.0)],
            "there is none",
            id="listed after its end",
        ),
        pytest.param(
            lambda cart: cart.to_exist(),
            [described(), described(path="/cart")],
            "there are 2, at shop.test/, shop.test/cart",
            id="on two paths",
        ),
        pytest.param(
            lambda cart: cart.to_be_absent(),
            [described(value="x" * 4092)],
            "expected none, but there is one of 4,096 bytes",
            id="still there",
        ),
        pytest.param(
            lambda cart: cart.to_have_value("s" * 30),
            [described()],
            f"expected the value {'s' * 23}…, but it is abc",
            id="another value",
        ),
        pytest.param(
            lambda cart: cart.to_last(days=30),
            [described()],
            "expected it to last 30 d ± 1 min, but 33 d are left",
            id="too long",
        ),
        pytest.param(
            lambda cart: cart.to_last(days=33, hours=2, within=timedelta(hours=1)),
            [described()],
            "expected it to last 33 d 2 h ± 1 h, but 33 d are left",
            id="too short",
        ),
        pytest.param(
            lambda cart: cart.to_last(days=33),
            [described(expires=SESSION)],
            "expected it to last 33 d ± 1 min, but it ends with the browser",
            id="a session cookie",
        ),
        pytest.param(
            lambda cart: cart.to_have_bytes(exactly=8),
            [described()],
            "expected exactly 8 bytes, but it has 7",
            id="one byte short",
        ),
        pytest.param(
            lambda cart: cart.to_have_bytes(at_most=8),
            [described(value="crème")],
            "expected at most 8 bytes, but it has 10",
            id="octets, not characters",
        ),
        pytest.param(
            lambda cart: cart.to_have_attributes(secure=True, same_site="Strict", path="/"),
            [described()],
            "expected same_site='Strict', but it is 'Lax'; expected secure=True, but it is False",
            id="two attributes",
        ),
    ],
)
def test_a_failed_assertion_says_what_is_wrong(
    assertion: Callable[[NamedCookie], object], cookies: list[Raw], fault: str
) -> None:
    first_line = failure(assertion, *cookies).splitlines()[0]
    assert first_line == f"cookie 'cart': {fault}. After 0 s the jar of {URL} held:"


@pytest.mark.parametrize(
    "assertion",
    [
        pytest.param(lambda cart: cart.to_exist(), id="to exist"),
        pytest.param(lambda cart: cart.to_have_value("abc"), id="its value"),
        pytest.param(lambda cart: cart.to_last(days=33), id="to last"),
        pytest.param(lambda cart: cart.to_have_bytes(exactly=7, at_most=7), id="its bytes"),
        pytest.param(
            lambda cart: cart.to_have_attributes(
                http_only=True, same_site="Lax", secure=False, path="/", domain="shop.test"
            ),
            id="its attributes",
        ),
    ],
)
def test_an_assertion_that_holds_gives_the_cookie(
    assertion: Callable[[NamedCookie], NamedCookie],
) -> None:
    jar = jar_of(OtherBrowser(described(), described("cart", domain="elsewhere.test")))
    assert assertion(jar["cart"]).read() is not None


def test_a_cookie_for_all_below_a_domain_is_the_shops_too() -> None:
    jar_of(OtherBrowser(described(domain=".test")))["cart"].to_exist()


@pytest.mark.parametrize(
    ("assertion", "now", "then"),
    [
        pytest.param(lambda cart: cart.to_exist(timeout=60_000), [], [described()], id="comes"),
        pytest.param(lambda cart: cart.to_be_absent(timeout=60_000), [described()], [], id="goes"),
        pytest.param(
            lambda cart: cart.to_have_value("new", timeout=60_000),
            [described()],
            [described(value="new")],
            id="changes",
        ),
    ],
)
def test_an_assertion_waits_until_it_holds(
    assertion: Callable[[NamedCookie], object], now: list[Raw], then: list[Raw]
) -> None:
    browser = OtherBrowser(*now, later=[now, then])
    assertion(jar_of(browser)["cart"])
    assert browser.held == then
    assert next(browser.later, None) is None


def test_the_priority_cannot_be_read_in_every_browser() -> None:
    jar = jar_of(OtherBrowser(described()))
    with pytest.raises(PriorityUnknown, match="Only Chromium says the priority"):
        jar["cart"].to_have_attributes(priority="High", timeout=60_000)


@pytest.mark.parametrize(
    "assertion",
    [
        pytest.param(lambda cart: cart.to_have_bytes(), id="no number of bytes"),
        pytest.param(lambda cart: cart.to_have_attributes(), id="no attribute"),
    ],
)
def test_an_assertion_of_nothing_is_refused(assertion: Callable[[NamedCookie], object]) -> None:
    jar = jar_of(OtherBrowser(described()))
    with pytest.raises(ValueError, match=r"^give "):
        assertion(jar["cart"])


def test_several_cookies_have_no_one_value() -> None:
    jar = jar_of(OtherBrowser(described(), described(path="/cart")))
    with pytest.raises(ValueError, match="there are 2"):
        jar["cart"].read()
    assert [cookie.path for cookie in jar.read("cart")] == ["/", "/cart"]


def test_a_failure_shows_the_whole_jar() -> None:
    shown = failure(
        lambda cart: cart.to_be_absent(),
        described(),
        described("session", "s" * 100, expires=SESSION, sameSite="", priority="Medium"),
    )
    assert shown.splitlines()[1:] == [
        "  name     bytes  expires in  domain and path  flags                     value",
        "  cart         7  33 d        shop.test/       HttpOnly SameSite=Lax     abc",
        "  session    107  session     shop.test/       HttpOnly Priority=Medium  "
        + "s" * 23
        + "…",
    ]


def test_an_empty_jar_is_said_to_be_empty() -> None:
    assert failure(lambda cart: cart.to_exist()).endswith("held:\n  no cookies")


def test_a_table_of_secure_cookies() -> None:
    cookie = Cookie("__Host-cart", "v", "shop.test", "/", NOW + 90, False, True, "Strict", "High")
    assert cookie.octets == 12
    assert table([cookie], now=NOW).splitlines()[1] == (
        "  __Host-cart     12  1 min 30 s  shop.test/       Secure SameSite=Strict Priority=High  v"
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (3_605, "1 h 5 s"),
        (33 * SECONDS_A_DAY - 1, "32 d 23 h"),
        (400 * SECONDS_A_DAY + 61, "400 d 1 min"),
    ],
)
def test_a_duration_has_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_time_passes_for_every_cookie_and_the_shop() -> None:
    browser = OtherBrowser(
        described(), described("undo", path="/cart"), described("session", expires=SESSION)
    )
    jar = jar_of(browser, **{"Shop-World": "blue"})
    jar.advance(days=30)
    jar.advance(days=1, hours=1, minutes=30, seconds=1)
    assert browser.headers == {
        "Shop-World": "blue",
        "Shop-Clock": f"+{31 * SECONDS_A_DAY + 5_401}s",
    }
    for name in ("cart", "undo"):
        jar[name].to_last(days=2, hours=-1, minutes=-30)
    session = jar["session"].read()
    assert session is not None
    assert session.expires == SESSION
    jar.advance(days=2)
    jar["cart"].to_be_absent()
    jar["session"].to_exist()


@pytest.mark.parametrize("days", [0, -1, 0.4 / SECONDS_A_DAY])
def test_time_does_not_run_backwards(days: float) -> None:
    browser = OtherBrowser(described())
    jar = jar_of(browser)
    with pytest.raises(ValueError, match="time only passes"):
        jar.advance(days=days)
    assert browser.headers == {}
    jar["cart"].to_last(days=33)


def test_carts_are_written_as_skus_and_quantities() -> None:
    assert parsed("MUG*2, TEA ,CUP*10") == [("MUG", 2), ("TEA", 1), ("CUP", 10)]


@pytest.mark.parametrize("lines", ["", "MUG*2,,TEA", "MUG*two", "*2", "MUG*-1"])
def test_other_texts_are_no_carts(lines: str) -> None:
    with pytest.raises(ValueError, match="is not a line such as"):
        parsed(lines)


def test_the_file_can_be_copied_into_a_project_without_this_one() -> None:
    program = (
        "import sys, runpy; runpy.run_path('e2e/jar.py');"
        "sys.exit(any(name.split('.')[0] in ('shop', 'e2e') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, check=True)
