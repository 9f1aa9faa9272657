"""The state of a run, as it travels signed in an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature
from itsdangerous import URLSafeTimedSerializer as Signer

from shop.lab.engine.exchange import Answer, Findings
from shop.lab.engine.room import Room


@dataclass(frozen=True, slots=True)
class State:
    """The state of a run: findings of the finished questions, answers to the current one, whether
    an exchange waits for its answer, how many of its cookies have been deleted, and what the route
    lets through: None until it is measured."""

    findings: tuple[Findings, ...] = ()
    answers: tuple[Answer, ...] = ()
    is_sent: bool = False
    deleted: int = 0
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows: the findings so far and, until the run is over, the next address, with
    a fallback for when that does not respond. The `pictures` measure the route to the browser."""

    questions: int
    findings: tuple[Findings, ...]
    status: str = ""
    next_address: str = ""
    fallback_address: str = ""
    pictures: tuple[str, ...] = ()


def packed(state: State) -> list[object]:
    """A state as JSON, for signing."""
    room = [state.room.response, state.room.request] if state.room else None
    return [list(state.findings), list(state.answers), state.is_sent, state.deleted, room]


def loaded(signer: Signer, token: str, max_age_seconds: int | None) -> State | None:
    """The state in a signed token; None if the signature is wrong or too old."""
    try:
        packed: Any = signer.loads(token, max_age=max_age_seconds)
    except BadSignature:
        return None
    findings, answers, is_sent, deleted, room = packed
    return State(tuple(findings), tuple(answers), is_sent, deleted, room and Room(*room))
