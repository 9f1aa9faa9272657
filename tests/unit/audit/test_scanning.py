"""What the audit makes of a scanner's report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from audit.hostile.explained import REASONS, Finding, Reason, unexplained
from audit.hostile.scanning import Scanned, findings_in, group_of, requests_in
from audit.report import Group

Request = tuple[str, str, str]
TOKEN = Finding("csrf", "POST", "/cart/lines", 2, "", "Lack of anti CSRF token")
SCRIPT = Finding("xss", "GET", "/products", 3, "q", "XSS vulnerability")
REASON = Reason("csrf", "/cart/lines", "Lack of .*", "it asks for Origin")
REPORT = {
    "vulnerabilities": {
        "Reflected Cross Site Scripting": [
            {
                "method": "GET",
                "path": "/products",
                "info": "XSS vulnerability",
                "level": 3,
                "parameter": "q",
                "module": "xss",
            }
        ]
    },
    "anomalies": {"Internal Server Error": []},
    "additionals": {},
}
EXPOSITION = """\
# TYPE crumb_requests_total counter
crumb_requests_total{endpoint="cart.create",method="POST",status="3xx"} 7.0
crumb_requests_total{endpoint="cart.show",method="GET",status="2xx"} 4.0
# TYPE crumb_orders_total counter
crumb_orders_total{payment="invoice"} 2.0
"""


@pytest.mark.parametrize(
    ("finding", "is_left"),
    [
        pytest.param(TOKEN, False, id="explained"),
        pytest.param(SCRIPT, True, id="of another module"),
        pytest.param(Finding("csrf", "POST", "/checkout", 2, "", TOKEN.info), True, id="elsewhere"),
        pytest.param(Finding("csrf", "POST", TOKEN.path, 2, "", "No"), True, id="another text"),
        pytest.param(Finding("methods", "GET", "/", 0, "", "OPTIONS"), False, id="informational"),
    ],
)
def test_a_finding_above_informational_needs_a_reason(finding: Finding, is_left: bool) -> None:
    left, _ = unexplained([finding], [REASON])
    assert left == ([finding] if is_left else [])


def test_each_reason_says_why() -> None:
    assert all(len(reason.why) > 30 for reason in REASONS)


def test_a_report_is_read_with_all_its_findings() -> None:
    assert findings_in(REPORT) == [SCRIPT]


def test_the_requests_that_the_shop_counted_are_read() -> None:
    expected = {("cart.create", "POST", "3xx"): 7, ("cart.show", "GET", "2xx"): 4}
    assert requests_in(EXPOSITION) == expected


EXPLAINED = Finding("http_headers", "GET", "/admin", 1, "", "X-Frame-Options is not set")
ACCEPTED = {(f"view {number}", "POST", "3xx"): 100 for number in range(20)}


def _group(
    *findings: Finding, fetched: str = "", requests: Mapping[Request, int] = ACCEPTED
) -> Group:
    scanned = Scanned(
        [EXPLAINED, *findings], 50, [fetched] if fetched else [], Counter(dict(requests))
    )
    return group_of("Wapiti", {"keeper": scanned, "stranger": scanned})


def test_a_scan_without_findings_meets_its_targets() -> None:
    assert _group().is_met


def test_the_views_that_accepted_a_form_are_named_with_how_many() -> None:
    requests = {
        ("b", "POST", "2xx"): 1,
        ("b", "POST", "3xx"): 2000,
        ("a", "POST", "3xx"): 4,
        ("a", "POST", "4xx"): 8,
        ("c", "POST", "4xx"): 16,
        ("d", "GET", "2xx"): 32,
    }
    (named,) = _group(requests=requests).findings["accepted from the keeper"]
    assert named == "a 4, b 2,001"


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(_group(SCRIPT), id="a finding"),
        pytest.param(_group(fetched="/ssrf/1"), id="something fetched"),
        pytest.param(_group(requests=ACCEPTED | {("show", "GET", "5xx"): 1}), id="a 5xx"),
        pytest.param(_group(requests={("only view", "POST", "3xx"): 1000}), id="one view reached"),
        pytest.param(
            _group(requests=dict.fromkeys(ACCEPTED, 1)), id="nothing but forms as they were read"
        ),
        pytest.param(_group(requests={("a", "POST", "4xx"): 1000}), id="nothing accepted"),
        pytest.param(
            group_of("Wapiti", {"keeper": Scanned([EXPLAINED], 1, [], Counter(ACCEPTED))}),
            id="few pages",
        ),
    ],
)
def test_a_scan_with_findings_misses_them(group: Group) -> None:
    assert not group.is_met
