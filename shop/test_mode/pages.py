"""`/test`: what is set for a world, as a page for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, current_app, jsonify, request
from werkzeug.wrappers import Response

from shop.test_mode import clock, faults
from shop.test_mode.asked import CLOCK, FAULT, WORLD, asked
from shop.test_mode.worlds import MOST_WORLDS, World, Worlds
from shop.web.cart.visit import read_visit
from shop.web.frame import responses
from shop.web.site.shop import shop

EXTENSION = "worlds"
blueprint = Blueprint("test_mode", __name__, url_prefix="/test")


@blueprint.get("")
def show() -> Response:
    """The control page, or its figures as JSON."""
    return _answer(asked().world)


@blueprint.post("/reset")
def reset() -> Response:
    """Makes the world a copy of the shop's database again, and forgets its clock and faults; other
    worlds stay as they are."""
    world = asked().world
    _worlds().reset(world)
    return _answer(world)


@blueprint.post("/clock")
def set_clock() -> Response:
    """Sets the world's clock by `offset`, for requests without a header of their own."""
    world = asked().world
    try:
        world.offset_seconds = clock.offset_seconds(_field("offset"))
    except ValueError as refusal:
        return _refused(refusal)
    return _answer(world)


@blueprint.post("/faults")
def set_faults() -> Response:
    """Sets the world's `faults`, for requests without a header of their own, and counts anew."""
    world = asked().world
    try:
        world.faults = faults.parsed(_field("faults"))
    except ValueError as refusal:
        return _refused(refusal)
    world.count_for(faults.NONE)
    return _answer(world)


@blueprint.delete("/world")
def destroy() -> Response:
    """Ends the world; the next request that names it finds a new one."""
    _worlds().end(asked().world)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/worlds")
def index() -> Response:
    """The names of the open worlds."""
    return jsonify(worlds=_worlds().names, most=MOST_WORLDS)


def _worlds() -> Worlds:
    worlds: Worlds = current_app.extensions[EXTENSION]
    return worlds


def _field(name: str) -> str:
    """The only field of a request, empty when it is left out. Raises ValueError for others, which
    are misspelt, and for a body that is no JSON object."""
    given = request.get_json(silent=True) if request.is_json else request.form
    if not isinstance(given, Mapping):
        raise ValueError(f"The body is not a JSON object. Send {name!r} in one.")
    for other in given.keys() - {name, "csrf_token"}:
        raise ValueError(f"There is no field {other!r} here. Send {name!r}.")
    return str(given.get(name, ""))


def _answer(world: World) -> Response:
    if not _wants_page():
        return jsonify(
            world=world.name,
            now=shop().now(),
            offset_seconds=asked().offset_seconds,
            world_offset_seconds=world.offset_seconds,
            faults=str(world.faults),
        )
    visit = read_visit()
    if request.method == "POST":
        return responses.see_other(f"{request.script_root}/test", visit)
    return responses.page(
        "test_mode/show.html",
        visit,
        world=world,
        now=shop().now(),
        meanings=faults.MEANINGS,
        headers={"world": WORLD, "clock": CLOCK, "fault": FAULT},
        most_worlds=MOST_WORLDS,
    )


def _refused(refusal: ValueError) -> Response:
    return Response(f"{refusal}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")


def _wants_page() -> bool:
    # A browser names HTML; programs name JSON, or take anything.
    return "text/html" in request.headers.get("Accept", "")
