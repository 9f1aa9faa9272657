"""A run: a series of questions to the visiting browser, below an address of its own.

Below `jar/` cookies are set and the browser's requests are read; `clean`, which those cookies are
not sent to, deletes them; the page in between shows the progress and continues by itself. These
are plain redirects. A script requests the same addresses, and receives the next one as JSON. The
state is signed and travels in the address. Only a form on the page starts a run, and only the
browser that started it can continue it: a link leads nobody else through it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Protocol

from flask import (
    Blueprint,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from itsdangerous import URLSafeTimedSerializer as Signer
from werkzeug.wrappers import Response

from shop.lab.engine import set_cookie
from shop.lab.engine.answers import answer, cookies
from shop.lab.engine.exchange import (
    Exchange,
    Findings,
    NotSent,
    Probe,
    Script,
    exchanges,
    position,
)
from shop.lab.engine.placeholders import sending
from shop.lab.engine.room import DOT, Room, padded, picture, picture_names
from shop.lab.engine.state import Progress, State, loaded, packed
from shop.web.cart.visit import read_visit
from shop.web.cart.writer import put_back
from shop.web.site.shop import shop

LIFE_SECONDS = 600
HOPS = 8
"""How many exchanges come before a page is shown. Each is a redirect, and two more may come before
the page; browsers follow no more than 20 in a row (Chromium, net/url_request/url_request.h,
kMaxRedirects; Firefox, network.http.redirection-limit)."""
BY_SCRIPT = "Crumb-Probe"
"""Header of a request that wants the next address as JSON rather than as a redirect."""
MEASURING = "How large the headers are that pass between the shop and this browser"
STOPPED = "stopped"
"""The finding of a question that could not be finished: the status of the failed request."""


class Question(Protocol):
    """A question of a run."""

    @property
    def title(self) -> str: ...

    @property
    def ask(self) -> Probe: ...


class Run:
    """The questions of a run, and its addresses below /limits/<name>.

    `report` renders the page for a progress. A state that was signed for another `edition` of the
    questions is not read: it would not fit them.
    """

    def __init__(
        self,
        name: str,
        questions: Sequence[Question],
        report: Callable[[Progress], Response],
        *,
        edition: int,
    ) -> None:
        self.name, self.questions, self.report = name, questions, report
        self.purpose = f"{name} {edition}"
        self.blueprint = Blueprint(name, __name__, url_prefix=f"/limits/{name}")
        add = self.blueprint.add_url_rule
        add("", "create", self.create, methods=["POST"])
        add("", "show", self.show)
        add("/jar/", "exchange", self.exchange)
        add("/jar/<path:at>", "exchange", self.exchange, merge_slashes=False)
        add("/page", "page", self.page)
        add("/jar/witness", "witness", self.witness)
        add("/room/<name>", "picture", self.picture)
        add("/clean", "clean", self.clean)
        # Below the cart's address, and so not below the prefix of the others.
        self.below_cart = Blueprint(f"{name}_aside", __name__, url_prefix="/cart/limits")
        self.below_cart.add_url_rule(f"/{name}", "exchange", self.exchange)

    def create(self) -> Response:
        return redirect(self._show(State()), HTTPStatus.SEE_OTHER)

    def show(self) -> Response:
        """The progress of the run, or its report."""
        state = self._read(request.args.get("s", ""))
        if state is None:
            return redirect(url_for("lab.show"), HTTPStatus.SEE_OTHER)
        return self.report(self._progress(state))

    def exchange(self, at: str = "") -> Response:
        """Reads the answer to the last exchange, and sends the next one that the route allows."""
        state, question = self._state()
        room = state.room
        if room is None:
            return self._measured(state)
        rested_at, after_witness = len(state.answers) // HOPS, False
        if state.is_sent:
            waiting = self._waiting(state, question)
            state = replace(state, answers=(*state.answers, answer(waiting)), is_sent=False)
            # After the page of opaque origin, the script of the run's own page continues.
            after_witness = waiting.witness is not None
        state, response = self._following(state, room, question)
        is_rest = after_witness or len(state.answers) // HOPS > rested_at
        if is_rest and BY_SCRIPT not in request.headers:
            response = redirect(self._show(state), HTTPStatus.SEE_OTHER)
        return self._passing(response, state)

    def _following(self, state: State, room: Room, question: Question) -> tuple[State, Response]:
        # The next exchange that the route lets through, and the state before it.
        while (now := position(question.ask, self._path(), state.answers).exchange) is not None:
            sent = replace(state, is_sent=True)
            response = _with_cookies(self._on(self._after(now, sent), sent, now), now)
            try:
                room.check(response, now)
            except NotSent as problem:
                state = replace(state, answers=(*state.answers, problem.answer))
            else:
                return state, response
        return state, self._on(self._clean(state), state)

    def _passing(self, response: Response, state: State) -> Response:
        # An address that is too long for a header moves to the content of a page.
        if state.room is None or state.room.has_for(response) or not response.location:
            return response
        page = make_response(
            render_template("lab/engine/onward.html", next_address=response.location)
        )
        for line in response.headers.getlist("Set-Cookie"):
            page.headers.add("Set-Cookie", line)
        return page

    def _measured(self, state: State) -> Response:
        arrived = dict(cookies())
        state = replace(state, room=Room.of(arrived))
        response = self._on(self._jar(state), state)
        for name in picture_names():
            if name in arrived:
                response.headers.add("Set-Cookie", f"{name}=; Path={self._path()}; Max-Age=0")
        return response

    def picture(self, name: str) -> Response:
        """A picture that arrives only if the route lets so large a header through."""
        self._state()
        return picture(name, self._path())

    def page(self) -> Response:
        """A page of opaque origin, whose requests count as coming from another site."""
        state, _ = self._state()
        token = self._of_pictures().dumps(packed(state))
        response = make_response(
            render_template(
                "lab/engine/witness.html",
                picture=url_for(f"{self.name}.witness", s=token),
                next_address=self._jar(state),
            )
        )
        # Scripts are allowed so that the page may continue by itself (HTML, "sandboxed automatic
        # features"); the shop's own policy, which applies too, still runs only its own.
        response.headers.add("Content-Security-Policy", "sandbox allow-scripts")
        return response

    def witness(self) -> Response:
        """The picture on that page."""
        state = loaded(self._of_pictures(), request.args.get("s", ""), LIFE_SECONDS)
        if state is None:
            abort(HTTPStatus.BAD_REQUEST)
        response = Response(DOT, mimetype="image/svg+xml")
        waiting = self._waiting(state, self.questions[len(state.findings)])
        if waiting.witness:
            for line in waiting.witness(cookies()):
                response.headers.add("Set-Cookie", line)
        return response

    def clean(self) -> Response:
        """Deletes the question's cookies, from an address that they are not sent to."""
        state, question = self._state()
        left = self._deletions(state, question)[state.deleted :]
        deletions = (state.room or Room.of(())).first_of(left)
        status = request.args.get(STOPPED, "")
        if len(deletions) < len(left):
            state = replace(state, deleted=state.deleted + len(deletions))
            is_led = status or BY_SCRIPT in request.headers
            response = self._on(self._clean(state, status) if is_led else self._show(state), state)
        else:
            result = position(question.ask, self._path(), state.answers)
            findings: Findings = {STOPPED: _status(status)} if result.exchange else result.findings
            state = State((*state.findings, findings), room=state.room)
            response = self._on(self._next_address(state), state)
        for deletion in deletions:
            response.headers.add("Set-Cookie", deletion)
        return self._passing(response, state)

    def _deletions(self, state: State, question: Question) -> list[str]:
        scope, page = self._path(), url_for(f"{self.name}.show")
        given = exchanges(question.ask, scope, state.answers)
        headers: list[str] = []
        for at, made in zip(["", *(before.at for before in given)], given, strict=False):
            default = set_cookie.default_path(f"{scope}/{at}")
            for line in made.sets:
                headers += _deletion_headers(line, default)
            for line in made.writes:
                headers += _deletion_headers(line, set_cookie.default_path(page))
        return list(dict.fromkeys(headers))

    def _progress(self, state: State) -> Progress:
        total = len(self.questions)
        if len(state.findings) == total:
            return Progress(total, state.findings)
        next_address = self._jar(state, self._here(state))
        names = () if state.room else picture_names()
        pictures = tuple(self._picture(name, state) for name in names)
        status = self._status_of(state)
        return Progress(total, state.findings, status, next_address, self._clean(state), pictures)

    def _status_of(self, state: State) -> str:
        if state.room is None:
            return MEASURING
        done = len(state.findings)
        return f"{done + 1} of {len(self.questions)}: {self.questions[done].title}"

    def _picture(self, name: str, state: State) -> str:
        return padded(name, url_for(f"{self.name}.picture", name=name, s=self._token(state)))

    def _here(self, state: State) -> str:
        # A cookie without a path gets that of the address, so the run continues where it stopped.
        question = self.questions[len(state.findings)]
        given = exchanges(question.ask, self._path(), state.answers)
        is_next = position(question.ask, self._path(), state.answers).exchange is not None
        read = given[:-1] if is_next else given
        return read[-1].at if read else ""

    def _on(self, address: str, state: State, now: Exchange | None = None) -> Response:
        # `now` is the exchange of this state, if the caller knows it already.
        if BY_SCRIPT not in request.headers:
            return redirect(address, HTTPStatus.SEE_OTHER)
        if len(state.findings) == len(self.questions):
            return jsonify(next=address, is_over=True)
        question = self.questions[len(state.findings)]
        now = now or position(question.ask, self._path(), state.answers).exchange
        script = now.script if now and state.is_sent else None
        return jsonify(
            next=address,
            fallback=self._clean(state),
            status=self._status_of(state),
            done=len(state.findings),
            is_page=bool(now and now.witness and state.is_sent),
            may_evict=bool(now and now.may_evict),
            script=script and _for_script(script),
        )

    def _next_address(self, state: State) -> str:
        # A script shows the progress itself, and needs the page only at the end.
        is_over = len(state.findings) == len(self.questions)
        is_shown = is_over or BY_SCRIPT not in request.headers
        return self._show(state) if is_shown else self._jar(state)

    def _after(self, now: Exchange, state: State) -> str:
        if now.witness:
            return url_for(f"{self.name}.page", s=self._token(state))
        if now.is_below_cart:
            return url_for(f"{self.name}_aside.exchange", s=self._token(state))
        return self._jar(state, now.at)

    def _state(self) -> tuple[State, Question]:
        state = self._read(request.args.get("s", ""))
        if state is None or len(state.findings) == len(self.questions):
            abort(HTTPStatus.GONE)  # a 400 comes from a proxy that finds a header too long
        return state, self.questions[len(state.findings)]

    def _waiting(self, state: State, question: Question) -> Exchange:
        waiting = position(question.ask, self._path(), state.answers).exchange
        if waiting is None:
            abort(HTTPStatus.BAD_REQUEST)
        return waiting

    def _token(self, state: State) -> str:
        is_over = len(state.findings) == len(self.questions)
        signer = self._of_reports() if is_over else self._of_this_browser()
        return str(signer.dumps(packed(state)))

    def _read(self, token: str) -> State | None:
        # Anybody may open a report for ever; a run can be continued for a while only.
        return loaded(self._of_reports(), token, None) or loaded(
            self._of_this_browser(), token, LIFE_SECONDS
        )

    def _of_reports(self) -> Signer:
        return shop().signer(f"{self.purpose}, report")

    def _of_pictures(self) -> Signer:
        # This request counts as coming from another site, and so brings no session.
        return shop().signer(f"{self.purpose}, picture")

    def _of_this_browser(self) -> Signer:
        return shop().signer(f"{self.purpose} of {session.get('csrf_token', '')}")

    def _path(self) -> str:
        return url_for(f"{self.name}.exchange").rstrip("/")

    def _jar(self, state: State, at: str = "") -> str:
        return f"{url_for(f'{self.name}.exchange')}{at}?s={self._token(state)}"

    def _show(self, state: State) -> str:
        return url_for(f"{self.name}.show", s=self._token(state))

    def _clean(self, state: State, stopped: str = "") -> str:
        return url_for(f"{self.name}.clean", s=self._token(state), stopped=stopped or None)


def _with_cookies(response: Response, now: Exchange) -> Response:
    for line in now.lines:
        response.headers.add("Set-Cookie", sending().filled(line))
    if now.may_evict:
        put_back(response, read_visit())
        session.modified = bool(session)
    return response


def _for_script(script: Script) -> Mapping[str, Any]:
    writes = [sending().filled(text) for text in script.writes]
    return {"writes": writes, "sees": script.sees, "about": script.about}


def _deletion_headers(line: str, default: str) -> tuple[str, ...]:
    now = sending()
    return set_cookie.deletions(now.filled(line), default=default, host=now.host)


def _status(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 3 else 0
