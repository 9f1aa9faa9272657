"""The search for header limits, against fake deployments with known limits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from shop.lab.header_limits import report as header_limits_report
from shop.lab.header_limits import search
from shop.lab.header_limits.search import Attempt, Bound, Findings, NoStatus, Outcome


@dataclass(frozen=True, slots=True)
class Deployment:
    """A route with limits on the value of a field, on all values together, on the same while they
    are incomplete, on the number of fields, and on the value of a response field."""

    value: int = 10**9
    whole: int = 10**9
    incomplete: int = 10**9
    count: int = 10**9
    back: int = 10**9
    refused: int | NoStatus = 431
    too_large: int | NoStatus = 502
    own_fields: int = 3
    drops_beyond: int = 10**9

    def answers(self, attempt: Attempt) -> Outcome:
        sizes = [size for _, size in attempt.fields]
        fields = len(sizes) + self.own_fields
        if max(sizes, default=0) > self.value or sum(sizes) > self.whole or fields > self.count:
            return Outcome(self.refused)
        if attempt.in_two and sum(sizes) > self.incomplete:
            return Outcome(self.refused)
        if attempt.back > self.back:
            return Outcome(self.too_large)
        if attempt.question == "field" and attempt.size > self.drops_beyond:
            return Outcome(200, 0, fields - 1)
        return Outcome(200, attempt.size, fields)


MOST_ATTEMPTS = 82
MOST_IN_TWO = 32


def outcomes_in(
    deployment: Deployment,
    *,
    until: int = MOST_ATTEMPTS + MOST_IN_TWO,
    ended: NoStatus = NoStatus.OVER,
    in_two: bool = False,
) -> tuple[list[Outcome], Findings]:
    """The outcomes and the findings of a search, which ends early after `until` attempts."""
    outcomes: list[Outcome] = []
    steps = search.search(in_two=in_two)
    attempt = next(steps)
    while True:
        is_over = len(outcomes) >= until
        made = Outcome(ended) if is_over else deployment.answers(attempt)
        outcomes.append(Outcome.of(str(made)))
        assert len(outcomes) <= MOST_ATTEMPTS + (MOST_IN_TWO if in_two else 0)
        try:
            attempt = steps.send(outcomes[-1])
        except StopIteration as end:
            return outcomes, end.value


def findings_in(deployment: Deployment, **options: Any) -> Findings:
    return outcomes_in(deployment, **options)[1]


def reported(findings: Findings) -> header_limits_report.Report:
    return header_limits_report.by_browser(findings, budget_bytes=4096)


NGINX = Deployment(value=8182, back=3462, refused=400)
GUNICORN = Deployment(value=8180, count=100)
UWSGI = Deployment(whole=3865, refused=NoStatus.CLOSED)
FASTLY = Deployment(drops_beyond=32_768)


@pytest.mark.parametrize(
    ("deployment", "value", "status", "is_shared"),
    [
        pytest.param(NGINX, 8182, 400, False, id="nginx"),
        pytest.param(GUNICORN, 8180, 431, False, id="gunicorn"),
        pytest.param(UWSGI, 3865, NoStatus.CLOSED, True, id="uWSGI, which closes the connection"),
        pytest.param(
            Deployment(value=17, refused=NoStatus.SILENT), 17, NoStatus.SILENT, True, id="tiny"
        ),
        pytest.param(Deployment(value=4095), 4095, 431, False, id="a byte below a rung"),
        pytest.param(Deployment(value=4096), 4096, 431, False, id="a rung"),
        pytest.param(Deployment(value=4097), 4097, 431, False, id="a byte above a rung"),
        pytest.param(Deployment(value=2**20 - 1), 2**20 - 1, 431, False, id="just below the cap"),
    ],
)  # fmt: skip
def test_the_largest_request_field_is_measured_to_the_byte(
    deployment: Deployment, value: int, status: int | NoStatus, is_shared: bool
) -> None:
    findings = findings_in(deployment)
    assert (findings.field.most, findings.field.least) == (value, value + 1)
    assert findings.field.is_exact
    assert findings.field.beyond == Outcome(status)
    assert findings.is_shared is is_shared


@pytest.mark.parametrize("count", [12, 64, 100, 101, 128, 1000, 2002])
def test_the_number_of_fields_includes_those_of_others(count: int) -> None:
    findings = findings_in(Deployment(count=count)).fields
    assert (findings.most, findings.least, findings.fields) == (count - 3, count - 2, count)


@pytest.mark.parametrize("back", [3462, 3943, 16_000, 261_506])
def test_the_largest_response_field_is_measured_to_the_byte(back: int) -> None:
    findings = findings_in(Deployment(back=back)).back
    assert (findings.most, findings.least, findings.beyond) == (back, back + 1, Outcome(502))


def test_the_search_ends_on_a_route_without_limits() -> None:
    findings = findings_in(Deployment())
    assert findings.field == Bound(2**20, fields=4)
    assert findings.fields == Bound(2000, fields=2003)
    assert findings.back == Bound(2**20, fields=3)
    assert findings.is_shared is None


def test_a_hop_that_drops_the_field_is_detected() -> None:
    findings = findings_in(FASTLY)
    assert (findings.field.most, findings.field.beyond) == (32_768, Outcome(200, 0, 3))
    report = header_limits_report.by_browser(findings, budget_bytes=4096)
    assert "dropped on the route" in report.rows[0].beyond


@pytest.mark.parametrize("arrived", [0, 15, 17])
def test_a_field_of_another_length_does_not_pass(arrived: int) -> None:
    assert not Outcome(200, arrived, 4).passes(search.one_field(16))


def test_a_truncated_field_is_reported() -> None:
    bound = Bound(16, 17, Outcome(200, 12, 4), (17, Outcome(200, 12, 4)), fields=4)
    report = reported(replace(findings_in(Deployment()), field=bound))
    assert report.rows[0].beyond == "17: cut to 12 on the route, with status 200 all the same"


UVICORN = Deployment(value=127_838, incomplete=16_250, refused=400)


def test_a_limit_that_depends_on_how_the_request_is_written_is_a_range() -> None:
    findings = findings_in(UVICORN, in_two=True)
    assert findings.in_two is not None
    assert (findings.field.most, findings.in_two.most, findings.in_two.is_steady) == (
        127_838,
        16_250,
        True,
    )
    assert findings.depends_on_timing
    assert findings.is_shared
    report = header_limits_report.by_command(findings, budget_bytes=4096, request_bytes=140)
    row = report.rows[0]
    assert row.measured == "depends on timing: between 16,250 and 127,838 bytes"
    assert row.beyond == "in two writes 16,251: 400; in one 127,839: 400"
    assert row.alike == ""
    assert header_limits_report.TIMING in report.notes


def test_a_range_whose_upper_end_varies_is_not_said_to_vary_as_well() -> None:
    class Varies(Deployment):
        def answers(self, attempt: Attempt) -> Outcome:
            is_second = attempt in requested
            requested.append(attempt)
            is_large = attempt.question == "field" and attempt.size > 100_000
            return Outcome(400) if is_second and is_large else UVICORN.answers(attempt)

    requested: list[Attempt] = []
    findings = findings_in(Varies(), in_two=True)
    assert findings.field.is_steady is False
    assert header_limits_report.TIMING in reported(findings).notes
    assert not any("varies" in note for note in reported(findings).notes)


def test_the_budget_rests_on_what_passes_however_it_is_written() -> None:
    findings = findings_in(replace(UVICORN, incomplete=4000), in_two=True)
    assert header_limits_report.budget_of(findings, beside=140) == 2200  # 4,000 - 800 - 960


@pytest.mark.parametrize(
    ("deployment", "words"),
    [
        pytest.param(
            Deployment(incomplete=16_250), "between 16,250 and 1,048,576 bytes or more", id="open"
        ),
        pytest.param(Deployment(incomplete=15), "up to 1,048,576 bytes or more", id="never in two"),
    ],
)
def test_a_range_without_one_of_its_ends(deployment: Deployment, words: str) -> None:
    row = reported(findings_in(deployment, in_two=True)).rows[0]
    assert row.measured == f"depends on timing: {words}"


@pytest.mark.parametrize("deployment", [NGINX, GUNICORN, UWSGI, FASTLY, Deployment()])
def test_a_limit_that_does_not_depend_on_timing_takes_one_more_attempt(
    deployment: Deployment,
) -> None:
    outcomes, findings = outcomes_in(deployment, in_two=True)
    without, plain = outcomes_in(deployment)
    assert (len(outcomes), findings) == (len(without) + 1, replace(plain, in_two=findings.in_two))
    assert not findings.depends_on_timing


@pytest.mark.parametrize("until", [18, 19, 25, 40])
def test_a_range_that_was_not_measured_to_the_end_is_no_basis(until: int) -> None:
    findings = findings_in(UVICORN, in_two=True, until=until)
    report = reported(findings)
    assert report.budget_bytes is None
    assert findings.sure_field.most <= 16_250 or not findings.depends_on_timing


def test_if_even_the_smallest_field_is_refused_nothing_passes() -> None:
    findings = findings_in(Deployment(value=15))
    assert (findings.field.most, findings.field.least) == (0, 16)
    report = header_limits_report.by_browser(findings, budget_bytes=4096)
    assert (report.rows[0].measured, report.rows[0].beyond) == ("nothing", "16: 431")
    assert report.budget_bytes is None
    assert report.conclusion == (
        "What this means for a cart is unknown: not even the smallest header passes."
    )


def test_the_first_refused_size_may_fail_differently() -> None:
    class FullHeaderCloses(Deployment):
        def answers(self, attempt: Attempt) -> Outcome:
            is_full = attempt.back == 3463
            return Outcome(NoStatus.CLOSED) if is_full else NGINX.answers(attempt)

    report = header_limits_report.by_browser(findings_in(FullHeaderCloses()), budget_bytes=4096)
    closed = "the connection is closed before the response is complete"
    assert report.rows[2].beyond == f"3,463: {closed}; 4,096: 502"


@pytest.mark.parametrize("until", range(39))
def test_a_search_that_runs_out_of_time_reports_partial_results(until: int) -> None:
    findings = findings_in(NGINX, until=until)
    assert findings.back.cut is NoStatus.OVER
    assert findings.field.most <= 8182
    assert findings.field.least is None or findings.field.least > 8182
    report = reported(findings)
    assert report.budget_bytes is None
    assert report.conclusion.endswith("is unknown: the search did not finish.")
    assert report.notes[-1] == "The search ended after 60 seconds, before everything was measured."


FIELD_ENDS = "with “Cookie: ” and line end"


@pytest.mark.parametrize(
    ("until", "measured", "beyond"),
    [
        pytest.param(0, "not measured", "not measured", id="nothing tried"),
        pytest.param(1, f"at least 16 bytes, 26 {FIELD_ENDS}", "not measured", id="one passed"),
        pytest.param(
            2, f"at least 4,096 bytes, 4,106 {FIELD_ENDS}", "not measured", id="two passed"
        ),
        pytest.param(
            3,
            f"at least 4,096 bytes, 4,106 {FIELD_ENDS}",
            "8,192: 400; not measured between",
            id="one was refused",
        ),
        pytest.param(15, f"8,182 bytes, 8,192 {FIELD_ENDS}", "8,183: 400", id="measured"),
    ],
)
def test_unmeasured_limits_are_reported_as_such(until: int, measured: str, beyond: str) -> None:
    rows = reported(findings_in(NGINX, until=until)).rows
    assert (rows[0].measured, rows[0].beyond) == (measured, beyond)
    assert {(row.measured, row.beyond) for row in rows[1:]} == {("not measured", "not measured")}


def test_a_partly_measured_count_is_a_lower_bound() -> None:
    rows = reported(findings_in(NGINX, until=20)).rows
    assert rows[1].measured == "at least 67, 64 of them small headers of this probe"
    assert rows[1].beyond == "not measured"


@pytest.mark.parametrize("until", [3, 15, 16])
def test_unconfirmed_limits_are_noted(until: int) -> None:
    findings = findings_in(NGINX, until=until)
    assert findings.field.is_steady is None
    assert reported(findings).notes[0] == "Not confirmed by a second try: Largest request header."


def test_a_search_that_ends_during_confirmation_keeps_its_findings() -> None:
    findings = findings_in(NGINX, until=39)
    assert (findings.field.is_steady, findings.back.is_steady) == (True, None)
    assert findings.back.cut is NoStatus.OVER
    report = reported(findings)
    assert report.budget_bytes == 2300
    assert report.notes[1:] == (
        "Not confirmed by a second try: Largest response header.",
        "The search ended after 60 seconds, before everything was measured.",
    )


def test_a_search_that_lost_its_connection_does_not_blame_the_time_limit() -> None:
    findings = findings_in(NGINX, until=18, ended=NoStatus.LOST)
    assert (findings.field.cut, findings.fields.cut, findings.back.cut) == (
        None,
        NoStatus.LOST,
        NoStatus.LOST,
    )
    assert reported(findings).notes[1:] == (
        "The search ended before everything was measured: two tries to connect failed.",
    )


def test_json_findings_mark_unfinished_and_unconfirmed_limits() -> None:
    findings = findings_in(NGINX, until=15)
    report = reported(findings)
    in_json = json.loads(
        header_limits_report.as_json(findings, report, url="http://x", requests=16)
    )
    field, fields = in_json["request_field_bytes"], in_json["request_fields"]
    assert (field["most"], field["least_refused"], field["exact"]) == (8182, 8183, True)
    assert (field["steady"], field["cut"], field["shared"]) == (None, True, None)
    assert (fields["most"], fields["least_refused"], fields["beyond"]) == (0, None, "not measured")
    assert (fields["steady"], fields["cut"]) == (None, True)
    assert in_json["notes"] == list(report.notes)
    whole = findings_in(NGINX)
    in_json = json.loads(
        header_limits_report.as_json(whole, reported(whole), url="http://x", requests=42)
    )
    assert in_json["request_field_bytes"]["cut"] is in_json["answer_field_bytes"]["cut"] is False
    assert in_json["request_field_bytes"]["steady"] is True


def test_a_limit_that_varies_is_noted() -> None:
    requested: list[Attempt] = []

    class Unsteady(Deployment):
        def answers(self, attempt: Attempt) -> Outcome:
            is_again = attempt in requested
            requested.append(attempt)
            return Outcome(200, attempt.size, 4) if is_again else NGINX.answers(attempt)

    findings = findings_in(Unsteady())
    assert not findings.field.is_steady
    assert "A second try had a different result: the limit varies here." in (
        header_limits_report.by_browser(findings, budget_bytes=4096).notes
    )


def test_a_different_status_on_the_second_try_is_not_steady() -> None:
    requested: list[Attempt] = []

    class Unsteady(Deployment):
        def answers(self, attempt: Attempt) -> Outcome:
            outcome = NGINX.answers(attempt)
            is_again = attempt in requested
            requested.append(attempt)
            return Outcome(503) if is_again and outcome.status == 400 else outcome

    findings = findings_in(Unsteady()).field
    assert (findings.most, findings.least, findings.is_steady) == (8182, 8183, False)


def test_a_failed_second_try_is_not_steady_even_if_the_search_ends() -> None:
    first_outcomes = outcomes_in(NGINX)[0][:15]
    findings = search.position([*first_outcomes, Outcome(503), *[Outcome(NoStatus.OVER)] * 4])
    assert isinstance(findings, Findings)
    assert (findings.field.is_steady, findings.field.cut) == (False, NoStatus.OVER)


def test_a_search_resumes_from_its_outcomes() -> None:
    outcomes, findings = outcomes_in(NGINX)
    assert search.position([]) == search.one_field(16)
    assert search.position(outcomes[:2]) == search.one_field(8192)
    assert search.position(outcomes) == findings


def test_the_worst_route_takes_82_attempts() -> None:
    worst = Deployment(value=2**20 - 1, count=2002, back=2**20 - 1)
    assert len(outcomes_in(worst)[0]) == search.MOST_ATTEMPTS == 82
    assert search.MOST_REQUESTS == 166


def test_the_worst_route_takes_32_more_attempts_in_two_writes() -> None:
    worst = Deployment(value=2**20 - 1, incomplete=2**20 - 2, count=2002, back=2**20 - 1)
    outcomes, _ = outcomes_in(worst, in_two=True)
    assert len(outcomes) == search.MOST_ATTEMPTS + search.MOST_IN_TWO == 114


def test_more_outcomes_than_attempts_are_refused() -> None:
    with pytest.raises(ValueError, match="more answers"):
        search.position([Outcome(404)] * MOST_ATTEMPTS)


@pytest.mark.parametrize("text", ["", "x", "closed ", "-1", "200-", "200-1-2-3", "99999", "٢"])
def test_an_invalid_outcome_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NoStatus"):
        Outcome.of(text)


@pytest.mark.parametrize(
    ("findings", "beside", "budget"),
    [
        pytest.param(findings_in(Deployment()), 590, 4096, id="no limit"),
        pytest.param(findings_in(GUNICORN), 590, 4096, id="gunicorn"),
        pytest.param(findings_in(NGINX), 590, 2300, id="nginx: 3,462 + 14 - 1,080"),
        pytest.param(findings_in(UWSGI), 590, 2500, id="uWSGI by fetch: 3,865 - 800 - 510"),
        pytest.param(findings_in(UWSGI), 140, 2100, id="uWSGI from a terminal: less 450 more"),
        pytest.param(findings_in(Deployment(value=4896)), 590, 4096, id="just enough in requests"),
        pytest.param(
            findings_in(Deployment(value=4895)), 590, 4000, id="a byte too little in requests"
        ),
        pytest.param(findings_in(Deployment(back=5162)), 590, 4096, id="just enough in responses"),
        pytest.param(
            findings_in(Deployment(back=5161)), 590, 4000, id="a byte too little in responses"
        ),
        pytest.param(findings_in(Deployment(value=800)), 590, 0, id="hardly anything"),
    ],
)
def test_the_recommended_budget(findings: Findings, beside: int, budget: int) -> None:
    assert header_limits_report.budget_of(findings, beside=beside) == budget


def test_the_conclusion_compares_the_budget_with_the_current_one() -> None:
    findings = findings_in(NGINX)
    text = header_limits_report.by_browser(findings, budget_bytes=4096).conclusion
    assert text.startswith("A full cart (4,096 bytes) does not pass here: set SHOP_CART_BUDGET_BY")
    assert "SHOP_CART_BUDGET_BYTES=2300," in text
    text = header_limits_report.by_browser(findings, budget_bytes=2300).conclusion
    assert (
        text
        == "The largest cart of this shop (2,300 bytes) passes here, in requests and in responses."
    )


def test_a_budget_of_zero_is_not_recommended() -> None:
    text = reported(findings_in(Deployment(value=800))).conclusion
    assert text == ("Not even a small cart passes here: raise the limits of the hops on the route.")


def test_only_closed_connections_are_attributed_to_the_browser() -> None:
    findings = findings_in(Deployment(back=261_506, too_large=NoStatus.CLOSED))
    assert (
        "your browser refuses it"
        in header_limits_report.by_browser(findings, budget_bytes=4096).rows[2].beyond
    )
    text = (
        header_limits_report.by_command(findings, budget_bytes=4096, request_bytes=140)
        .rows[2]
        .beyond
    )
    assert text == "261,507: the connection is closed before the response is complete"
    refused = replace(findings, back=findings_in(Deployment(back=261_506)).back)
    assert (
        header_limits_report.by_browser(refused, budget_bytes=4096).rows[2].beyond == "261,507: 502"
    )


def test_servers_with_that_default_limit_are_named() -> None:
    rows = header_limits_report.by_browser(findings_in(NGINX), budget_bytes=4096).rows
    assert rows[0].alike == "nginx, Heroku"
    assert rows[0].measured == "8,182 bytes, 8,192 with “Cookie: ” and line end"
