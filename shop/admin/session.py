"""The admin's session: a cookie of its own, which the shop's pages never receive (ADR 16)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SessionMixin

from shop.web.site.security import SessionOnWire

PATH = "/admin"


def cookie_path() -> str:
    """The path of the admin's cookies, also where the shop is mounted below one."""
    return quote(request.script_root) + PATH


class AdminSession(SessionOnWire):
    """Flask's session, signed for the admin only. It ends with the browser, or before."""

    salt = "crumb admin session"

    def get_cookie_name(self, app: Flask) -> str:
        return "__Secure-admin" if request.is_secure else "admin"

    def get_cookie_path(self, app: Flask) -> str:
        return cookie_path()


class EachItsOwn(SessionOnWire):
    """The admin's session below its path, and everywhere else the shop's."""

    def __init__(self) -> None:
        self._admin = AdminSession()

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if _is_admins(request):
            return self._admin.open_session(app, request)
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if _is_admins(request):
            self._admin.save_session(app, session, response)
        else:
            super().save_session(app, session, response)


def _is_admins(request: Request) -> bool:
    return request.path == PATH or request.path.startswith(f"{PATH}/")
