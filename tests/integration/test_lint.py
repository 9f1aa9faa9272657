"""The linter itself: each of its rules is seen to fail."""

from __future__ import annotations

import pytest
from flask import Flask, Response, make_response

from tests.integration.client import (
    MARKUP,
    POLICY,
    REQUIRED_HEADERS,
    LintingClient,
    page_complaints,
)

GOOD = (
    "<!doctype html><html lang=en><head><title>x</title></head><body><h1>x</h1>"
    '<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">'
    '<label for="q">Quantity</label><input id="q" name="q"></form>'
    '<img src="/x.svg" alt=""><script src="/x.js"></script></body></html>'
)
HEADERS = {
    **REQUIRED_HEADERS,
    "Content-Security-Policy": "; ".join(map(" ".join, POLICY.items())),
    "Vary": "Cookie",
    "Cache-Control": "private, no-cache",
    "X-Request-Id": "0123456789abcdef",
}
COOKIE = "cart=x; Max-Age=60; HttpOnly; Path=/; SameSite=Lax; Priority=High"


TOKEN = '<input type="hidden" name="csrf_token" value="t">'


def test_a_good_page_passes() -> None:
    assert page_complaints(GOOD) == []


@pytest.mark.parametrize(
    ("token", "complaints"),
    [
        pytest.param(TOKEN, [], id="the same token"),
        pytest.param(TOKEN.replace('"t"', '"IjE.x-y_z"'), [], id="another token"),
        pytest.param(TOKEN.replace('"t"', '""'), ["no CSRF token in the form to /x"], id="empty"),
        pytest.param("", ["no CSRF token in the form to /x"], id="no token"),
    ],
)
def test_a_page_that_was_clean_once_is_checked_for_its_token(
    token: str, complaints: list[str]
) -> None:
    assert page_complaints(GOOD) == []
    assert page_complaints(GOOD.replace(TOKEN, token)) == complaints


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        pytest.param("<h1>x</h1>", "<p><div></p>", "parse error", id="does not parse"),
        pytest.param("<h1>x</h1>", "<h2>x</h2>", "0 h1", id="no h1"),
        pytest.param("<h1>x</h1>", "<h1>x</h1><h1>y</h1>", "2 h1", id="two h1"),
        pytest.param("<h1>", '<h1 id="q">', "id q stands there twice", id="an id twice"),
        pytest.param(" lang=en", "", "no lang", id="no lang"),
        pytest.param('for="q"', 'for="p"', "no label", id="a label for another"),
        pytest.param(">Quantity<", "> <", "no label", id="an empty label"),
        pytest.param('<input id="q"', "<input", "no label", id="no id for the label"),
        pytest.param("</form>", "<select></select></form>", "no label", id="a bare select"),
        pytest.param("</form>", "<textarea></textarea></form>", "no label", id="a bare textarea"),
        pytest.param("csrf_token", "token", "no CSRF token", id="no CSRF token"),
        pytest.param(' value="t"', "", "no CSRF token", id="an empty CSRF token"),
        pytest.param(' method="post"', "", "a CSRF token in an address", id="a token in a GET"),
        pytest.param(' alt=""', "", "no alt", id="no alt"),
        pytest.param("<h1>", "<h1 style='color:red'>", "attribute style", id="inline style"),
        pytest.param("<h1>", "<h1 onclick='x()'>", "attribute onclick", id="an event attribute"),
        pytest.param("</head>", "<style>a{}</style></head>", "inline style", id="a style"),
        pytest.param(' src="/x.js">', ">x()", "inline style or script", id="an inline script"),
        pytest.param("<h1>x", '<h1><a href="javascript:x">x</a>', "script in href", id="a js link"),
        pytest.param("<h1>x", f"<h1>{MARKUP}", "markup of a person", id="markup in a text"),
        pytest.param(' name="q"', f' name="{MARKUP}"', "markup of a person", id="in an attribute"),
        pytest.param(">x</title>", f">{MARKUP}</title>", "markup of a person", id="in the title"),
    ],
)
def test_a_bad_page_is_refused(old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert complaint in "; ".join(page_complaints(GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        *[pytest.param({name: ""}, name, id=f"no {name}") for name in REQUIRED_HEADERS],
        pytest.param({"Vary": "Accept"}, "no Vary: Cookie", id="no Vary: Cookie"),
        pytest.param({"Cache-Control": ""}, "a cache may keep it", id="no Cache-Control"),
        pytest.param({"Cache-Control": "max-age=9"}, "a cache may keep it", id="not private"),
        pytest.param({"Cache-Control": "public"}, "varies by cookie", id="public, by cookie"),
        pytest.param(
            {"Cache-Control": "public", "Vary": "Accept"}, "not public in its", id="public, its own"
        ),
        pytest.param(
            {"Cache-Control": "public", "Set-Cookie": "a=b"}, "sets a cookie", id="public, a cookie"
        ),
        pytest.param({"Cache-Control": "public"}, "id of its request", id="public, an id"),
        pytest.param({"X-Request-Id": ""}, "id of its request", id="no id"),
        pytest.param({"Cache-Control": "public"}, "without ETag", id="public, no ETag"),
    ],
)
def test_bad_headers_are_refused(changed: dict[str, str], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        client_for(HEADERS | changed).get("/x")


@pytest.mark.parametrize("name", POLICY)
@pytest.mark.parametrize("source", ["", "{} 'unsafe-inline'", "*"], ids=["none", "more", "any"])
def test_another_policy_is_refused(name: str, source: str) -> None:
    changed = {
        directive: source.format(given) if directive == name else given
        for directive, given in POLICY.items()
    }
    policy = "; ".join(" ".join(pair) for pair in changed.items() if pair[1])
    with pytest.raises(AssertionError, match=f"the policy has {name}"):
        client_for(HEADERS | {"Content-Security-Policy": policy}).get("/x")


@pytest.mark.parametrize(
    ("cookie", "complaint"),
    [
        pytest.param(COOKIE.replace(" HttpOnly;", ""), "attributes", id="no HttpOnly"),
        pytest.param(COOKIE.replace(" Max-Age=60;", ""), "attributes", id="no Max-Age"),
        pytest.param(f"{COOKIE}; Domain=localhost", "attributes", id="a Domain"),
        pytest.param(f"{COOKIE}; Expires=0", "attributes", id="an Expires"),
        pytest.param(f"{COOKIE}; Secure", "attributes", id="Secure without the prefix"),
        pytest.param(f"__Host-{COOKIE}", "attributes", id="the prefix without Secure"),
        pytest.param(COOKIE.replace("Lax", "None"), "SameSite", id="SameSite=None"),
        pytest.param(COOKIE.replace("High", "Low"), "Priority", id="Priority=Low"),
        pytest.param(COOKIE.replace("Path=/", "Path=/cart"), "Path", id="another path"),
        pytest.param(COOKIE.replace("=60", "=-1"), "Max-Age", id="a negative Max-Age"),
        pytest.param(COOKIE.replace("=x", '="x"'), "quoted", id="a quoted value"),
        pytest.param(COOKIE.replace("=x;", f"={'x' * 4093};"), "4097 bytes", id="4097 bytes"),
    ],
)
def test_a_bad_cart_cookie_is_refused(cookie: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        client_for(HEADERS, cookie).post("/x")


def test_a_get_may_write_the_cart_only_if_allowed() -> None:
    client = client_for(HEADERS, COOKIE.replace("=x;", f"={'x' * 4092};"))
    client.post("/x")
    with pytest.raises(AssertionError, match="a GET writes cart"):
        client.get("/x")
    with client.may_write_cart():
        client.get("/x")


def client_for(headers: dict[str, str], *cookies: str) -> LintingClient:
    app = Flask("answers")
    app.test_client_class = LintingClient

    @app.route("/x", methods=["GET", "POST"])
    def view() -> Response:
        response = make_response(GOOD)
        response.headers.update(headers)
        for cookie in cookies:
            response.headers.add("Set-Cookie", cookie)
        return response

    client = app.test_client()
    assert isinstance(client, LintingClient)
    return client
