"""Lends one page from test to test, since a new browser context takes as long as the pages that it
opens: its process starts cold, without compiled scripts, fonts or files.

A test finds no cookie, no storage and no request of an earlier one. What cannot be taken back for
certain, such as a script for every page, ends the loan: the next test gets a new context. The HTTP
cache stays, as that of a shopper who has been here before: the shop's files never change under
their address, and its pages are asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Error, Page, Request

from e2e.support.playwright_config import context_options
from e2e.support.scripts import script

NEUTRAL = "/healthz"
"""A page of the shop without scripts: what ran before ends there, and its process stays."""

Undo = Callable[[Any, Sequence[Any]], object]
"""Takes back what a method did, given its object and its arguments."""
UNDONE: Mapping[str, Undo] = {
    "grant_permissions": lambda context, _: context.clear_permissions(),
    "on": lambda owner, heard: owner.remove_listener(*heard),
    "route": lambda owner, _: owner.unroute_all(behavior="ignoreErrors"),
    "set_extra_http_headers": lambda owner, _: owner.set_extra_http_headers({}),
    "set_offline": lambda context, _: context.set_offline(False),
    "set_viewport_size": lambda page, _: page.set_viewport_size(context_options()["viewport"]),
}
FINAL = (
    "add_init_script",
    "add_locator_handler",
    "close",
    "emulate_media",
    "expose_binding",
    "expose_function",
    "install",
    "new_cdp_session",
    "once",
    "pause_at",
    "route_from_har",
    "route_web_socket",
    "set_default_navigation_timeout",
    "set_default_timeout",
    "set_fixed_time",
    "set_geolocation",
    "set_system_time",
)
"""Methods of a page, its context and its clock, after which it is lent no more."""


@dataclass(slots=True)
class Loan:
    """A page, and what the test that has it did so far."""

    page: Page
    origins: set[str] = field(default_factory=set)
    unanswered: set[Request] = field(default_factory=set)
    undo: list[Callable[[], object]] = field(default_factory=list)
    is_final: bool = False

    @classmethod
    def of(cls, page: Page) -> Loan:
        """A loan of a new page, the only one of its context."""
        loan = cls(page)
        context = page.context
        context.on("request", lambda request: loan._requested(request))
        for over in ("requestfinished", "requestfailed"):
            context.on(over, lambda request: loan.unanswered.discard(request))
        for owner in (page, context, context.clock):
            loan._watch(owner)
        return loan

    def ends_clean(self) -> bool:
        """Leaves the test's pages, and says whether nothing stays that a next test could find."""
        if self.is_final or self.page.is_closed() or self.unanswered or len(self.origins) != 1:
            return False
        try:
            return self._is_left(self.origins.pop() + NEUTRAL) and not self.unanswered
        except Error:
            return False

    def _is_left(self, address: str) -> bool:
        for other in self.page.context.pages:
            if other != self.page:
                other.close()
        for undo in reversed([*self.undo]):  # some call methods that are noted again
            undo()
        self.undo.clear()
        answer = self.page.goto(address)
        self.page.mouse.move(0, 0)
        self.origins.clear()
        return bool(answer and answer.ok and self.page.evaluate(script("nothing-is-kept")))

    def _requested(self, request: Request) -> None:
        if request.is_navigation_request():
            parts = urlsplit(request.url)
            self.origins.add(f"{parts.scheme}://{parts.netloc}")
        # A page that is left takes its questions with it, but not what it sends to be kept.
        if request.method != "GET":
            self.unanswered.add(request)

    def _watch(self, owner: object) -> None:
        for name in (*UNDONE, *FINAL):
            if method := getattr(owner, name, None):
                setattr(owner, name, self._noting(method, owner, UNDONE.get(name)))

    def _noting(self, method: Callable[..., Any], owner: object, undo: Undo | None) -> Any:
        @wraps(method)
        def noted(*args: Any, **kwargs: Any) -> Any:
            if undo:
                self.undo.append(lambda: undo(owner, args))
            else:
                self.is_final = True
            return method(*args, **kwargs)

        return noted


class Lender:
    """Has one page at most, which `new_context` opens; `close` when no test follows."""

    def __init__(self, new_context: Callable[[], BrowserContext]) -> None:
        self._new_context = new_context
        self._loan: Loan | None = None

    def lend(self) -> Page:
        """The page for the next test, without cookies."""
        if self._loan is None:
            self._loan = Loan.of(self._new_context().new_page())
        self._loan.page.context.clear_cookies()
        return self._loan.page

    def take_back(self) -> None:
        """Ends a test's loan: the page is kept, unless it cannot be as it was."""
        if self._loan is not None and not self._loan.ends_clean():
            self.close()

    def close(self) -> None:
        """Closes the page and its context, if there are any."""
        loan, self._loan = self._loan, None
        if loan is not None:
            loan.page.context.close()
