"""The table of conformance cases: that it is whole, and that it asks what RFC 6265bis asks."""

from __future__ import annotations

import pytest

from shop.limits import suite
from shop.limits.cases import Family, families
from shop.limits.holes import Sending
from shop.limits.trial import Answer, Arrival, Exchange, Findings, exchanges, position
from tests.unit.limits.browser_model import ModelBrowser

JAR = "/limits/conformance/jar"
PAGE = "/limits/conformance"
NOW = 1_780_000_000


def run(family: Family, browser: ModelBrowser, *, has_script: bool = True) -> Findings:
    """The findings of a family, asked of a browser as the chain does it."""
    probe, sending = suite.asking(family), Sending(browser.host, NOW)
    origin = f"{'https' if browser.is_secure else 'http'}://{browser.host}"
    answers: list[Answer] = []
    at = f"{JAR}/"
    while (now := position(probe, JAR, answers).exchange) is not None:
        for line in now.lines:
            browser.take(sending.filled(line), at)
        at = f"{JAR}/{now.at}"
        answers.append(_answered(now, browser, Arrival(origin, browser.sent_to(at)), has_script))
    return position(probe, JAR, answers).findings


def _answered(
    now: Exchange, browser: ModelBrowser, arrival: Arrival, has_script: bool
) -> Answer:
    if now.script is None:
        return now.arrival(arrival) if now.arrival else None
    if not has_script:
        return None
    for text in now.script.writes:
        browser.take(Sending(browser.host, NOW).filled(text), PAGE, by_script=True)
    return now.script.hear({})


@pytest.mark.parametrize("is_secure", [True, False])
@pytest.mark.parametrize("host", ["shop.example.org", "localhost", "203.0.113.7", "127.0.0.1"])
@pytest.mark.parametrize("family", families(), ids=lambda family: family.key)
def test_a_browser_by_the_book_deviates_nowhere(
    family: Family, host: str, is_secure: bool
) -> None:
    found = run(family, ModelBrowser(host, is_secure))
    assert found["came"] == ""
    assert len(str(found["marks"])) == len(family.cases)
    assert set(str(found["marks"])) <= {suite.AS_ASKED, suite.AS_SECURE, *suite.REASONS}
