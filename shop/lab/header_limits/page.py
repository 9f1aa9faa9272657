"""`/limits/way`: the header of a request and of an answer, measured on its way here and back.

The page asks `next` what to try, tries it at `echo`, and says what became of it. Nothing is kept
here: the outcomes so far travel in the address, unsigned, since all they lead to is the next
attempt and the report. No answer of this module sets a cookie.
"""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from flask import Blueprint, abort, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from shop.lab.header_limits import report as header_limits_report
from shop.lab.header_limits import search
from shop.lab.header_limits.search import Attempt, Findings, Outcome
from shop.web.cart.visit import read_visit
from shop.web.frame import responses
from shop.web.frame.layout import is_quiet
from shop.web.site.shop import shop

blueprint = Blueprint("way", __name__, url_prefix="/limits/way")

BETWEEN = "."
LONGEST_WRITTEN = 7
"""Digits of the largest size."""


@blueprint.get("")
def show() -> Response:
    """The report of a whole search; without one, back to the laboratory. Its figures are what the
    address says, and the page says so, unless the script that made the search shows it in place.
    """
    _, findings = _position()
    if isinstance(findings, Attempt):
        return redirect(url_for("limits.show", _anchor="way"), HTTPStatus.SEE_OTHER)
    report = header_limits_report.by_browser(findings, budget_bytes=shop().cart_budget_bytes)
    return responses.page(
        "lab/header_limits/show.html", read_visit(), report=report, is_in_place=is_quiet()
    )


@blueprint.get("/next")
def following() -> Response:
    """The attempt that is next, or the address of the report."""
    outcomes, findings = _position()
    if isinstance(findings, Findings):
        written = BETWEEN.join(map(str, outcomes))
        return jsonify(report=url_for("way.show", outcomes=written))
    return jsonify(
        attempt=asdict(findings),
        back=search.BACK,
        seconds=search.PATIENCE_SECONDS,
        most_seconds=search.MOST_SECONDS,
        done=2 * len(outcomes) + 1,
        title=header_limits_report.TITLES[findings.question],
    )


@blueprint.get("/echo")
def echo() -> Response:
    """What has arrived of a request: bytes of the value of its probing field, which is `Cookie`
    where no script has sent it; how many fields that are counted; how many fields in all.

    The answer has a field with a value of `back` bytes, and none without.
    """
    headers = request.headers
    counted = sum(name.startswith(search.COUNTED) for name, _ in headers)
    response = jsonify(
        octets=len(headers.get(search.FIELD) or headers.get("Cookie", "")),
        counted=counted,
        fields=len(headers),
        budget=shop().cart_budget_bytes,
    )
    if back := _back():
        response.headers[search.BACK] = "x" * back
    return response


def _position() -> tuple[list[Outcome], Attempt | Findings]:
    written = request.args.get("outcomes", "")
    parts = written.split(BETWEEN) if written else []
    if len(parts) > search.MOST_ATTEMPTS:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        outcomes = [Outcome.of(part) for part in parts]
        return outcomes, search.position(outcomes)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _back() -> int:
    written = request.args.get("back", "0")
    is_number = written.isascii() and written.isdigit() and len(written) <= LONGEST_WRITTEN
    if not is_number or int(written) > search.SIZES[-1]:
        abort(HTTPStatus.BAD_REQUEST)
    return int(written)
