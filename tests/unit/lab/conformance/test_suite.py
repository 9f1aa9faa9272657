"""The conformance cases are complete, agree with RFC 6265bis, and their findings fit into an
address."""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from dataclasses import dataclass

import pytest
from itsdangerous import URLSafeTimedSerializer

from shop.lab.conformance import cases, suite
from shop.lab.conformance.cases import Family, families
from shop.lab.conformance.deviations import DEVIATIONS
from shop.lab.engine.exchange import Answer, Arrival, Exchange, Findings, position
from shop.lab.engine.placeholders import Sending
from shop.lab.engine.set_cookie import received
from tests.model_browser import ModelBrowser

JAR = "/limits/conformance/jar"
PAGE = "/limits/conformance"
NOW = 1_780_000_000
LONGEST_TOKEN = 6_000
"""gunicorn and nginx allow a request line of about 8,190; the rest is for the path, and slack."""
HTTP_STATE = {
    "DOMAIN": 40, "NAME": 33, "PATH": 32, "": 28, "ATTRIBUTE": 26, "CHROMIUM": 20,
    "MOZILLA": 17, "COMMA": 7, "VALUE": 6, "CHARSET": 4, "ORDERING": 1,
    "OPTIONAL_DOMAIN": 4, "DISABLED_CHROMIUM": 3, "DISABLED_PATH": 1,
}  # fmt: skip
"""The number of cases by name in http-state's tests/data/parser.json, as of 2017."""
WEB_PLATFORM_TESTS = {
    "name-and-value": 11, "attributes": 14, "value": 28, "value-ctl-dom": 33,
    "value-ctl-http": 33, "max-age": 10, "__host.header": 20, "__secure.header": 16,
    "__Http.header": 4, "__Host-Http.header": 5, "__host.document-cookie": 14,
    "__secure.document-cookie": 12, "__Http.document-cookie": 3,
    "__Host-Http.document-cookie": 2, "__host.explicit-path": 4,
}  # fmt: skip


def names_of(suite_name: str) -> list[str]:
    ours = (family for family in families() if family.source.startswith(suite_name))
    return [case.name for family in ours for case in family.cases]


def test_all_cases_of_http_state_are_included() -> None:
    names = names_of("http-state")
    assert Counter(re.sub(r"\d{4}$", "", name) for name in names) == HTTP_STATE
    assert len(set(names)) == len(names) == 222


def test_the_chosen_cases_of_web_platform_tests_are_included() -> None:
    names = names_of("web-platform-tests")
    assert Counter(re.sub(r"-[0-9a-f]+$", "", name) for name in names) == WEB_PLATFORM_TESTS
    assert len(set(names)) == len(names)


def test_differences_and_deviations_refer_to_existing_cases_and_remarks() -> None:
    every = [case for family in families() for case in family.cases]
    for case in every:
        assert case.why in ("", *cases.remarks())
        assert case.why if case.source_expects is not None else True, case.name
    assert {case.why for case in every} == {"", *cases.remarks()}
    for deviation in DEVIATIONS:
        assert deviation.cases <= {case.name for case in every}


def test_only_host_prefixed_cookies_are_set_outside_their_cases_directory() -> None:
    for family in families():
        for case in family.cases:
            for line in case.lines:
                for path in received(line).all("path"):
                    is_inside = path.strip('"').startswith(("{dir}", "{path*")) or not path
                    is_host = path == "/" and received(line).name.lower().startswith("__host-")
                    assert is_inside or is_host, case.name
                if case.is_written and case.needs != "root":
                    assert received(line).all("path"), f"{case.name} would go to the page's path"


def run(family: Family, browser: ModelBrowser, *, has_script: bool = True) -> Findings:
    """The findings of a family of cases, run in a browser as the pages do."""
    probe, sending = suite.probe_of(family), Sending(browser.host, NOW)
    origin = f"{'https' if browser.is_secure else 'http'}://{browser.host}"
    answers: list[Answer] = []
    at = f"{JAR}/"
    while (exchange := position(probe, JAR, answers).exchange) is not None:
        for line in exchange.lines:
            browser.take(sending.filled(line), at)
        at = f"{JAR}/{exchange.at}"
        answers.append(
            _answered(exchange, browser, Arrival(origin, browser.sent_to(at)), has_script)
        )
    return position(probe, JAR, answers).findings


def _answered(
    exchange: Exchange, browser: ModelBrowser, arrival: Arrival, has_script: bool
) -> Answer:
    if exchange.script is None:
        return exchange.arrival(arrival) if exchange.arrival else None
    if not has_script:
        return None
    for text in exchange.script.writes:
        browser.take(Sending(browser.host, NOW).filled(text), PAGE, by_script=True)
    return exchange.script.read_report({})


@pytest.mark.parametrize("is_secure", [True, False])
@pytest.mark.parametrize("host", ["shop.example.org", "localhost", "203.0.113.7", "127.0.0.1"])
@pytest.mark.parametrize("family", families(), ids=lambda family: family.key)
def test_a_conforming_browser_never_deviates(family: Family, host: str, is_secure: bool) -> None:
    findings = run(family, ModelBrowser(host, is_secure))
    assert findings["came"] == ""
    assert len(str(findings["marks"])) == len(family.cases)
    assert set(str(findings["marks"])) <= {suite.AS_EXPECTED, suite.AS_SECURE, *suite.REASONS}


def test_without_a_script_all_other_cases_still_run() -> None:
    for family in families():
        findings = run(family, ModelBrowser("shop.example.org", is_secure=True), has_script=False)
        for case, mark in zip(family.cases, str(findings["marks"]), strict=True):
            assert mark == "s" or not case.is_written or case.needs, case.name
        assert findings["came"] == ""


def test_on_local_http_secure_cookies_may_be_kept_or_refused() -> None:
    (family,) = (family for family in families() if family.key == "attribute")
    for is_secure, mark in ((True, suite.AS_SECURE), (False, suite.AS_EXPECTED)):
        environment = suite.Environment.of_request(Arrival("http://127.0.0.1:8000", "")).expected(
            family.cases[0]
        )
        browser = ModelBrowser("127.0.0.1", is_secure)
        browser.take("foo=bar; Secure", "/")
        assert environment[mark] == browser.sent_to("/")


@pytest.mark.parametrize(
    ("origin", "environment"),
    [
        ("https://shop.example.org", "ns"),
        ("http://shop.example.org", "np"),
        ("http://localhost:8000", "sl"),
        ("https://localhost:8000", "ss"),
        ("http://shop.localhost", "nl"),
        ("http://notlocalhost", "sp"),
        ("http://127.0.0.2", "il"),
        ("http://[::1]:8000", "il"),
        ("http://[2001:db8::1]", "ip"),
        ("http://203.0.113.7", "ip"),
    ],
)
def test_the_environment_is_derived_from_the_origin(origin: str, environment: str) -> None:
    assert str(suite.Environment.of_request(Arrival(origin, "")))[:2] == environment


def test_earlier_cookies_and_the_cart_do_not_count_for_a_case() -> None:
    of_request = suite.Environment.of_request(
        Arrival("https://shop.example.org", "a=1; theme=night")
    )
    environment = suite.Environment.read(str(of_request))
    for pair in ("a=1", "theme=night", "cart=changed-meanwhile", "__Host-cart=x"):
        assert environment.is_of_others(pair), pair
    for pair in ("a=2", "b=1", "carts=1", "theme"):
        assert not environment.is_of_others(pair), pair


@pytest.mark.parametrize(
    ("host", "marks"),
    [
        ("shop.example.org", {"above": "a", "second": "h", "dotted": "+", "name": "+"}),
        ("localhost", {"above": "a", "second": "h", "dotted": "d", "name": "+"}),
        ("203.0.113.7", {"above": "a", "second": "h", "dotted": "i", "name": "i"}),
    ],
)
def test_an_untestable_case_is_marked_with_its_reason(host: str, marks: dict[str, str]) -> None:
    apart = {"spelling": "w", "root": "r", "sender": "c"}
    for family in families():
        findings = str(run(family, ModelBrowser(host, is_secure=False))["marks"])
        for case, mark in zip(family.cases, findings, strict=True):
            assert mark == (marks | apart).get(case.needs, "+"), case.name


@dataclass(slots=True)
class ArbitraryBrowser(ModelBrowser):
    """A browser that sends arbitrary cookies."""

    letters: str = ""

    def sent_to(self, address: str) -> str:
        if address == f"{JAR}/":
            return "; ".join(f"c{number}=1" for number in range(200))
        rng = random.Random(address)
        return "".join(rng.choices(self.letters, k=rng.randrange(100)))


@pytest.mark.parametrize(
    "letters",
    [
        pytest.param(string.ascii_letters + string.digits, id="letters"),
        pytest.param('"\\=,\t', id="escaped in JSON"),
        pytest.param("".join(map(chr, range(0xA0, 0x100))), id="beyond ASCII"),
        pytest.param("=", id="repeated characters"),
    ],
)
def test_findings_fit_into_an_address_even_if_all_cases_deviate(letters: str) -> None:
    signer = URLSafeTimedSerializer("key")
    findings: list[Findings] = []
    for family in families():
        probe, answers = suite.probe_of(family), list[Answer]()
        browser, at = ArbitraryBrowser("shop.example.org", True, letters=letters), f"{JAR}/"
        while (exchange := position(probe, JAR, answers).exchange) is not None:
            at = f"{JAR}/{exchange.at}"
            arrival = Arrival("https://shop.example.org", browser.sent_to(at))
            answers.append(_answered(exchange, ModelBrowser("x", True), arrival, has_script=True))
        assert len(signer.dumps([findings, answers, True, 0])) < LONGEST_TOKEN
        findings.append(position(probe, JAR, answers).findings)
        assert suite.OTHERWISE in str(findings[-1]["marks"])
    assert len(signer.dumps([findings, [], False, 0])) < LONGEST_TOKEN


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("a=" + "b" * 4094, "a=b{4094}"),
        ("=" * 15, "=" * 15),
        ("=" * 16, "={16}"),
        ("abcdefghi " * 6, "abcdefghi " * 6),
        ("abcdefghi " * 9, "abcdefghi " * 5 + "abcdefg..."),
        ("åäö" * 20, "åäö" * 3 + "..."),
    ],
)
def test_received_values_are_shortened(text: str, shortened: str) -> None:
    assert suite.shortened(text) == shortened


def test_cookies_outside_the_laboratorys_path_live_for_minutes() -> None:
    lines = [
        line for family in families() for case in family.cases for line in suite._lines(case, JAR)
    ]
    beyond = [line for line in lines if f"Path={JAR}" not in line and "Path=/" in line]
    assert len(beyond) > 30
    for line in beyond:
        assert "__ho" in line.lower()
        assert line.count("; Max-Age=300") == 1
