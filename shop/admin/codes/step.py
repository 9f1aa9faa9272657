"""The second step of a sign-in: a code, when the password was right and the keeper has codes.

Until the code is right there is no session, only the right to answer this question for a while.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, session, url_for
from flask_limiter.util import get_remote_address
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField

from shop.admin import frame, known_browsers
from shop.admin.codes.code_field import FIELD, HINT, refuse
from shop.admin.sign_in import WAITING, let_in
from shop.storage.keepers import codes, sign_ins
from shop.storage.keepers.accounts import Keeper
from shop.storage.keepers.codes import Answer
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

blueprint = Blueprint("code_step", __name__, url_prefix="/sign-in/code")

_OVER = "The code took too long, or your password has changed. Please sign in again."


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The code. Its CSRF token is checked like that of every POST."""

    class Meta:
        csrf = False

    code = StringField("Code", description=HINT, render_kw=FIELD)


@blueprint.get("")
def show() -> Response:
    if _keeper() is None:
        return _again()
    return _page(CodeForm(formdata=None))


@blueprint.post("")
def create() -> Response:
    form, keeper = CodeForm(), _keeper()
    if keeper is None:
        return _again()
    token, typed, waiting = shop().new_id(), form.code.data or "", _waiting()
    done = sign_ins.finish(
        shop().engine,
        keeper,
        typed,
        waiting_token=waiting["token"],
        token=token,
        keys=shop().strong_keys,
        is_known=is_known(),
        now=shop().now(),
    )
    if done is None:
        return _again()
    answer, refused = done
    if answer is not Answer.RIGHT:
        session[WAITING] = {**waiting, "refused": waiting.get("refused", 0) + 1}
        refuse(form.code, answer)
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    response = let_in(token, waiting["account"], waiting["to"])
    _tell_of(refused - waiting.get("refused", 0), typed, keeper)
    return response


def is_known() -> bool:
    """Whether the keeper whose code is to come has signed in with this browser before."""
    return known_browsers.mark_of(_waiting().get("account", "")) is not None


def counted_as() -> str:
    """What the codes for an account are counted under, as passwords are. A request that waits for
    nobody's is counted by its address."""
    account = _waiting().get("account")
    if account is None:
        return get_remote_address()
    return known_browsers.mark_of(account) or str(account)


def _tell_of(refused_elsewhere: int, typed: str, keeper: Keeper) -> None:
    if refused_elsewhere > 0:
        add_message(
            "Since you last signed in, somebody knew your password, but not the code. If that was "
            "not you, change it with “shop keeper password” on the shop’s machine.",
            "warning",
        )
    if len(codes.digits_of(typed)) == codes.RECOVERY_DIGITS:
        kept = codes.setup_of(shop().engine, keeper.number)
        add_message(f"This recovery code is used up. Left: {kept.recovery_left if kept else 0}.")


def _waiting() -> dict[str, Any]:
    return cast("dict[str, Any]", session.get(WAITING, {}))


def _keeper() -> Keeper | None:
    token = _waiting().get("token")
    return sign_ins.waiting(shop().engine, token, now=shop().now()) if token else None


def _again() -> Response:
    if session.pop(WAITING, None):
        add_message(_OVER, "warning")
    return frame.see_other(url_for("admin.home" if frame.keeper() else "admin.sign_in.show"))


def _page(form: CodeForm, **context: Any) -> Response:
    return frame.page("admin/codes/step.html", form=form, **context)
