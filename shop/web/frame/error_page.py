"""The one page for what went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from flask import make_response, render_template
from werkzeug.wrappers import Response


@dataclass(frozen=True, slots=True)
class Words:
    """What happened, what was kept, and what to do."""

    title: str
    happened: str
    advice: str


def error_page(code: int, words: Words) -> Response:
    """A page with these words and this status."""
    return make_response(render_template("error/show.html", code=code, words=words), code)
