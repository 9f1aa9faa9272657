"""Signing in and out, and the guard before every other page of the admin."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, g, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, StringField

from shop.admin import frame, known_browsers
from shop.admin.session import PATH
from shop.core.text import tidy
from shop.storage.keepers import accounts, sessions, sign_ins
from shop.web.site.addresses import with_query
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

SIGNED_IN = "keeper"
"""Session key of the token of a keeper's own session."""
WAITING = "waiting"
"""Session key of a sign-in that waits for its code."""
FREE = (
    "admin.sign_in.show",
    "admin.sign_in.create",
    "admin.code_step.show",
    "admin.code_step.create",
)
"""The endpoints that need nobody who is signed in."""
LONGEST_NEXT = 1000
"""Characters of the address that a sign-in leads to; after a longer one, it leads to the orders."""

blueprint = Blueprint("sign_in", __name__)

_WRONG = (
    "There is no keeper with this email address and password. Please check both. "
    "A forgotten password is replaced with “shop keeper password” on the shop’s machine."
)


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Who somebody says that they are. Its CSRF token is checked like that of every POST."""

    class Meta:
        csrf = False

    email = StringField(
        "Email",
        filters=[lambda typed: tidy(typed or "")],
        render_kw={"autocomplete": "username", "type": "email", "required": True},
    )
    password = PasswordField(
        "Password", render_kw={"autocomplete": "current-password", "required": True}
    )
    next = HiddenField()


def guard() -> Response | None:
    """Lets nobody but a keeper further: a GET leads to the sign-in, anything else is refused."""
    token = session.get(SIGNED_IN, "")
    g.keeper = sessions.keeper_of(shop().engine, token, now=shop().now()) if token else None
    if g.keeper is not None or request.endpoint in FREE:
        return None
    if session.pop(SIGNED_IN, None):
        add_message("You have been signed out. Please sign in again.", "warning")
    if request.method not in ("GET", "HEAD"):
        abort(HTTPStatus.FORBIDDEN)
    here = with_query(request.script_root + request.path)
    return frame.see_other(url_for("admin.sign_in.show", next=here))


@blueprint.get("/sign-in")
def show() -> Response:
    if frame.keeper() is not None:
        return frame.see_other(url_for("admin.home"))
    return _page(SignInForm(formdata=None, data={"next": request.args.get("next", "")}))


@blueprint.post("/sign-in")
def create() -> Response:
    form = SignInForm()
    token = shop().new_id()
    email, password = form.email.data or "", form.password.data or ""
    begun = sign_ins.begin(shop().engine, email, password, token=token, now=shop().now())
    if begun is None:
        return _page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY, alert=_WRONG)
    to = _own(form.next.data or "")
    if begun.needs_code:
        session.clear()
        session[WAITING] = {"token": token, "account": accounts.key(email), "to": to}
        return frame.see_other(url_for("admin.code_step.show"))
    return let_in(token, accounts.key(email), to)


@blueprint.post("/sign-out")
def destroy() -> Response:
    sessions.end(shop().engine, session[SIGNED_IN])
    session.clear()
    add_message("You are signed out.")
    return frame.see_other(url_for("admin.sign_in.show"))


def let_in(token: str, account: str, to: str) -> Response:
    """The answer to whoever has a session now: it leads on, and makes the browser known."""
    session.clear()  # with the CSRF token that whoever was here before may know
    session[SIGNED_IN] = token
    response = frame.see_other(to)
    known_browsers.remember(response, account)
    return response


def is_known() -> bool:
    """Whether the keeper whom a sign-in is for has signed in with this browser before."""
    return known_browsers.mark_of(_account()) is not None


def counted_as() -> str:
    """What the attempts for an account are counted under: a browser that is known to be its
    keeper's has a count of its own, which nobody else can use up."""
    account = _account()
    return known_browsers.mark_of(account) or account


def _account() -> str:
    return accounts.key(request.form.get("email", ""))


def _page(form: SignInForm, **context: Any) -> Response:
    is_empty = not accounts.everybody(shop().engine)
    return frame.page("admin/sign_in.html", form=form, is_empty=is_empty, **context)


def _own(address: str) -> str:
    # An address of another site would make the sign-in a trap. One with a line break is no header,
    # and a very long one no cookie, in which it waits for a code.
    here = f"{request.script_root}{PATH}"
    is_one = len(address) <= LONGEST_NEXT and address.isprintable()
    is_own = is_one and address.startswith((f"{here}/", f"{here}?"))
    return address if is_own else url_for("admin.home")
