"""A keeper's own sign-in: whether they are asked for codes, which they turn on and off here."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from shop.admin import frame, known_browsers
from shop.admin.codes import offer
from shop.admin.codes.code_field import FIELD, HINT, refuse
from shop.admin.codes.offer import Offer
from shop.admin.sign_in import SIGNED_IN
from shop.core.errors import KeeperRefused
from shop.storage.keepers import accounts, codes
from shop.storage.keepers.accounts import Keeper
from shop.storage.keepers.codes import Answer
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

blueprint = Blueprint("own", __name__, url_prefix="/your-sign-in")

ASKING_FOR_A_PASSWORD = ("own.turn_on", "own.turn_off")
"""The views through which whoever sits at a keeper's computer could guess the password."""

_WRONG_PASSWORD = "This is not your password. Please check it."  # noqa: S105


class OwnForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A code and the password. The CSRF token is checked like that of every POST."""

    class Meta:
        csrf = False

    offer = HiddenField()
    code = StringField("Code", description=HINT, render_kw=FIELD)
    password = PasswordField(
        "Your password", render_kw={"autocomplete": "current-password", "required": True}
    )


@blueprint.get("")
def show() -> Response:
    return _page(OwnForm(formdata=None))


@blueprint.get("/codes")
def setup() -> Response:
    if codes.setup_of(shop().engine, _keeper().number):
        return frame.see_other(url_for("admin.own.show"))
    return _setup(OwnForm(formdata=None), offer.new(_keeper()))


@blueprint.post("/codes")
def turn_on() -> Response:
    form, keeper = OwnForm(), _keeper()
    offered = offer.returned(keeper, form.offer.data or "")
    if offered is None:
        add_message("That page was open for too long. Please begin again here.", "warning")
        return frame.see_other(url_for("admin.own.setup"))
    if not _is_password(form):
        return _setup(form, offered, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        is_on = codes.turn_on(
            shop().engine,
            keeper.number,
            secret=offered.secret,
            typed=form.code.data or "",
            recovery_codes=offered.recovery_codes,
            keys=shop().strong_keys,
            spared_token=session[SIGNED_IN],
            now=shop().now(),
        )
    except KeeperRefused as refused:
        add_message(str(refused), "warning")
        return frame.see_other(url_for("admin.own.show"))
    if not is_on:
        refuse(form.code, Answer.WRONG)
        return _setup(form, offered, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    add_message("From now on, you are asked for a code after your password.")
    return frame.see_other(url_for("admin.own.show"))


@blueprint.post("/codes/off")
def turn_off() -> Response:
    form, keeper = OwnForm(), _keeper()
    if not _is_password(form):
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = codes.turn_off_with(
        shop().engine,
        keeper.number,
        form.code.data or "",
        keys=shop().strong_keys,
        is_known=known_browsers.mark_of(keeper.email) is not None,
        now=shop().now(),
    )
    if answer is not Answer.RIGHT and codes.setup_of(shop().engine, keeper.number):
        refuse(form.code, answer)
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    add_message("You are asked for no code any more. Remove the shop from your app.")
    return frame.see_other(url_for("admin.own.show"))


def counted_as() -> str:
    """What these attempts are counted under: they are the signed-in keeper's."""
    keeper = frame.keeper()
    return keeper.email if keeper else ""


def _keeper() -> Keeper:
    return cast("Keeper", frame.keeper())  # the guard stands before every view


def _is_password(form: OwnForm) -> bool:
    if accounts.by_password(shop().engine, _keeper().email, form.password.data or "") is None:
        form.password.errors = [_WRONG_PASSWORD]
        return False
    return True


def _page(form: OwnForm, **context: Any) -> Response:
    kept = codes.setup_of(shop().engine, _keeper().number)
    return frame.page("admin/codes/own.html", form=form, setup=kept, **context)


def _setup(form: OwnForm, offered: Offer, **context: Any) -> Response:
    form.code.description = "The six digits that the app shows for the shop now."
    return frame.page("admin/codes/setup.html", form=form, offer=offered, **context)
