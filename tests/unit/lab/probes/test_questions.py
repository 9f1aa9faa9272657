"""The probes against browsers made for them, whose rules are known."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import pytest

from shop.lab.engine.exchange import Answer, Exchange, Findings, Probe, position
from shop.lab.probes import eviction, questions
from tests.model_browser import ModelBrowser

PAGE = "/limits/probe"
JAR = "/limits/probe/jar"
ASIDE = "/cart/limits/probe"


def asked(
    probe: Probe,
    browser: ModelBrowser,
    given: list[int] | None = None,
    *,
    told: Mapping[str, Any] | None = None,
    abroad: Container[str] = (),
) -> Findings:
    """The findings of a probe, run as its addresses do: over all answers at every step. How many
    lines each exchange has is appended to `given`. A script runs where it is `told` something
    beside what it sees; cookies of the names `abroad` are sent from another site's page."""
    answers: list[Answer] = []
    while (now := position(probe, JAR, answers)).exchange is not None:
        if given is not None:
            given.append(len(now.exchange.lines))
        for text in now.exchange.lines:
            browser.take(text, f"{JAR}/")
        if now.exchange.witness:
            came = [pair for pair in browser.pairs(f"{JAR}/witness") if pair[0] in abroad]
            for text in now.exchange.witness(came):
                browser.take(text, f"{JAR}/witness")
        answers.append(_answered(now.exchange, browser, told))
        assert len(answers) < 200
    return now.findings


def _answered(now: Exchange, browser: ModelBrowser, told: Mapping[str, Any] | None) -> Answer:
    if now.script is None:
        return now.read(browser.pairs(ASIDE if now.is_below_cart else f"{JAR}/{now.at}"))
    if told is None:
        return None
    for text in now.script.writes:
        browser.take(text, PAGE, by_script=True)
    shown = dict(browser.shown_at(PAGE))
    return now.script.read_report(
        {"sees": {name: shown.get(name) for name in now.script.sees}, **told}
    )


@pytest.mark.parametrize("largest", [4096, 4095, 100, 4097, 5000, 8192, 16_383])
def test_the_largest_cookie_is_found_to_the_byte(largest: int) -> None:
    assert asked(questions.largest, ModelBrowser(largest=largest)) == {
        "largest": largest,
        "dropped": largest + 1,
        "name counts": True,
    }


def test_a_browser_without_a_limit_is_not_asked_for_ever() -> None:
    for largest in (16_384, 10**9):
        found = asked(questions.largest, ModelBrowser(largest=largest))
        assert found == {"largest": 16_384, "dropped": None, "name counts": None}


def test_a_browser_that_does_not_count_names_is_found_out() -> None:
    # 4,096 of value, to which come the five of the name that is tried
    found = asked(questions.largest, ModelBrowser(counts_names=False))
    assert found == {"largest": 4101, "dropped": 4102, "name counts": False}


def test_attributes_are_not_counted_and_dropped_beyond_1024() -> None:
    assert asked(questions.attributes, ModelBrowser()) == {
        "count": False,
        "Max-Age of 1024": True,
        "Max-Age of 1025": False,
        "Path of 1024": True,
        "Path of 1025": False,
    }


def test_a_browser_that_counts_attributes_is_found_out() -> None:
    assert asked(questions.attributes, ModelBrowser(counts_attributes=True))["count"] is True


@pytest.mark.parametrize(
    ("visiting", "old"),
    [
        (ModelBrowser(), "kept"),
        (ModelBrowser(too_long_deletes=True), "deleted"),
        (ModelBrowser(too_long_is_cut=True), "cut"),
        (ModelBrowser(largest=10_000), "replaced"),
    ],
)
def test_what_becomes_of_the_old_cookie(visiting: ModelBrowser, old: str) -> None:
    assert asked(questions.overwriting, visiting) == {"old": old}


def test_characters() -> None:
    found = asked(questions.characters, ModelBrowser())
    assert found == dict.fromkeys(questions.CHARACTERS, True)


def test_a_browser_that_drops_tabs_is_found_out() -> None:
    found = asked(questions.characters, ModelBrowser(drops_tabs=True))
    assert [named for named, is_kept in found.items() if not is_kept] == ["tab"]


@pytest.mark.parametrize("fate", ["dropped", "cut", "kept"])
def test_what_becomes_of_control_characters(fate: str) -> None:
    found = asked(questions.controls, ModelBrowser(controls=fate), told={})
    assert found.pop("09") == "kept"
    assert len(found) == 32
    assert set(found.values()) == {fate}


def test_without_a_script_there_is_nothing_to_say_of_control_characters() -> None:
    assert asked(questions.controls, ModelBrowser()) == {}


@pytest.mark.parametrize(
    ("life", "seconds"),
    [
        (34_560_000, 34_560_000),
        (1, 1),
        (0, None),
        (-5, None),
        (3_456_000_000, None),
        (True, None),
        (86_400.5, None),
        ("86400", None),
        ([86_400], None),
        (None, None),
    ],
)
def test_a_life_is_believed_that_a_browser_may_have(life: object, seconds: int | None) -> None:
    found = asked(questions.lifetime, ModelBrowser(), told={"life": life})
    assert found == {"asked": 69_120_000, "seconds": seconds}
    assert asked(questions.lifetime, ModelBrowser()) == {}


def test_a_browser_that_keeps_scripts_from_http_only_cookies() -> None:
    assert asked(questions.http_only, ModelBrowser(), told={}) == {
        "seen": False,
        "others seen": True,
        "written over": False,
        "others written over": True,
        "made by script": False,
        "taken away by a header": True,
    }


def test_a_browser_that_does_not_know_http_only() -> None:
    assert asked(questions.http_only, ModelBrowser(knows_http_only=False), told={}) == {
        "seen": True,
        "others seen": True,
        "written over": True,
        "others written over": True,
        "made by script": True,
        "taken away by a header": False,
    }


@pytest.mark.parametrize("sees", [5, "lab-h", ["lab-h"], None, True])
def test_what_is_no_list_of_cookies_shows_none(sees: object) -> None:
    found = asked(questions.http_only, ModelBrowser(), told={"sees": sees})
    assert (found["seen"], found["others seen"]) == (False, False)


@pytest.mark.parametrize(
    ("abroad", "sent"),
    [
        (("lab-n",), (False, False, True)),
        (("lab-d", "lab-n"), (True, False, True)),
        (("lab-d", "lab-l", "lab-n"), (True, True, True)),
    ],
)
def test_what_is_sent_from_another_site(
    abroad: tuple[str, ...], sent: tuple[bool, bool, bool]
) -> None:
    found = asked(questions.same_site, ModelBrowser(), abroad=abroad)
    assert found == {"measured": True} | dict(zip(("none given", "Lax", "None"), sent, strict=True))


@pytest.mark.parametrize(
    ("site", "says"),
    [("lax", "lax"), ("none", "none"), ("Lax", None), (7, None), ({"lax": 1}, None), (None, None)],
)
def test_where_nothing_comes_back_the_browser_is_believed(site: object, says: str | None) -> None:
    plain = ModelBrowser(is_secure=False)
    found = asked(questions.same_site, plain, told={"site": site})
    assert found == {"measured": False, "says": says}


def test_prefixes() -> None:
    newer = ModelBrowser(knows_http_prefixes=True)
    kept = {named for named, is_kept in asked(questions.prefixes, newer).items() if is_kept}
    assert kept == {named for named in questions.PREFIXES if named.endswith("as it must be")}
    assert len(kept) == 4


def test_by_the_standard_two_prefixes_are_names_like_any_other() -> None:
    answers = asked(questions.prefixes, ModelBrowser())
    kept = [named for named, is_kept in answers.items() if is_kept]
    assert kept == [
        "__Host- as it must be",
        "__Secure- as it must be",
        "__Http- without HttpOnly",
        "__Http- as it must be",
        "__Host-Http- without HttpOnly",
        "__Host-Http- as it must be",
    ]


@pytest.mark.parametrize("most", [150, 180, 181, 179, 300])
@pytest.mark.parametrize("others", [0, 1, 5])
def test_evictions_are_counted_to_the_cookie(most: int, others: int) -> None:
    browser = ModelBrowser(most=most, left=most - 30)
    for number in range(others):
        browser.take(f"other{number}=1; Path=/", "/")
    found = asked(eviction.eviction, browser)
    assert found == {"kept": most, "left": most - 30, "plain": False, "high": True}


@pytest.mark.parametrize("knows_priority", [True, False])
def test_cookies_of_the_shop_that_the_jar_does_not_see_are_counted(knows_priority: bool) -> None:
    browser = ModelBrowser(knows_priority=knows_priority)
    browser.take("undo=1; Path=/cart; Priority=High", "/cart")
    browser.take("unguarded=1; Path=/limits/unguarded; Priority=High", "/limits/unguarded")
    found = asked(eviction.eviction, browser)
    assert found == {"kept": 180, "left": 150, "plain": False, "high": knows_priority}


def test_a_large_cart_leaves_room_for_few_cookies_a_response() -> None:
    for octets, most in ((1_000, 20), (2_300, 4), (4_090, 20)):
        browser = ModelBrowser()
        browser.take(f"cart={'x' * octets}; Path=/; Priority=High", "/")
        given: list[int] = []
        assert asked(eviction.eviction, browser, given)["kept"] == 180
        assert max(given) == most


def test_a_browser_that_does_not_know_priorities() -> None:
    found = asked(eviction.eviction, ModelBrowser(knows_priority=False))
    assert found == {"kept": 180, "left": 150, "plain": False, "high": False}


def test_a_browser_that_keeps_all_is_not_filled_for_ever() -> None:
    found = asked(eviction.eviction, ModelBrowser(most=10_000))
    assert found == {"kept": 402, "left": None, "plain": True, "high": True}


def test_more_answers_than_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        position(questions.overwriting, JAR, [None, None, None])
