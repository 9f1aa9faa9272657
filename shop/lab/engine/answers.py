"""Reads from a request what the browser answers to an exchange, and which browser it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request

from shop.lab.engine.exchange import Answer, Arrival, Cookies, Exchange

LONGEST_REPORT = 2000
"""The longest report of a script that is read, in characters: many times what any needs."""
LONGEST_AGENT = 300


def answer(waiting: Exchange) -> Answer:
    """What this request answers to an exchange."""
    if waiting.script is None:
        return waiting.arrival(_arrival()) if waiting.arrival else waiting.read(cookies())
    reported = _reported()
    return None if reported is None else waiting.script.read_report(reported)


def _reported() -> Mapping[str, Any] | None:
    text = request.args.get("report", "")
    try:
        reported = json.loads(text) if len(text) <= LONGEST_REPORT else None
    except (ValueError, RecursionError):
        return None
    return reported if isinstance(reported, dict) else None


def _arrival() -> Arrival:
    return Arrival(request.host_url.rstrip("/"), request.environ.get("HTTP_COOKIE", ""))


def cookies() -> Cookies:
    """The cookies of this request, in Latin-1."""
    pairs = request.environ.get("HTTP_COOKIE", "").split("; ")
    return [(name, value) for name, _, value in (pair.partition("=") for pair in pairs if pair)]


def browser_and_origin() -> dict[str, str]:
    """The start of a report for machines: the browser's User-Agent, and the origin."""
    browser = (request.user_agent.string or "unknown")[:LONGEST_AGENT]
    return {"browser": browser, "origin": request.host_url.rstrip("/")}
