"""The pretend bank's page: a shopper pays or does not, and a tester chooses what the shop hears."""

from __future__ import annotations

from enum import Enum
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from shop.core.money import Money
from shop.core.payment import Notice, State
from shop.core.text import marked
from shop.providers.pretend_bank import deliveries
from shop.providers.pretend_bank.method import PATH, PretendBank, Request, RequestRefused
from shop.web.languages.texts import gettext
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("pretend_bank", __name__, url_prefix=f"/{PATH}")


class Word(Enum):
    """When and how often the shop hears what became of a payment."""

    AT_ONCE = "at-once"
    LATE = "late"
    TWICE = "twice"
    CONTRADICTED = "contradicted"
    NEVER = "never"


MEANINGS = {
    Word.AT_ONCE: marked("At once, before you are back"),
    Word.LATE: marked("%(seconds)s seconds after you are back"),
    Word.TWICE: marked("Twice, as when the first answer was lost"),
    Word.CONTRADICTED: marked("At once, and the opposite right after it"),
    Word.NEVER: marked("Never"),
}


@blueprint.get("/<signed>")
def show(signed: str) -> str:
    asked = _asked(signed)
    return render_template(
        "pretend_bank/show.html",
        to=addresses(),
        asked=asked,
        amount=Money(asked.minor, asked.currency),
        meanings={
            word: gettext(meaning, seconds=wording.number(deliveries.LATE_SECONDS))
            for word, meaning in MEANINGS.items()
        },
    )


@blueprint.post("/<signed>")
def decide(signed: str) -> Response:
    asked = _asked(signed)
    decision = request.form.get("decision", "")
    if decision in (State.PAID.value, State.FAILED.value):
        word = request.form.get("word", "")
        known = {each.value for each in Word}
        _tell(asked, State(decision), Word(word) if word in known else Word.AT_ONCE)
    return redirect(asked.back, HTTPStatus.SEE_OTHER)


def _tell(asked: Request, state: State, word: Word) -> None:
    delay = deliveries.LATE_SECONDS if word is Word.LATE else 0
    for notice in _notices(asked, state, word):
        deliveries.deliver(asked.notices, *_bank().signed(notice, shop().now() + delay), delay)


def _notices(asked: Request, state: State, word: Word) -> list[Notice]:
    def notice(state: State) -> Notice:
        return Notice(shop().new_id(), asked.attempt, state, Money(asked.minor, asked.currency))

    first = notice(state)
    opposite = State.FAILED if state is State.PAID else State.PAID
    after = {
        Word.NEVER: [],
        Word.TWICE: [first, first],
        Word.CONTRADICTED: [first, notice(opposite)],
    }
    return after.get(word, [first])


def _asked(signed: str) -> Request:
    try:
        return _bank().request(signed)
    except RequestRefused:
        abort(HTTPStatus.NOT_FOUND)


def _bank() -> PretendBank:
    bank = shop().payments.get(PretendBank.code)
    assert isinstance(bank, PretendBank), "its pages are served with it only"
    return bank
