"""`/limits/way`: the largest headers of requests and responses on the route here and back.

The page gets the next attempt from `next`, tries it at `echo`, and adds its outcome. The server
keeps nothing: the outcomes so far travel in the address. They are not signed, since they lead to
nothing but the next attempt and the report. No response of this module sets a cookie.
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

blueprint = Blueprint("header_limits", __name__, url_prefix="/limits/way")

BETWEEN = "."
LONGEST_WRITTEN = 7
"""Digits of the largest size."""


@blueprint.get("")
def show() -> Response:
    """The report of a whole search; without one, a redirect to the laboratory. The page warns that
    the figures come from its address, unless the script that made the search shows it in place.
    """
    _, findings = _position()
    if isinstance(findings, Attempt):
        return redirect(url_for("lab.show", _anchor="way"), HTTPStatus.SEE_OTHER)
    report = header_limits_report.by_browser(findings, budget_bytes=shop().cart_budget_bytes)
    return responses.page(
        "lab/header_limits/show.html", read_visit(), report=report, is_in_place=is_quiet()
    )


@blueprint.get("/next")
def following() -> Response:
    """The next attempt, or the address of the report."""
    outcomes, findings = _position()
    if isinstance(findings, Findings):
        written = BETWEEN.join(map(str, outcomes))
        return jsonify(report=url_for("header_limits.show", outcomes=written))
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
    """What arrived of a request: the bytes of its probing header, which is `Cookie` unless a script
    sent it; the number of counted headers; the number of all headers.

    With `back`, the response has a header with a value of that many bytes.
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
