"""Photos of a product: one is uploaded, described, moved or removed.

An upload is larger than anything else that the shop reads. So its body is read only once a keeper
is known to be signed in, which is why its token is checked here and not before every view.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Flask, current_app, request, url_for
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.admin.products import pages
from shop.core.catalogue import LONGEST_PHOTO_TEXT
from shop.core.errors import PhotoRefused
from shop.core.text import tidy
from shop.storage.engine import is_in_memory
from shop.storage.photos.files import FOLDER
from shop.storage.photos.limits import MOST_BYTES
from shop.web.site.messages import add_message
from shop.web.site.security import BODY_LIMIT_BYTES
from shop.web.site.shop import CHOOSE, shop

# What reads pictures is imported where it is used: a served shop needs none of it.

UPLOAD = "admin.photos.create"
STEPS = {"earlier": -1, "later": 1}

blueprint = Blueprint("photos", __name__, url_prefix=f"/products/{pages.NUMBER}/photos")


def exempt(app: Flask) -> None:
    """Leaves the token of an upload to `read_upload`."""
    protect: CSRFProtect = app.extensions["csrf"]
    protect.exempt(app.view_functions[UPLOAD])


@blueprint.before_request
def read_upload() -> None:
    """Allows an upload the size of a photo, and checks its token. The guard comes before."""
    if request.endpoint == UPLOAD:
        request.max_content_length = MOST_BYTES + BODY_LIMIT_BYTES
        # Its parser counts the piece of a file that it is at, of 64 kB, to the fields.
        request.max_form_memory_size = 4 * BODY_LIMIT_BYTES
        protect: CSRFProtect = current_app.extensions["csrf"]
        protect.protect()


@blueprint.post("")
def create(number: int) -> Response:
    from shop.storage.photos import keeping

    sent = request.files.get("photo")
    text = _text()
    if sent is None or not sent.filename:
        return _refused(number, "Choose a photo first.")
    if len(text) > LONGEST_PHOTO_TEXT:
        return _unsaid(number, f"{_TOO_LONG} {_AS_THEY_WERE} Choose the photo again.")
    if is_in_memory(shop().engine):
        return _refused(number, _DEMO)
    try:
        keeping.add(shop().engine, _folder(), number, sent.read(), text)
    except PhotoRefused as refused:
        return _refused(number, f"{refused.what} {_AS_THEY_WERE} {refused.advice}")
    except OSError as problem:
        said = f"The shop’s machine could not keep it: {problem.strerror}. {_AS_THEY_WERE}"
        return _refused(number, said, status=HTTPStatus.SERVICE_UNAVAILABLE)
    _prune()
    add_message("The photo is added.")
    return _back(number)


@blueprint.post("/<name>/move")
def move(number: int, name: str) -> Response:
    from shop.storage.photos import keeping

    by = STEPS.get(request.form.get("to", ""), 0)
    return _changed(number, "The photo is moved.", keeping.move(shop().engine, number, name, by))


@blueprint.post("/<name>/text")
def describe(number: int, name: str) -> Response:
    from shop.storage.photos import keeping

    text = _text()
    if len(text) > LONGEST_PHOTO_TEXT:
        return _unsaid(number, f"{_TOO_LONG} Nothing was saved.", name)
    was_there = keeping.describe(shop().engine, number, name, text)
    return _changed(number, "What the photo shows is saved.", was_there)


@blueprint.post("/<name>/remove")
def destroy(number: int, name: str) -> Response:
    from shop.storage.photos import keeping

    return _changed(number, "The photo is removed.", keeping.remove(shop().engine, number, name))


_AS_THEY_WERE = "The product’s photos are as they were."
_DEMO = "This demo shop writes no files, so it takes no photos. A shop made with shop init does."
_TOO_LONG = f"Please say in at most {LONGEST_PHOTO_TEXT} characters what the photo shows."
_GONE = "The photo was no longer there."


def _changed(number: int, done: str, was_there: bool) -> Response:
    add_message(*((done,) if was_there else (_GONE, "warning")))
    return _back(number)


def _refused(number: int, problem: str, status: int = HTTPStatus.UNPROCESSABLE_ENTITY) -> Response:
    return pages.shown(number, status=status, photo_problem=problem, typed=_text())


def _unsaid(number: int, problem: str, name: str = "") -> Response:
    # Of the photo of this name or, without one, of the upload.
    return pages.shown(
        number,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        text_problem=problem,
        undescribed=name,
        typed=_text(),
    )


def _text() -> str:
    return tidy(request.form.get("text", ""))


def _back(number: int) -> Response:
    return frame.see_other(url_for("admin.products.show", number=number, _anchor="photos"))


def _folder() -> Path:
    return Path(current_app.instance_path, FOLDER)


def _prune() -> None:
    from shop.storage.photos import keeping

    if CHOOSE in current_app.extensions:
        return  # the worlds of a test mode share one folder, and each knows its own photos only
    with suppress(OSError):  # the photo is kept, and a later upload tries again
        keeping.prune(shop().engine, _folder(), shop().now())
