"""The probes against model browsers with known rules."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import pytest

from shop.lab.engine.exchange import (
    NOT_SENT,
    Answer,
    Exchange,
    Findings,
    NotSent,
    Probe,
    position,
)
from shop.lab.probes import eviction, partitioned, questions
from tests.model_browser import ModelBrowser

PAGE = "/limits/probe"
JAR = "/limits/probe/jar"
ASIDE = "/cart/limits/probe"


def findings_of(
    probe: Probe,
    browser: ModelBrowser,
    line_counts: list[int] | None = None,
    *,
    script_report: Mapping[str, Any] | None = None,
    cross_site: Container[str] = (),
    not_by_link: Container[str] = (),
    passes: int | None = None,
) -> Findings:
    """Runs a probe as its pages do, replaying all answers at every step, and returns its findings.

    The number of lines of each exchange is appended to `line_counts`. A script runs only if there
    is a `script_report`, which is added to the cookies that the script sees. Cookies with the
    names in `cross_site` are also sent from another site's page, and all but those in `not_by_link`
    when it leads to the shop. No response passes whose cookies
    take more octets than `passes`.
    """
    answers: list[Answer] = []
    while (step := position(probe, JAR, answers)).exchange is not None:
        if passes and _octets(step.exchange, browser) > passes:
            answers.append(NotSent(passes).answer)
            continue
        if line_counts is not None:
            line_counts.append(len(step.exchange.lines))
        for text in step.exchange.lines:
            browser.take(text, f"{JAR}/")
        if step.exchange.witness:
            cross_site_pairs = [
                pair for pair in browser.pairs(f"{JAR}/witness") if pair[0] in cross_site
            ]
            for text in step.exchange.witness(cross_site_pairs):
                browser.take(text, f"{JAR}/witness")
            led = [pair for pair in browser.pairs(f"{JAR}/") if pair[0] not in not_by_link]
            answers.append(step.exchange.read(led))
            continue
        answers.append(_answered(step.exchange, browser, script_report))
        assert len(answers) < 200
    return step.findings


def _octets(step: Exchange, browser: ModelBrowser) -> int:
    cart = dict(browser.pairs("/")).get("cart", "") if step.may_evict else ""
    return len(cart) + sum(map(len, step.lines))


def _answered(
    step: Exchange, browser: ModelBrowser, script_report: Mapping[str, Any] | None
) -> Answer:
    if step.script is None:
        return step.read(browser.pairs(ASIDE if step.is_below_cart else f"{JAR}/{step.at}"))
    if script_report is None:
        return None
    for text in step.script.writes:
        browser.take(text, PAGE, by_script=True)
    shown = dict(browser.shown_at(PAGE))
    return step.script.read_report(
        {"sees": {name: shown.get(name) for name in step.script.sees}, **script_report}
    )


@pytest.mark.parametrize("largest", [4096, 4095, 100, 4097, 5000, 8192, 16_383])
def test_the_largest_cookie_is_measured_to_the_byte(largest: int) -> None:
    assert findings_of(questions.largest, ModelBrowser(largest=largest)) == {
        "largest": largest,
        "dropped": largest + 1,
        "name counts": True,
    }


def test_probing_a_browser_without_a_limit_ends() -> None:
    for largest in (16_384, 10**9):
        findings = findings_of(questions.largest, ModelBrowser(largest=largest))
        assert findings == {"largest": 16_384, "dropped": None, "name counts": None}


def test_a_browser_that_does_not_count_names_is_detected() -> None:
    # 4,096 of value, plus the five of the probe's cookie name
    findings = findings_of(questions.largest, ModelBrowser(counts_names=False))
    assert findings == {"largest": 4101, "dropped": 4102, "name counts": False}


def test_where_no_larger_cookie_passes_the_search_ends_there() -> None:
    findings = findings_of(questions.largest, ModelBrowser(), passes=3_000)
    largest = 3_000 - len(questions.line("", "", JAR))
    assert findings == {"largest": largest, "dropped": None, "name counts": None, "passes": 3_000}
    # A limit of the browser below that is still found.
    findings = findings_of(questions.largest, ModelBrowser(largest=100), passes=3_000)
    assert findings == {"largest": 100, "dropped": 101, "name counts": True}


def test_where_large_attributes_do_not_pass_the_others_are_still_measured() -> None:
    whole = findings_of(questions.attributes, ModelBrowser())
    findings = findings_of(questions.attributes, ModelBrowser(), passes=3_000)
    assert findings == whole | {"count": None, "passes": 3_000}


def test_a_question_that_does_not_pass_is_not_answered() -> None:
    findings = findings_of(questions.overwriting, ModelBrowser(), passes=3_000)
    assert findings == {NOT_SENT: 3_000}


def test_attributes_do_not_count_and_are_dropped_beyond_1024() -> None:
    assert findings_of(questions.attributes, ModelBrowser()) == {
        "count": False,
        "Max-Age of 1024": True,
        "Max-Age of 1025": False,
        "Path of 1024": True,
        "Path of 1025": False,
    }


def test_a_browser_that_counts_attributes_is_detected() -> None:
    assert findings_of(questions.attributes, ModelBrowser(counts_attributes=True))["count"] is True


@pytest.mark.parametrize(
    ("browser_kind", "old"),
    [
        (ModelBrowser(), "kept"),
        (ModelBrowser(too_long_deletes=True), "deleted"),
        (ModelBrowser(too_long_is_cut=True), "cut"),
        (ModelBrowser(largest=10_000), "replaced"),
    ],
)
def test_the_fate_of_the_old_cookie(browser_kind: ModelBrowser, old: str) -> None:
    assert findings_of(questions.overwriting, browser_kind) == {"old": old}


def test_special_characters() -> None:
    findings = findings_of(questions.characters, ModelBrowser())
    assert findings == dict.fromkeys(questions.CHARACTERS, True)


def test_a_browser_that_drops_tabs_is_detected() -> None:
    findings = findings_of(questions.characters, ModelBrowser(drops_tabs=True))
    assert [named for named, is_kept in findings.items() if not is_kept] == ["tab"]


@pytest.mark.parametrize("fate", ["dropped", "cut", "kept"])
def test_the_fate_of_control_characters(fate: str) -> None:
    findings = findings_of(questions.controls, ModelBrowser(controls=fate), script_report={})
    assert findings.pop("09") == "kept"
    assert len(findings) == 32
    assert set(findings.values()) == {fate}


def test_control_characters_are_not_measured_without_a_script() -> None:
    assert findings_of(questions.controls, ModelBrowser()) == {}


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
def test_only_plausible_lifetimes_are_believed(life: object, seconds: int | None) -> None:
    findings = findings_of(questions.lifetime, ModelBrowser(), script_report={"life": life})
    assert findings == {"asked": 69_120_000, "seconds": seconds}
    assert findings_of(questions.lifetime, ModelBrowser()) == {}


def test_a_browser_that_keeps_scripts_from_http_only_cookies() -> None:
    assert findings_of(questions.http_only, ModelBrowser(), script_report={}) == {
        "seen": False,
        "others seen": True,
        "written over": False,
        "others written over": True,
        "made by script": False,
        "taken away by a header": True,
    }


def test_a_browser_that_does_not_know_http_only() -> None:
    assert findings_of(
        questions.http_only, ModelBrowser(knows_http_only=False), script_report={}
    ) == {
        "seen": True,
        "others seen": True,
        "written over": True,
        "others written over": True,
        "made by script": True,
        "taken away by a header": False,
    }


@pytest.mark.parametrize("sees", [5, "lab-h", ["lab-h"], None, True])
def test_an_invalid_list_of_cookies_counts_as_empty(sees: object) -> None:
    findings = findings_of(questions.http_only, ModelBrowser(), script_report={"sees": sees})
    assert (findings["seen"], findings["others seen"]) == (False, False)


@pytest.mark.parametrize(
    ("cross_site", "sent"),
    [
        (("lab-n",), (False, False, True)),
        (("lab-d", "lab-n"), (True, False, True)),
        (("lab-d", "lab-l", "lab-n"), (True, True, True)),
    ],
)
def test_cookies_sent_from_another_site(
    cross_site: tuple[str, ...], sent: tuple[bool, bool, bool]
) -> None:
    findings = findings_of(questions.same_site, ModelBrowser(), cross_site=cross_site)
    kinds = ("none given", "Lax", "None")
    assert {kind: findings[kind] for kind in kinds} == dict(zip(kinds, sent, strict=True))
    assert (findings["measured"], findings["Strict"]) == (True, False)


@pytest.mark.parametrize("cross_site", [(), ("lab-n",)], ids=["pictures bring none", "and some"])
def test_cookies_sent_when_another_site_leads_here(cross_site: tuple[str, ...]) -> None:
    findings = findings_of(
        questions.same_site, ModelBrowser(), cross_site=cross_site, not_by_link=("lab-t",)
    )
    by_link = {kind: findings[questions.BY_LINK.format(kind)] for kind in questions.SITES}
    assert by_link == {"none given": True, "Lax": True, "None": True, "Strict": False}


def test_partitioned_cookies_are_counted_by_their_size() -> None:
    browser = ModelBrowser(partition_octets=10_240)
    assert findings_of(partitioned.partitioned, browser) == {
        "apart": True,
        "without Secure": False,
        "left": 10,
    }


@pytest.mark.parametrize(("is_secure", "apart"), [(True, False), (False, None)])
def test_where_partitioned_is_unknown_or_not_possible_no_size_is_tried(
    is_secure: bool, apart: bool | None
) -> None:
    line_counts: list[int] = []
    browser = ModelBrowser(is_secure=is_secure)
    assert findings_of(partitioned.partitioned, browser, line_counts) == {"apart": apart}
    assert line_counts == [3]


@pytest.mark.parametrize(
    ("site", "says"),
    [("lax", "lax"), ("none", "none"), ("Lax", None), (7, None), ({"lax": 1}, None), (None, None)],
)
def test_if_no_cookie_comes_back_the_script_report_is_used(site: object, says: str | None) -> None:
    insecure = ModelBrowser(is_secure=False)
    findings = findings_of(questions.same_site, insecure, script_report={"site": site})
    assert (findings["measured"], findings["says"]) == (False, says)


def test_prefixes_of_the_next_draft() -> None:
    newer = ModelBrowser(knows_http_prefixes=True)
    kept = {named for named, is_kept in findings_of(questions.prefixes, newer).items() if is_kept}
    assert kept == {named for named in questions.PREFIXES if named.endswith("as it must be")}
    assert len(kept) == 4


def test_by_the_standard_http_prefixes_have_no_meaning() -> None:
    answers = findings_of(questions.prefixes, ModelBrowser())
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
def test_evictions_are_counted_exactly(most: int, others: int) -> None:
    browser = ModelBrowser(most=most, left=most - 30)
    for number in range(others):
        browser.take(f"other{number}=1; Path=/", "/")
    findings = findings_of(eviction.eviction, browser)
    assert findings == {"kept": most, "left": most - 30, "plain": False, "high": True}


@pytest.mark.parametrize("knows_priority", [True, False])
def test_shop_cookies_outside_the_jar_path_are_counted(knows_priority: bool) -> None:
    browser = ModelBrowser(knows_priority=knows_priority)
    browser.take("undo=1; Path=/cart; Priority=High", "/cart")
    browser.take("unguarded=1; Path=/limits/unguarded; Priority=High", "/limits/unguarded")
    findings = findings_of(eviction.eviction, browser)
    assert findings == {"kept": 180, "left": 150, "plain": False, "high": knows_priority}


def test_a_large_cart_leaves_room_for_few_cookies_per_response() -> None:
    for octets, most in ((1_000, 20), (2_500, 4)):
        browser = ModelBrowser()
        browser.take(f"cart={'x' * octets}; Path=/; Priority=High", "/")
        line_counts: list[int] = []
        assert findings_of(eviction.eviction, browser, line_counts, passes=3_000)["kept"] == 180
        # The first exchange deletes the unguarded cart and sets the two oldest.
        assert max(line_counts[1:]) == most


def test_a_browser_that_does_not_know_priorities() -> None:
    findings = findings_of(eviction.eviction, ModelBrowser(knows_priority=False))
    assert findings == {"kept": 180, "left": 150, "plain": False, "high": False}


def test_filling_a_browser_that_keeps_everything_ends() -> None:
    findings = findings_of(eviction.eviction, ModelBrowser(most=10_000))
    assert findings == {"kept": 402, "left": None, "plain": True, "high": True}


def test_more_answers_than_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        position(questions.overwriting, JAR, [None, None, None])
