"""`/limits/lecture`: five steps to a cart that is lost in one shop and kept in the other.

The carts are two cookies of their own, which are sent to this page only and live for minutes. What
the shops say they have written travels signed in the address, beside what the browser really sends.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from itsdangerous import BadData
from werkzeug.wrappers import Response

from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.core.errors import CartTooLarge
from shop.lab.lecture import two_shops
from shop.lab.lecture.two_shops import Change, Held, TwoShops, Written
from shop.lab.sources import NAME_AND_VALUE, nginx
from shop.web.cart import cart_cookie
from shop.web.cart.visit import read_visit
from shop.web.frame import responses, seo
from shop.web.site import wording
from shop.web.site.shop import shop

blueprint = Blueprint("lecture", __name__, url_prefix="/limits")

PURPOSE = "lecture"
LIFE_SECONDS = 1800
"""How long the two carts live: a lecture is interrupted by questions."""
DESCRIPTION = (
    "Five minutes, five steps: the same cart in a cookie that is counted, and in one that is not."
)
RESPONSE_HEADER = nginx("ngx_http_proxy_module.c, proxy_buffer_size")
STEPS = {
    1: "One product",
    2: "Ten products",
    3: "As many as fit",
    4: "One more",
    5: "The same limit, with a guard",
}


@dataclass(frozen=True, slots=True)
class Panel:
    """One shop at a step: what it wrote, and what the browser has sent since."""

    is_guarded: bool
    written: Written
    received: Held

    @property
    def is_kept(self) -> bool:
        """Whether the browser sent back what was written."""
        return self.written.held.digest == self.received.digest

    @property
    def is_lost(self) -> bool:
        """Whether the browser dropped what was written, since it is too long."""
        return not self.is_kept and self.written.held.octets > BROWSER_LIMIT_BYTES

    @property
    def refusal(self) -> str | None:
        """What the shop said about a line that did not fit."""
        if not self.written.refused_octets:
            return None
        refused = CartTooLarge(self.written.refused_octets, BROWSER_LIMIT_BYTES)
        return wording.too_large(refused, "One more product")


@blueprint.get("/lecture")
def show() -> Response:
    """The step that the address gives; the beginning without one, or with one that is too old."""
    step, unguarded, guarded = _unpacked(request.args.get("s", ""))
    panels = [Panel(is_guarded=True, written=guarded, received=two_shops.guarded())]
    if step < max(STEPS):
        panels.insert(0, Panel(False, unguarded, two_shops.unguarded()))
    return responses.page(
        "lab/lecture/show.html",
        read_visit(),
        head=seo.page("Five minutes on 4,096 bytes", url_for("lecture.show"), DESCRIPTION),
        step=step,
        steps=STEPS,
        panels=panels if step else [],
        limit_bytes=BROWSER_LIMIT_BYTES,
        life_minutes=LIFE_SECONDS // 60,
        sources=(NAME_AND_VALUE, RESPONSE_HEADER),
    )


@blueprint.post("/lecture")
def create() -> Response:
    """Does what a step does in both shops, and shows it."""
    asked = request.form.get("step", "1")
    step = int(asked) if asked in map(str, STEPS) else 1
    changes = _changes(step, TwoShops())
    token = shop().signer(PURPOSE).dumps([step, *(astuple(change.written) for change in changes)])
    response = redirect(url_for("lecture.show", s=token), HTTPStatus.SEE_OTHER)
    for change in changes:
        _send(response, change.name, change.value)
    return response


@blueprint.post("/lecture-end")
def destroy() -> Response:
    """Deletes both carts. They are not sent here, so this works however long they are."""
    response = redirect(url_for("lecture.show"), HTTPStatus.SEE_OTHER)
    for name in (two_shops.UNGUARDED, two_shops.GUARDED):
        _send(response, name, "")
    return response


def _changes(step: int, shops: TwoShops) -> tuple[Change, Change]:
    if step == 1:
        return shops.with_lines(1)
    if step == 2:
        return shops.with_lines(10)
    if step == 3:
        return shops.with_most()
    return shops.with_one_more() if step == 4 else shops.full()


def _unpacked(token: str) -> tuple[int, Written, Written]:
    try:
        packed: Any = shop().signer(PURPOSE).loads(token, max_age=LIFE_SECONDS)
    except BadData:
        return 0, Written(), Written()
    step, *both = packed
    unguarded, guarded = (Written(Held(*held), *rest) for held, *rest in both)
    return step, unguarded, guarded


def _send(response: Response, name: str, value: str) -> None:
    header = cart_cookie.header(
        name, value, max_age_seconds=LIFE_SECONDS if value else 0, path=url_for("lecture.show")
    )
    response.headers.add("Set-Cookie", header)
