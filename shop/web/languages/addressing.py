"""Which language a request is answered in, and the addresses of a page in each language.

`/de/products` is in German. `/products` is in the language that the browser prefers most among the
shop's (RFC 4647, section 3.4), the shop's own if it prefers none. The prefix moves from the path to
the path that the app is mounted at, so that every address of a page that is built has it, and the
routes know nothing of languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from babel import Locale
from flask import Flask, request
from flask.globals import request_ctx
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from shop.web.languages.language import Language, language_of
from shop.web.languages.texts import EXTENSION, FOR_TEMPLATES, current, speaking

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WITHOUT_LANGUAGE = frozenset(
    {
        "static", "photos", "favicon.ico", "robots.txt", "sitemap.xml", "healthz", "readyz",
        "payments",
    }
)  # fmt: skip
"""The first parts of addresses that are the same in all languages, and so have no prefix."""
ENGLISH = frozenset({"admin", "api", "limits", "test"})
"""The first parts of addresses whose pages are in English only, and have no prefix either."""
_IN_ONE_LANGUAGE = ENGLISH | WITHOUT_LANGUAGE
LONGEST_HEADER = 200
"""How much of an Accept-Language is read: browsers send far less."""
_REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
_UNQUOTED = re.compile(r"[A-Za-z0-9_.~!$&'()*+,:;=@/-]*", re.ASCII)
_prefix: ContextVar[str] = ContextVar("prefix in the address of this request", default="")


@dataclass(frozen=True, slots=True, eq=False)
class Languages:
    """The languages of a shop. The first of those that it offers is its own."""

    offered: tuple[Language, ...]

    @property
    def own(self) -> Language:
        return self.offered[0]

    @property
    def if_several(self) -> tuple[Language, ...]:
        """Those that a shopper can choose among: none where there is one."""
        return self.offered if len(self.offered) > 1 else ()

    @property
    def english(self) -> Language:
        """How pages are written that are in English only."""
        return next((it for it in self.offered if it.is_english), language_of(Locale("en")))

    def canonical_prefix(self, language: Language) -> str:
        """What the canonical addresses of pages in a language begin with: nothing in the shop's
        own, so that each page has one."""
        return "" if language is self.own else language.prefix

    def get(self, tag: str) -> Language:
        """The language of a tag, or the shop's own if it does not offer that one."""
        return next((it for it in self.offered if it.tag == tag), self.own)


def register(app: Flask, languages: Languages) -> None:
    """Answers each request of an app in one of these languages."""
    app.extensions[EXTENSION] = languages
    app.jinja_env.globals.update(FOR_TEMPLATES)
    app.after_request(partial(_said, languages))
    app.wsgi_app = _spoken(app.wsgi_app, languages)  # type: ignore[method-assign,assignment]


def root() -> str:
    """The path that the shop is mounted at, without a prefix and without a slash at the end."""
    return request.script_root.removesuffix(prefix())


def prefix() -> str:
    """The prefix in the address of this request, or nothing."""
    return _prefix.get()


def is_in_one_language() -> bool:
    """Whether this page is in the same language for everybody, and there is no other."""
    return _first(request.path) in _IN_ONE_LANGUAGE


def rest() -> str:
    """What follows the prefix in the address of this page, with its query; where there is no such
    page in other languages, that of the home page."""
    here = request_ctx.request
    if here.url_rule is None or not _UNQUOTED.fullmatch(here.path):  # as no address of ours is
        return "/"
    query = quote(here.query_string, safe="!$&'()*+,/:;=?@%")
    return f"{here.path}?{query}" if query else here.path


def vary_on(response: Response, header: str) -> None:
    """Says that a response depends on a header of the request. `response.vary` takes five times as
    long, for each page."""
    others = response.headers.get("Vary")
    if others is None:
        response.headers["Vary"] = header
    elif header.lower() not in others.lower().split(", "):
        response.headers["Vary"] = f"{others}, {header}"


def _spoken(wsgi_app: WSGIApplication, languages: Languages) -> WSGIApplication:
    by_prefix = {language.prefix[1:]: language for language in languages.if_several}
    english = languages.english

    def spoken(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        first = _first(path)
        prefix, language = "", by_prefix.get(first)
        if language is not None:
            rest = path[len(language.prefix) :]
            if _first(rest) not in WITHOUT_LANGUAGE and _first(rest) not in ENGLISH:
                prefix = language.prefix
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + language.prefix
                environ["PATH_INFO"] = rest
        elif first in ENGLISH:
            language = english
        else:
            language = _preferred(
                environ.get("HTTP_ACCEPT_LANGUAGE", "")[:LONGEST_HEADER], languages
            )
        token = _prefix.set(prefix)
        try:
            with speaking(language):
                return wsgi_app(environ, start_response)
        finally:
            _prefix.reset(token)

    return spoken


def _first(path: str) -> str:
    return path[1:].partition("/")[0]


@lru_cache(maxsize=4096)
def _preferred(header: str, languages: Languages) -> Language:
    for wanted, quality in parse_accept_header(header, LanguageAccept):
        if quality <= 0:
            continue
        part = wanted.lower().replace("_", "-")
        while part:
            for language in languages.offered:
                if f"{language.tag.lower()}-".startswith(f"{part}-"):
                    return language
            part = part.rpartition("-")[0]
    return languages.own


def _said(languages: Languages, response: Response) -> Response:
    if response.mimetype == "text/html" and response.status_code not in _REDIRECTS:
        response.headers["Content-Language"] = current().tag
        if languages.if_several and not prefix() and not is_in_one_language():
            vary_on(response, "Accept-Language")
    return response
