"""`/limits/probe`: the visiting browser asked, exchange by exchange, with nothing kept here.

A chain of redirects: below `jar/` a cookie is given and what came is read; `clean`, where the
jar's cookies are not sent, deletes them; the page between shows how far it is, and goes on by
itself. A script takes the same way and is answered in JSON. The state is signed and travels in
the address; only a form of the page begins it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, session, url_for
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from shop.limits.probe_facts import QUESTIONS, Question
from shop.limits.trial import Answer, Cookies, Findings, position
from shop.web import cart_cookie
from shop.web.shop import shop

blueprint = Blueprint("probe", __name__, url_prefix="/limits/probe")

PURPOSE = "probe"
LIFE_SECONDS = 600
HOPS = 8
"""Redirects in a row: a browser follows 20, Safari 16."""
DELETIONS = 40
"""Deletions a response, which together stay below what a proxy lets through."""
BY_SCRIPT = "Crumb-Probe"
"""Header of a request that wants to be told the next address rather than sent there."""


@dataclass(frozen=True, slots=True)
class State:
    """How far it is: findings of the probes that are over, answers of the one that runs,
    whether an exchange waits to be read, and how many of its cookies are deleted."""

    findings: tuple[Findings, ...] = ()
    answers: tuple[Answer, ...] = ()
    is_sent: bool = False
    deleted: int = 0

    @property
    def question(self) -> Question | None:
        """What is asked now; None at the end."""
        at = len(self.findings)
        return QUESTIONS[at] if at < len(QUESTIONS) else None

    def token(self) -> str:
        packed = [list(self.findings), list(self.answers), self.is_sent, self.deleted]
        return str(shop().signer(PURPOSE).dumps(packed))

    @classmethod
    def of(cls, token: str) -> State | None:
        """The state that a token holds; None when it is none of ours, or too old."""
        try:
            packed: Any = shop().signer(PURPOSE).loads(token, max_age=LIFE_SECONDS)
        except BadSignature:
            return None
        findings, answers, is_sent, deleted = packed
        return cls(tuple(findings), tuple(answers), is_sent, deleted)


@blueprint.post("")
def create() -> Response:
    return redirect(_page(State()), 303)


@blueprint.get("")
def show() -> str | Response:
    """How far it is, or the report."""
    state = State.of(request.args.get("s", ""))
    if state is None:
        return redirect(url_for("limits.show"), 303)
    rows = [
        (question, question.tell(found))
        for question, found in zip(QUESTIONS, state.findings, strict=False)
    ]
    onward = None if state.question is None else _jar(state)
    return render_template(
        "limits/probe.html", rows=rows, state=state, onward=onward, questions=QUESTIONS
    )


@blueprint.get("/jar/")
@blueprint.get("/jar/<path:at>")
def exchange(at: str = "") -> Response:
    """Reads what came, and gives what is next."""
    state = _state()
    asked = _question(state)
    if state.is_sent:
        waiting = position(asked.ask, _path(), state.answers).exchange
        if waiting is None:
            abort(400)
        answers = (*state.answers, waiting.read(_cookies()))
        state = replace(state, answers=answers, is_sent=False)
        if len(answers) % HOPS == 0:
            return _on(_page(state), state)
    now = position(asked.ask, _path(), state.answers)
    if now.exchange is None:
        return _on(url_for("probe.clean", s=state.token()), state)
    state = replace(state, is_sent=True)
    response = _on(_jar(state, now.exchange.at), state)
    for line in now.exchange.lines:
        response.headers.add("Set-Cookie", line)
    if now.exchange.endangers:
        cart_cookie.put_back(response)
        session.modified = bool(session)
    return response


@blueprint.get("/clean")
def clean() -> Response:
    """Deletes what the probe has set, from where its cookies are not sent."""
    state = _state()
    asked = _question(state)
    given = _given(asked, state.answers)
    deletions = given[state.deleted : state.deleted + DELETIONS]
    if state.deleted + DELETIONS < len(given):
        state = replace(state, deleted=state.deleted + DELETIONS)
        response = _on(url_for("probe.clean", s=state.token()), state)
    else:
        found = position(asked.ask, _path(), state.answers).findings
        state = State((*state.findings, found))
        response = _on(_page(state), state)
    for deletion in deletions:
        response.headers.add("Set-Cookie", deletion)
    return response


def _state() -> State:
    state = State.of(request.args.get("s", ""))
    if state is None:
        abort(400)
    return state


def _question(state: State) -> Question:
    if state.question is None:
        abort(400)
    return state.question


def _given(asked: Question, answers: tuple[Answer, ...]) -> list[str]:
    """Deletions of every cookie that the exchanges of a probe have set, each once."""
    deletions: dict[str, None] = {}
    for taken in range(len(answers)):
        now = position(asked.ask, _path(), answers[:taken]).exchange
        for line in now.lines if now else ():
            deletions[_deletion(line)] = None
    return list(deletions)


def _deletion(line: str) -> str:
    pair, *attributes = line.split("; ")
    kept = [part for part in attributes if part.partition("=")[0] in ("Path", "Secure")]
    return "; ".join([f"{pair.partition('=')[0]}=", *kept, "Max-Age=0"])


def _cookies() -> Cookies:
    pairs = request.environ.get("HTTP_COOKIE", "").split("; ")
    return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs if pair)]


def _path() -> str:
    return url_for("probe.exchange").rstrip("/")


def _jar(state: State, at: str = "") -> str:
    return f"{url_for('probe.exchange')}{at}?s={state.token()}"


def _page(state: State) -> str:
    return url_for("probe.show", s=state.token())


def _on(address: str, state: State) -> Response:
    if BY_SCRIPT not in request.headers:
        return redirect(address, 303)
    return jsonify(
        next=address, done=len(state.findings), of=len(QUESTIONS), step=len(state.answers)
    )
