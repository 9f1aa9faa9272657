"""What a request asks of the test mode: its world, its time and its faults.

By header, or for tools that cannot set one: a world by the first label of the host name, as in
`blue.localhost`, and time and faults by what `/test` has set for the world.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import has_request_context, request
from werkzeug.datastructures import EnvironHeaders

from shop.test_mode.clock import offset_seconds
from shop.test_mode.faults import NONE, Faults, parsed
from shop.test_mode.worlds import DEFAULT, World, WorldRefused, Worlds

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WORLD = "Shop-World"
CLOCK = "Shop-Clock"
FAULT = "Shop-Fault"
KEY = "crumb.asked"
CONTROLS = "/test"
"""The pages below this address always work: no fault holds for them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The world of a request, how many seconds its clock is ahead, and what goes wrong. `refusal`
    says why the request cannot be served."""

    world: World
    offset_seconds: int = 0
    faults: Faults = NONE
    refusal: str = ""


def read(environ: WSGIEnvironment, worlds: Worlds) -> Asked:
    """What a request asks for."""
    if not _is_local(environ):
        return Asked(worlds.world(DEFAULT), refusal="The test mode serves this machine only.")
    try:
        return _read(environ, worlds)
    except (WorldRefused, ValueError) as refusal:
        return Asked(worlds.world(DEFAULT), refusal=str(refusal))


def _read(environ: WSGIEnvironment, worlds: Worlds) -> Asked:
    headers = EnvironHeaders(environ)
    world = worlds.world(headers.get(WORLD) or _label(environ.get("HTTP_HOST", "")) or DEFAULT)
    clock, fault = headers.get(CLOCK), headers.get(FAULT)
    offset = world.offset_seconds if clock is None else offset_seconds(clock)
    faults = world.faults if fault is None else parsed(fault)
    path = environ.get("PATH_INFO", "")
    if path == CONTROLS or path.startswith(f"{CONTROLS}/"):
        return Asked(world, offset)
    world.count_for(faults)
    return Asked(world, offset, faults)


def asked() -> Asked:
    """What this request asks for."""
    found: Asked = request.environ[KEY]
    return found


def clock(now: Callable[[], int]) -> Callable[[], int]:
    """The shop's clock: another one, and how far this request is ahead of it."""
    return lambda: now() + ahead_seconds()


def ahead_seconds() -> int:
    """How far this request's clock is ahead; 0 outside a request of the test mode."""
    is_asked = has_request_context() and KEY in request.environ
    return asked().offset_seconds if is_asked else 0


def _is_local(environ: WSGIEnvironment) -> bool:
    try:
        is_loopback = ipaddress.ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    forwarded = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA")
    return is_loopback and not any(name in environ for name in forwarded)


def _label(host: str) -> str:
    name = host.rpartition(":")[0] or host
    return name.removesuffix(".localhost") if name.endswith(".localhost") else ""
