"""The probes against browsers made for them, whose rules are known."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from shop.limits import probes
from shop.limits.trial import Answer, Findings, Probe, position

JAR = "/limits/probe/jar"


@dataclass(slots=True)
class Browser:
    """A cookie jar for one host, with limits of one's own choosing."""

    largest: int = 4096
    attribute: int = 1024
    most: int = 180
    left: int = 150
    counts_attributes: bool = False
    too_long_deletes: bool = False
    honours_priority: bool = True
    others: int = 2
    kept: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)

    def take(self, text: str) -> None:
        pair, *rest = text.split("; ")
        name, _, value = pair.partition("=")
        given = dict(part.partition("=")[::2] for part in rest)
        given = {key: found for key, found in given.items() if len(found) <= self.attribute}
        path = given.get("Path", JAR)
        if any(mark < " " or mark == "\x7f" for mark in value):
            return
        if len(name + value) > self.largest or (
            self.counts_attributes and len(text) > self.largest
        ):
            if self.too_long_deletes:
                self.kept.pop((name, path), None)
            return
        prefix = name.lower()
        if prefix.startswith("__host-") and ("Secure" not in given or given.get("Path") != "/"):
            return
        if prefix.startswith("__secure-") and "Secure" not in given:
            return
        if "-http-" in prefix.replace("__", "-") and "HttpOnly" not in given:
            return
        if given.get("Max-Age", "1").strip("0") == "":
            self.kept.pop((name, path), None)
            return
        is_high = self.honours_priority and given.get("Priority") == "High"
        self.kept[(name, path)] = (value, is_high)
        self._evict()

    def sent_to(self, path: str) -> list[tuple[str, str]]:
        ours = [
            (name, value)
            for (name, there), (value, _) in self.kept.items()
            if there == "/" or path == there or path.startswith(f"{there}/")
        ]
        return [*ours, *((f"other{number}", "1") for number in range(self.others))]

    def _evict(self) -> None:
        if len(self.kept) + self.others <= self.most:
            return
        for key in [key for key, (_, is_high) in self.kept.items() if not is_high]:
            if len(self.kept) + self.others <= self.left:
                break
            del self.kept[key]


def asked(probe: Probe, browser: Browser) -> Findings:
    """The findings of a probe, run as its addresses do: over all answers at every step."""
    answers: list[Answer] = []
    while (now := position(probe, JAR, answers)).exchange is not None:
        for text in now.exchange.lines:
            browser.take(text)
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
