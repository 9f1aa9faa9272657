"""`/limits/museum/<name>`: a cart in some state, and what the shop does with it.

Opening an exhibit shows it in a demo shop (see `demo_shop`) and leaves the visitor's cart alone. A
valid exhibit can be put into the browser by the cart's own writer; the next page then offers the
previous cart in a form, since a full cart leaves the undo cookie no room. A refused cart cannot be
put there: the writer writes only what it signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import (
    Blueprint,
    abort,
    current_app,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.core.errors import CartTooLarge, CookieRefused
from shop.lab.carts import previous_cart
from shop.lab.museum.demo_shop import DemoShop, Showing
from shop.lab.museum.exhibits import EXHIBITS, CannotBeShownError, Exhibit, Expectation
from shop.lab.sources import NAME_AND_VALUE
from shop.web.cart import cart_cookie, writer
from shop.web.cart.visit import read_visit
from shop.web.frame import responses
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

blueprint = Blueprint("museum", __name__, url_prefix="/limits/museum")

EXTENSION = "museum"


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """An exhibit as its page shows it: what should happen, and whether it did."""

    exhibit: Exhibit
    show: Showing | None
    reason: str
    results: tuple[tuple[Expectation, bool], ...]
    can_be_put_in_browser: bool

    @property
    def limit_source(self) -> str:
        """The setting or standard that limits a cart's bytes here."""
        is_lowered = shop().cart_budget_bytes < BROWSER_LIMIT_BYTES
        return "SHOP_CART_BUDGET_BYTES" if is_lowered else str(NAME_AND_VALUE)


@blueprint.get("/<name>")
def show(name: str) -> Response:
    exhibit = _exhibit(name)
    at = EXHIBITS.index(exhibit)
    visit = read_visit()
    return responses.page(
        "lab/museum/show.html",
        visit,
        view=exhibit_view(exhibit),
        number=at + 1,
        count=len(EXHIBITS),
        before=EXHIBITS[at - 1] if at else None,
        after=EXHIBITS[at + 1] if at + 1 < len(EXHIBITS) else None,
        back=previous_cart.form_of(visit, request.args.get("back", "")),
        mine=visit.cart,
    )


@blueprint.post("/<name>")
def create(name: str) -> Response:
    """Puts the cart that the exhibit's form carries into the browser."""
    exhibit = _exhibit(name)
    here = url_for("museum.show", name=name)
    visit = read_visit()
    if visit.offer is not None:
        add_message(previous_cart.WAITING, "warning")
        return responses.see_other(here, visit)
    try:
        cart = _kept_by_the_shop(request.form.get("cart", ""))
        change = writer.replaced(visit, cart)
    except (CookieRefused, CartTooLarge):
        add_message(
            "That cart can no longer be used. Here is a new one. Nothing was changed.", "warning"
        )
        return responses.see_other(here, visit)
    add_message(f"In your browser now, byte for byte: {exhibit.title}")
    back = previous_cart.token_of(visit)
    return responses.see_other(url_for("museum.show", name=name, back=back), visit, change)


def exhibit_view(exhibit: Exhibit) -> ExhibitView:
    """Shows an exhibit in the demo shop, and checks the outcome against the expectations."""
    demo_shop: DemoShop = current_app.extensions[EXTENSION]
    conditions = demo_shop.conditions()
    try:
        values = exhibit.made(conditions)
    except CannotBeShownError as refusal:
        return ExhibitView(exhibit, None, str(refusal), (), False)
    seen = demo_shop.play(conditions, values, exhibit.action)
    results = tuple((expected, expected.is_met(seen)) for expected in exhibit.expected)
    return ExhibitView(
        exhibit, seen, "", results, not exhibit.needs_demo_shop and _is_kept(values[0])
    )


def _exhibit(name: str) -> Exhibit:
    exhibit = next((known for known in EXHIBITS if known.name == name), None)
    return exhibit or abort(HTTPStatus.NOT_FOUND)


def _kept_by_the_shop(value: str) -> Cart:
    return cart_cookie.decode(value, grace_seconds=shop().cart_grace_seconds)


def _is_kept(value: str) -> bool:
    # The writer writes the current version: another would not be in the browser byte for byte.
    try:
        return cookie.encode_for_link(_kept_by_the_shop(value), shop().keys) == value
    except CookieRefused:
        return False
