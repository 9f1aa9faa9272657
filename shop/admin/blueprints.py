"""Every page of the admin, behind one guard, so that no new page can forget it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, abort, url_for
from flask_limiter import Limiter
from werkzeug.wrappers import Response

from shop.admin import frame, mail, orders, papers, sign_in
from shop.admin.codes import own, step
from shop.admin.products import pages as products
from shop.admin.products import photos
from shop.admin.session import PATH, EachItsOwn
from shop.mail.composing import Sender
from shop.pdf.process import Typesetter

ATTEMPTS = "10 per 15 minutes"
"""Attempts at a password, and at a code, from one IP address, for one account from browsers that
are not known to be its keeper's, and from each browser that is (ADR 16)."""

blueprint = Blueprint("admin", __name__, url_prefix=PATH)
blueprint.before_request(sign_in.guard)
blueprint.after_request(frame.keep_private)
frame.register_errors(blueprint)
for module in (sign_in, step, own, orders, papers, products, photos, mail):
    blueprint.register_blueprint(module.blueprint)


@blueprint.get("")
def home() -> Response:
    return frame.see_other(url_for("admin.orders.index"))


@blueprint.route("/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def missing(_: str) -> Response:
    abort(HTTPStatus.NOT_FOUND)  # here, so that it takes a keeper to learn what there is


def register(
    app: Flask,
    limiter: Limiter,
    *,
    sender: Sender,
    is_mail_in_files: bool,
    typesetter: Typesetter | None,
) -> None:
    """Adds the admin to the shop, whose mail comes from this sender, and reaches nobody if it is in
    files. Without a typesetter, papers can be printed, but not downloaded as PDF."""
    mail.register(app, sender, is_in_files=is_mail_in_files)
    papers.register(app, typesetter)
    app.session_interface = EachItsOwn()
    app.register_blueprint(blueprint)
    photos.exempt(app)
    for form in (sign_in, step):
        view = f"{form.blueprint.name}.create"
        _limit(app, view, limiter.limit(ATTEMPTS, exempt_when=form.is_known))
        _limit(app, view, limiter.limit(ATTEMPTS, key_func=form.counted_as))
    for view in own.ASKING_FOR_A_PASSWORD:
        _limit(app, view, limiter.limit(ATTEMPTS, key_func=own.counted_as))


def _limit(app: Flask, view: str, limit: Callable[..., Any]) -> None:
    views: dict[str, Callable[..., Any]] = app.view_functions
    views[f"admin.{view}"] = limit(views[f"admin.{view}"])
