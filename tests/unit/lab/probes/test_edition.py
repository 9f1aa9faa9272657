"""When the questions change, EDITION must be raised, so that old report links are not misread."""

from __future__ import annotations

from typing import Any

from shop.lab.engine.exchange import Answer, Exchange, position
from shop.lab.probes.known_answers import QUESTIONS, Question
from shop.lab.probes.page import EDITION
from tests.model_browser import ModelBrowser
from tests.unit.lab.fingerprint import ADVICE, fingerprint
from tests.unit.lab.probes.test_questions import JAR, _answered

FINGERPRINT = "73ef110e10daa6c9"


def transcript(question: Question, *, has_script: bool) -> list[Any]:
    """Everything that a probe sends to a conforming browser, and its findings."""
    browser, answers, sent = ModelBrowser(), list[Answer](), list[Any]()
    while (exchange := position(question.ask, JAR, answers).exchange) is not None:
        for text in exchange.lines:
            browser.take(text, f"{JAR}/")
        answers.append(_answered(exchange, browser, {} if has_script else None))
        sent.append((_meaning(exchange), answers[-1]))
    return [question.key, sent, position(question.ask, JAR, answers).findings]


def _meaning(exchange: Exchange) -> list[Any]:
    script = exchange.script
    script_parts = [script.writes, script.sees, script.about] if script else []
    flags = [exchange.may_evict, exchange.is_below_cart, bool(exchange.witness)]
    return [exchange.sets, exchange.at, flags, script_parts]


def test_changed_questions_need_a_new_edition() -> None:
    transcripts = [
        transcript(question, has_script=has_script)
        for question in QUESTIONS
        for has_script in (True, False)
    ]
    now = fingerprint([EDITION, transcripts])
    where = "shop/lab/probes/page.py"
    assert now == FINGERPRINT, ADVICE.format(what="questions", module=where, now=now)
