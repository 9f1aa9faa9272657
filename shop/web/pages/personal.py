"""What only one browser sees of a public page, for its script: the count of its cart, messages and
an expired cart on offer (ADR 31)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, make_response, render_template, request, session
from werkzeug.wrappers import Response

from shop.web.cart.visit import read_visit
from shop.web.cart.writer import write
from shop.web.frame.layout import Notice, frame_to_show, messages_waiting, taken
from shop.web.frame.public_pages import SCRIPT
from shop.web.site.request_cookies import values_of
from shop.web.site.security import csrf_token

blueprint = Blueprint("personal", __name__, url_prefix="/cart")


@blueprint.get("/personal")
def show() -> Response:
    """The parts of a page for this visit. Messages stay until a form says that they were shown: a
    browser that leaves the page meanwhile would lose them. A visit with nothing but a count gets
    no session."""
    frame = frame_to_show(read_visit())
    has_form = bool(frame.notices or frame.offer)
    return make_response(
        render_template(
            "personal/show.html",
            frame=frame,
            token=csrf_token() if has_form or "csrf_token" in session else "",
            shown=_digest(messages_waiting()),
        )
    )


@blueprint.post("/personal")
def take() -> Response:
    """Takes the messages that were shown, and deletes what the visit has no more use for. Messages
    that have come since stay."""
    visit = read_visit()
    waiting, shown = messages_waiting(), request.form.get("shown", "")
    starts = (waiting[:count] for count in range(len(waiting) + 1))
    taken(visit, next((start for start in starts if _digest(start) == shown), []))
    return write(Response(status=HTTPStatus.NO_CONTENT), visit)


@blueprint.get("/no-script.css")
def unmark() -> Response:
    """An empty style sheet that only browsers without scripts fetch: where scripts were turned off,
    it takes their mark away, so that the next page is made for this browser."""
    response = Response(mimetype="text/css")
    if values_of(SCRIPT):
        response.delete_cookie(SCRIPT)
    return response


def _digest(notices: Sequence[Notice]) -> str:
    texts = "\0".join(notice.text for notice in notices)
    return hashlib.sha256(texts.encode()).hexdigest()[:16]
