"""What protects the shop and its shoppers, and how it responds when something is wrong."""

from __future__ import annotations

import hmac
import io
import json
import logging
import re
import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from shop.config import Settings, SettingsError
from shop.factory import create_app
from shop.web.site.security import LONGEST_TOKEN_AGE_SECONDS
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import notices
from tests.integration.checkouts import place
from tests.integration.client import (
    TOKEN_PAGE,
    LintingClient,
    cart_headers,
    elements,
    pairs,
    parsed,
    text_of,
)

CHANGES = (
    "/cart/lines", "/cart/lines/1", "/cart/lines/1/remove", "/cart/clear", "/cart/dismiss",
    "/cart/restore", "/cart/undo", "/cart/replace", "/cart/merge", "/cart/about/delete",
    "/cart/coupon", "/cart/coupon/remove", "/cart/personal",
    "/checkout", "/orders/x/pay", "/orders/find", "/orders/find/forget",
    "/limits/cart/lines", "/limits/cart/fill", "/limits/cart/empty", "/limits/probe",
    "/limits/conformance", "/limits/unguarded", "/limits/unguarded-reset", "/limits/museum/full",
    "/limits/lecture", "/limits/lecture-end",
)  # fmt: skip
SIGNED = {"/payments/<code>"}
"""Where the notices of payment providers go, whose signature is checked instead."""


def test_every_post_route_is_listed_here(shop: OpenShop) -> None:
    rules = [
        rule for rule in shop.app.url_map.iter_rules() if rule.methods and "POST" in rule.methods
    ]
    known = {rule.rule for rule in rules} - SIGNED
    for part, example in {"<int:number>": "1", "<name>": "full", "<token>": "x"}.items():
        known = {rule.replace(part, example) for rule in known}
    # The admin's are all tried in test_admin_guard.
    assert {rule for rule in known if not rule.startswith("/admin/")} == set(CHANGES)


@pytest.mark.parametrize("address", CHANGES)
@pytest.mark.parametrize("token", ["none", "nonsense", "of another browser", "of yesterday"])
def test_a_change_without_a_valid_csrf_token_is_refused(
    shop: OpenShop,
    visitor: LintingClient,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    token: str,
) -> None:
    visitor.add("MUG")
    sent = {"sku": "MUG", "quantity": "5", "csrf_token": visitor.token}
    if token == "none":
        del sent["csrf_token"]
    elif token == "nonsense":
        sent["csrf_token"] += "x"
    elif token == "of another browser":
        sent["csrf_token"] = shop.visitor().token
    else:
        later = int(time.time()) + DAY + LONGEST_TOKEN_AGE_SECONDS + 60
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: later)
    response = visitor.post(address, data=sent)
    assert (response.status_code, cart_headers(response)) == (400, [])
    is_missing = token == "none"
    title = "This form came without its token" if is_missing else "This page was open for too long"
    assert text_of(response.text, "h1") == title
    assert "Nothing was changed. Your cart is as it was." in response.text


def test_a_page_stays_of_use_while_replicas_rotate_their_keys(open_shop: Opener) -> None:
    """Each of the three states accepts the forms of the one before it and of the one after it."""
    new = "another key of the tests that is long enough to be one"
    states = [open_shop(SHOP_SECRET_KEYS=keys) for keys in (KEY, f"{KEY},{new}", f"{new},{KEY}")]
    for before, after in [*pairwise(states), *pairwise(reversed(states))]:
        page = before.visitor()
        page.add("MUG")
        other = after.visitor()
        for name in ("session", "cart"):
            kept = page.get_cookie(name)
            assert kept
            other.set_cookie(name, kept.value)
        sent = {"sku": "MUG", "csrf_token": page.token}
        assert other.post("/cart/lines", data=sent).status_code == 303
        assert text_of(other.get("/cart").text, ".top-count") == "2 items"


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}], ids=["no field", "an empty field"])
def test_a_form_without_a_token_is_told_which_field_and_where_to_get_it(
    shop: OpenShop, sent: dict[str, str]
) -> None:
    response = shop.visitor().post("/cart/lines", data={"sku": "MUG", **sent})
    assert (response.status_code, cart_headers(response)) == (400, [])
    assert text_of(response.text, "h1") == "This form came without its token"
    said = text_of(response.text, ".error")
    assert "a hidden field, csrf_token" in said
    assert "Open the page with the form first" in said
    assert "with the cookies that came with it" in said


def test_a_browser_without_cookies_is_told_so(shop: OpenShop) -> None:
    token = shop.visitor().token
    response = shop.visitor().post("/cart/lines", data={"sku": "MUG", "csrf_token": token})
    assert (response.status_code, cart_headers(response)) == (400, [])
    assert text_of(response.text, "h1") == "Your browser sent no cookie"
    assert "Allow cookies for this site" in response.text


@pytest.mark.parametrize("path", ["lines", "lines/1", "undo", "replace", "merge", "restore"])
def test_a_get_of_a_change_address_redirects_to_the_cart(visitor: LintingClient, path: str) -> None:
    visitor.add("MUG")
    response = visitor.get(f"/cart/{path}")
    assert (response.status_code, response.location, cart_headers(response)) == (303, "/cart", [])


@pytest.mark.parametrize("address", CHANGES)
def test_a_get_of_a_change_address_changes_no_cart(visitor: LintingClient, address: str) -> None:
    visitor.add("MUG")
    kept = visitor.cart_value()
    assert cart_headers(visitor.get(address)) == []
    assert visitor.cart_value() == kept


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("GET", "/cart/dismiss", {"POST", "OPTIONS"}),
        ("GET", "/cart/clear", {"POST", "OPTIONS"}),
        ("POST", "/products", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/cart", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/checkout", {"GET", "HEAD", "POST", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_405(
    visitor: LintingClient, method: str, address: str, allowed: set[str]
) -> None:
    sent = {"csrf_token": visitor.token} if method != "GET" else None
    response = visitor.open(address, method=method, data=sent)
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed
    assert text_of(response.text, "h1") == "That does not work here"


@pytest.mark.parametrize(("size", "status"), [(65_536, 404), (65_537, 413)])
def test_a_request_body_is_at_most_64_kib(visitor: LintingClient, size: int, status: int) -> None:
    visitor.add("MUG")
    sent = f"csrf_token={visitor.token}&sku="
    response = visitor.post(
        "/cart/lines",
        data=sent.ljust(size, "x"),
        content_type="application/x-www-form-urlencoded",
    )
    assert (response.status_code, cart_headers(response)) == (status, [])
    assert "Everyday mug" in visitor.get("/cart").text


def test_changes_are_rate_limited_and_page_views_are_not(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_RATELIMIT="3 per minute").visitor()
    statuses = [visitor.add("MUG").status_code for _ in range(4)]
    assert statuses == [303, 303, 303, 429]
    response = visitor.send("/cart/clear")
    assert (response.status_code, cart_headers(response)) == (429, [])
    assert 0 < int(response.headers["Retry-After"]) <= 61
    assert text_of(response.text, "h1") == "Too many requests"
    for _ in range(5):
        assert visitor.get("/cart").status_code == 200
    assert "£28.50" in visitor.get("/cart").text


@pytest.mark.parametrize(
    ("proxies", "status"),
    [
        pytest.param("0", 429, id="a forged address is ignored"),
        pytest.param("1", 303, id="a trusted proxy's address is used"),
    ],
)
def test_the_rate_limit_is_per_client_address(open_shop: Opener, proxies: str, status: int) -> None:
    shop = open_shop(SHOP_RATELIMIT="1 per minute", SHOP_TRUSTED_PROXIES=proxies)
    visitor = shop.visitor()
    visitor.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.1"
    assert visitor.add("MUG").status_code == 303
    visitor.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.2"
    assert visitor.add("MUG").status_code == status


def test_the_rate_limit_can_be_switched_off(open_shop: Opener) -> None:
    shop = open_shop(SHOP_RATELIMIT="1 per minute", SHOP_RATELIMIT_ENABLED="off")
    visitor = shop.visitor()
    assert [visitor.add("MUG").status_code for _ in range(3)] == [303] * 3


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
@pytest.mark.parametrize("address", ["/", "/cart", "/nope", "/static/css/shop.css"])
def test_an_untrusted_host_is_400(visitor: LintingClient, host: str, address: str) -> None:
    response = visitor.get(address, headers={"Host": host})
    assert response.status_code == 400
    assert "evil.example" not in response.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000"])
def test_trusted_hosts_are_accepted(visitor: LintingClient, host: str) -> None:
    assert visitor.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("address", ["/", "/nope", "/static/css/shop.css", "/healthz"])
def test_hsts_only_on_https(shop: OpenShop, address: str) -> None:
    assert "Strict-Transport-Security" not in shop.visitor().get(address).headers
    secure = shop.visitor(base_url="https://localhost").get(address)
    assert secure.headers["Strict-Transport-Security"] == f"max-age={365 * DAY}"


def test_on_https_a_cross_site_change_is_refused(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="https://localhost")
    sent = {"csrf_token": visitor.token, "sku": "MUG"}
    foreign = visitor.post("/cart/lines", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 400
    assert (
        visitor.post("/cart/lines", data=sent).status_code == 303
    )  # a missing Referer is accepted


def test_the_session_cookie_has_its_security_attributes(shop: OpenShop) -> None:
    for base_url, name in (
        ("http://localhost", "session"),
        ("https://localhost", "__Host-session"),
    ):
        response = shop.visitor(base_url=base_url).get(TOKEN_PAGE)
        (header,) = response.headers.getlist("Set-Cookie")
        attributes = set(header.split("; ")[1:])
        expected = {"HttpOnly", "Path=/", "SameSite=Lax"}
        assert header.startswith(f"{name}=")
        assert attributes == expected | ({"Secure"} if name.startswith("__") else set())


def test_on_https_no_cookie_that_another_host_can_set_is_believed(shop: OpenShop) -> None:
    """Another host of the domain can set a cookie of any name but those that begin with __Host-."""
    visitor = shop.visitor()
    visitor.add("MUG")
    reference = place(visitor).location
    assert reference in visitor.get("/checkout").location
    planted = [visitor.get_cookie(name) for name in ("session", "orders")]
    secure = shop.visitor(base_url="https://localhost")
    secure.raw_cookies = "; ".join(f"{kept.key}={kept.value}" for kept in planted if kept)
    assert secure.raw_cookies.count("=") == 2
    assert secure.get("/checkout").location == "/cart"
    assert elements(parsed(secure.get("/orders/find").text), "main .summary a") == []
    sent = {"sku": "MUG", "csrf_token": visitor.token}
    headers = {"Referer": "https://localhost/"}
    assert secure.post("/cart/lines", data=sent, headers=headers).status_code == 400


SIGNED_COOKIES = ("cart", "session", "orders")


@pytest.mark.parametrize("name", SIGNED_COOKIES)
def test_signatures_are_compared_in_constant_time(
    shop: OpenShop, visitor: LintingClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A comparison that ends at the first difference tells how much of a forgery is right."""
    visitor.add("MUG")
    place(visitor)
    visitor.add("MUG")
    kept = visitor.get_cookie(name)
    assert kept
    forged = kept.value[:-4] + ("AAAA" if kept.value[-4:] != "AAAA" else "BBBB")
    compared: list[str | bytes] = []
    compare: Callable[..., bool] = hmac.compare_digest

    def noted(one: str | bytes, other: str | bytes) -> bool:
        compared.extend((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    stranger = shop.visitor()
    stranger.raw_cookies = f"{name}={forged}"
    stranger.get("/orders/find" if name == "orders" else "/cart")
    assert compared


def test_pages_without_a_session_set_no_cookie(visitor: LintingClient) -> None:
    for address in ("/nope", "/healthz"):
        assert "Set-Cookie" not in visitor.get(address).headers


def test_health_and_readiness(open_shop: Opener) -> None:
    visitor = open_shop(migrated=False).visitor()
    assert (visitor.get("/healthz").status_code, visitor.get("/readyz").status_code) == (200, 503)
    assert visitor.get("/readyz").json == {
        "status": "not ready",
        "reason": "the database is not migrated",
    }
    nowhere = open_shop(SHOP_DATABASE_URL="sqlite:////nowhere/at/all.sqlite3").visitor()
    assert nowhere.get("/healthz").status_code == 200
    assert nowhere.get("/readyz").status_code == 503


def test_a_migrated_shop_is_ready(visitor: LintingClient) -> None:
    assert (visitor.get("/readyz").status_code, visitor.get("/readyz").json) == (
        200,
        {"status": "ready"},
    )


def test_a_shop_without_keys_does_not_start(tmp_path: object) -> None:
    settings = Settings.from_environ({"SHOP_INSTANCE": str(tmp_path)})
    with pytest.raises(SettingsError, match="SHOP_SECRET_KEYS is not set"):
        create_app(settings)


def _session_signed_with(key: str, message: str) -> str:
    app = Flask("another")
    app.secret_key = key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer
    return str(serializer.dumps({"_flashes": [("message", message)]}))


@pytest.mark.parametrize(
    ("former", "is_read"),
    [pytest.param(KEY[::-1], True, id="strong"), pytest.param("short", False, id="short")],
)
def test_an_old_key_reads_sessions_and_forms_only_if_it_is_strong(
    open_shop: Opener, former: str, is_read: bool
) -> None:
    shop = open_shop(SHOP_SECRET_KEYS=f"{KEY},{former}")
    visitor = shop.visitor()
    visitor.set_cookie("session", _session_signed_with(former, "A message from before"))
    assert ("A message from before" in visitor.get("/cart").text) == is_read
    token = URLSafeTimedSerializer(former, salt="crumb form").dumps("signed")
    signer = shop.app.extensions["shop"].signer("form")
    if is_read:
        assert signer.loads(token) == "signed"
    else:
        with pytest.raises(BadSignature):
            signer.loads(token)


def test_a_session_that_was_read_before_is_read_as_it_was_sent(shop: OpenShop) -> None:
    kept = _session_signed_with(KEY, "A message from before")
    for _ in range(3):
        visitor = shop.visitor()
        visitor.set_cookie("session", kept)
        own_page = {"Origin": "http://localhost"}
        added = visitor.post("/cart/lines", data={"sku": "MUG"}, headers=own_page)
        assert added.status_code == 303  # and it has another message
        visitor.set_cookie("session", kept)
        assert notices(visitor) == "A message from before"


def test_a_session_that_was_read_before_ends(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, signed_at = _session_signed_with(KEY, "A message from before"), int(time.time())
    for seconds, is_read in ((0, True), (31 * DAY - 60, True), (31 * DAY + 60, False)):
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _, at=seconds: signed_at + at)
        visitor = shop.visitor()
        visitor.set_cookie("session", kept)
        assert ("A message from before" in visitor.get("/cart").text) == is_read


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_internal_error_is_shown_and_logged_and_keeps_the_cart(
    shop: OpenShop,
    visitor: LintingClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    visitor.add("MUG")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("shop.web.pages.cart.pricing.quote", broken)
    monkeypatch.setattr("shop.web.cart.writer.encoded", broken)
    shop.app.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.ERROR, "shop.errors"):
        response = visitor.get("/cart") if method == "GET" else visitor.add("PENCIL")
    assert (response.status_code, cart_headers(response)) == (500, [])
    assert "Your cart is as it was." in response.text
    assert "secret" not in response.text
    assert response.headers["X-Request-Id"] in response.text
    (record,) = [record for record in caplog.records if record.name == "shop.errors"]
    assert record.exc_info


FORGED = '\r\n{"event": "forged"}\n'
"""What would be a row of its own in a log."""


def test_nothing_that_is_sent_becomes_an_entry_of_the_log(
    shop: OpenShop, visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = logging.getLogger("shop").handlers
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    shop.app.config["PROPAGATE_EXCEPTIONS"] = False
    token = visitor.token

    def broken(*_: object) -> None:
        raise RuntimeError(FORGED)

    monkeypatch.setattr("shop.web.cart.writer.encoded", broken)
    sent = {"csrf_token": token, "sku": "MUG", "quantity": "1"}
    assert visitor.post("/cart/lines", data=sent).status_code == 500
    visitor.post("/cart/lines", data={"csrf_token": FORGED, "sku": FORGED})
    visitor.get(f"/{FORGED}", query_string={"q": FORGED, FORGED: ""})
    visitor.raw_cookies = f"cart={FORGED}"
    sent_along = ("User-Agent", "Referer", "X-Request-Id")
    visitor.get("/cart", headers=[(name, "\u0085forged") for name in sent_along])
    entries = [json.loads(row) for row in written.getvalue().splitlines()]
    assert [entry["event"] for entry in entries] == [
        "broken",
        "form_refused",
        "cart_cookie_refused",
    ]
    kept_by_the_exception, *others = (str(entry) for entry in entries)
    assert "forged" in kept_by_the_exception
    assert not any("forged" in entry for entry in others)


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example", "//evil.example/", "//evil.example//products", "/%2F/evil.example",
        "/\\evil.example/", "///evil.example", "/cart//evil.example", "/products//evil.example/",
        "/cart?next=//evil.example", "/checkout?next=https://evil.example",
    ],
)  # fmt: skip
def test_no_redirect_leaves_the_shop(visitor: LintingClient, address: str) -> None:
    response = visitor.open("/", environ_overrides={"PATH_INFO": address.partition("?")[0]},
                            query_string=address.partition("?")[2])  # fmt: skip
    location = response.headers.get("Location", "/")
    assert re.match(r"(http://localhost)?/(?![/\\])", location), location
    sent = visitor.send(f"/cart/clear?{address.partition('?')[2]}", next="//evil.example")
    assert sent.location == "/cart"


def test_a_cart_never_writes_to_the_database(shop: OpenShop, visitor: LintingClient) -> None:
    before = shop.dump()
    assert any("Everyday mug" in row for row in before)
    visitor.add("MUG", 2)
    visitor.add("PENCIL")
    number = shop.number("MUG")
    visitor.send(f"/cart/lines/{number}", quantity=5)
    visitor.send(f"/cart/lines/{number}/remove")
    expired = shop.cookie({"MUG": 1}, age_seconds=31 * DAY)
    visitor.send("/cart/restore", cart=expired)
    for address in ("/", "/products?q=mug", "/cart", "/checkout"):
        assert visitor.get(address).status_code == 200
    visitor.send("/checkout", name="Somebody")
    visitor.send("/cart/clear")
    visitor.set_cookie("cart", expired)
    visitor.send("/cart/dismiss")
    assert shop.dump() == before


@pytest.mark.parametrize("count", [1, 20, 60])
def test_the_cart_page_runs_at_most_three_statements(open_shop: Opener, count: int) -> None:
    shop = open_shop()  # a new one has an empty cache
    skus = [sku for (sku,) in shop.sql("select sku from products order by number limit ?", count)]
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie(dict.fromkeys(skus, 1)))
    statements = shop.statements()
    page = visitor.get("/cart").text
    assert len(elements(parsed(page), "table.lines tbody tr")) == count
    assert 1 <= len(statements) <= 3


def test_a_price_changed_by_another_process_is_on_the_next_page(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    addresses = (
        "/",
        "/products",
        "/products?q=mug",
        "/products/everyday-mug",
        "/cart",
        "/checkout",
    )
    for minor in (950, 1234, 77, 1234):
        price = f"£{minor / 100:.2f}"
        shop.sql("update products set price_minor = ? where sku = 'MUG'", minor)
        for address in addresses:
            assert price in visitor.get(address).text, address
        assert pairs(visitor.get("/cart").text)["Subtotal"] == price


def test_every_page_view_sees_the_latest_change_by_another_process(
    shop: OpenShop, visitor: LintingClient
) -> None:
    for minor, address in enumerate(["/", "/products", "/products/everyday-mug"] * 3, 101):
        shop.sql("update products set price_minor = ? where sku = 'MUG'", minor)
        assert f"£{minor / 100:.2f}" in visitor.get(address).text
