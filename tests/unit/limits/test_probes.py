"""The probes against browsers made for them, whose rules are known."""

from __future__ import annotations

import pytest

from shop.limits import probes
from shop.limits.trial import Answer, Findings, Probe, position
from tests.model_browser import Browser

JAR = "/limits/probe/jar"


def asked(probe: Probe, browser: Browser) -> Findings:
    """The findings of a probe, run as its addresses do: over all answers at every step."""
    answers: list[Answer] = []
    while (now := position(probe, JAR, answers)).exchange is not None:
        for text in now.exchange.lines:
            browser.take(text, f"{JAR}/")
        answers.append(now.exchange.read(browser.sent_to(f"{JAR}/{now.exchange.at}")))
        assert len(answers) < 200
    return now.findings


@pytest.mark.parametrize("largest", [4096, 4095, 100, 4097, 5000, 8192, 16_383])
def test_the_largest_cookie_is_found_to_the_byte(largest: int) -> None:
    assert asked(probes.largest, Browser(largest=largest)) == {
        "largest": largest,
        "dropped": largest + 1,
        "name counts": True,
    }


def test_a_browser_without_a_limit_is_not_asked_for_ever() -> None:
    for largest in (16_384, 10**9):
        found = asked(probes.largest, Browser(largest=largest))
        assert found == {"largest": 16_384, "dropped": None, "name counts": None}


def test_attributes_are_not_counted_and_dropped_beyond_1024() -> None:
    assert asked(probes.attributes, Browser()) == {
        "count": False,
        "Max-Age of 1024": True,
        "Max-Age of 1025": False,
        "Path of 1024": True,
        "Path of 1025": False,
    }


def test_a_browser_that_counts_attributes_is_found_out() -> None:
    assert asked(probes.attributes, Browser(counts_attributes=True))["count"] is True


@pytest.mark.parametrize(("deletes", "old"), [(False, "kept"), (True, "deleted")])
def test_what_becomes_of_the_old_cookie(deletes: bool, old: str) -> None:
    assert asked(probes.overwriting, Browser(too_long_deletes=deletes)) == {"old": old}


def test_characters() -> None:
    found = asked(probes.characters, Browser())
    assert found == {named: named != "tab" for named in probes.CHARACTERS}


def test_prefixes() -> None:
    kept = {named for named, is_kept in asked(probes.prefixes, Browser()).items() if is_kept}
    assert kept == {named for named in probes.PREFIXES if named.endswith("as it must be")}
    assert len(kept) == 4


@pytest.mark.parametrize("most", [150, 180, 181, 179, 300])
@pytest.mark.parametrize("others", [0, 1, 5])
def test_evictions_are_counted_to_the_cookie(most: int, others: int) -> None:
    found = asked(probes.eviction, Browser(most=most, left=most - 30, others=others))
    assert found == {"kept": most, "left": most - 30, "plain": False, "high": True}


def test_a_browser_that_does_not_know_priorities() -> None:
    found = asked(probes.eviction, Browser(honours_priority=False))
    assert found == {"kept": 180, "left": 150, "plain": False, "high": False}


def test_a_browser_that_keeps_all_is_not_filled_for_ever() -> None:
    found = asked(probes.eviction, Browser(most=10_000))
    assert found == {"kept": 402 + 2, "left": None, "plain": True, "high": True}


def test_more_answers_than_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        position(probes.overwriting, JAR, [None, None, None])
