"""What the audit makes of a scanner's report."""

from __future__ import annotations

from collections import Counter

import pytest

from audit.hostile.explained import REASONS, Finding, Reason, unexplained
from audit.hostile.scanning import Scanned, findings_in, group_of, requests_in
from audit.report import Group

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


def _group(*findings: Finding, fetched: str = "", **counts: int) -> Group:
    taken = {("view " + str(number), "POST", "3xx"): 1 for number in range(5)}
    broken = {(view, "GET", "5xx"): count for view, count in counts.items()}
    explained = [
        Finding("csrf", "POST", "/cart/lines", 2, "", "Lack of anti CSRF token"),
        Finding("http_headers", "GET", "/", 1, "", "X-Frame-Options is not set"),
    ]
    scanned = Scanned([*explained, *findings], 50, [fetched] if fetched else [])
    return group_of("Wapiti", {"stranger": scanned}, Counter(taken | broken))


def test_a_scan_without_findings_meets_its_targets() -> None:
    assert _group().is_met


def test_the_views_that_accepted_a_form_are_named() -> None:
    (named,) = _group().findings["views that accepted a form"]
    assert named == "view 0, view 1, view 2, view 3, view 4"


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(_group(SCRIPT), id="a finding"),
        pytest.param(_group(fetched="/ssrf/1"), id="something fetched"),
        pytest.param(_group(show=1), id="a 5xx"),
        pytest.param(group_of("Wapiti", {}, Counter()), id="nothing reached"),
    ],
)
def test_a_scan_with_findings_misses_them(group: Group) -> None:
    assert not group.is_met
