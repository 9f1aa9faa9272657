"""The one page that says what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from werkzeug.wrappers import Response

from shop.web.cart.visit import CartVisit
from shop.web.frame.responses import page
from shop.web.languages.texts import gettext
from shop.web.site.logs import request_id


@dataclass(frozen=True, slots=True)
class ErrorText:
    """What happened, what was kept, and what to do, in English."""

    title: str
    happened: str
    advice: str

    def said(self) -> ErrorText:
        """The same in the current language."""
        return ErrorText(gettext(self.title), gettext(self.happened), gettext(self.advice))


def error_page(status: int, text: ErrorText, visit: CartVisit) -> Response:
    """A page with this text and status; where the fault is ours, with the id that the log has."""
    return page(
        "error/show.html",
        visit,
        status=status,
        code=status,
        error_text=text.said(),
        logged_as=request_id() if status == HTTPStatus.INTERNAL_SERVER_ERROR else "",
    )
