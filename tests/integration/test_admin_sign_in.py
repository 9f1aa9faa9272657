"""Keepers: their accounts, their sign-in, and when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher

from shop.admin import known_browsers
from shop.storage.keepers import passwords, sign_ins
from shop.storage.keepers.sessions import IDLE_SECONDS, LIFE_SECONDS
from tests.conftest import Opener, OpenShop
from tests.integration.client import LintingClient, csrf_token, text_of
from tests.integration.keepers import (
    COOKIE,
    EMAIL,
    PASSWORD,
    add_keeper,
    sends,
    signed_in,
    signs_in,
    value_of,
)

SIGN_IN = "/admin/sign-in"
GUESS = "wrong"
ANOTHER = "another password, and a longer one"


def keeper(shop: OpenShop, *arguments: str, typed: str = "", exit_code: int = 0) -> str:
    return shop.run("keeper", *arguments, typed=typed, exit_code=exit_code)


def is_signed_in(visitor: LintingClient) -> bool:
    response = visitor.get("/admin/orders")
    assert response.status_code in (200, 303)
    return response.status_code == 200


def test_a_keeper_is_added_and_signs_in(shop: OpenShop) -> None:
    added = keeper(shop, "add", " Bea@Example.com ", typed=f"{PASSWORD}\n")
    assert added == "Bea@example.com can sign in at /admin now.\n"
    assert keeper(shop, "list") == f"{EMAIL}\n"
    visitor = shop.visitor()
    response = signs_in(visitor, "BEA@example.com ")
    assert (response.status_code, response.location) == (303, "/admin")
    assert EMAIL in visitor.get("/admin/orders").text


@pytest.mark.sqlite  # the worlds of the test mode are SQLite files
def test_a_keeper_signs_in_where_nothing_is_rate_limited(target: OpenShop) -> None:
    add_keeper(target)
    assert signs_in(target.visitor()).status_code == 303


def test_the_password_is_kept_as_an_argon2id_hash_only(shop: OpenShop) -> None:
    keeper(shop, "add", EMAIL, typed=f"{PASSWORD}\n")
    ((kept,),) = shop.sql("select password_hash from keepers")
    assert kept.startswith("$argon2id$")
    assert not any(PASSWORD in row for row in shop.dump())


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        pytest.param(("add", EMAIL), "too short\n", "15 to 1,000 characters", id="short"),
        pytest.param(("add", EMAIL), "x" * 1001, "15 to 1,000 characters", id="long"),
        pytest.param(("add", EMAIL), "passwordpassword\n", "easy to guess", id="common"),
        pytest.param(("add", EMAIL), "123456789012345\n", "easy to guess", id="in order"),
        pytest.param(("add", EMAIL), "qwertyuiopasdfgh\n", "easy to guess", id="on a keyboard"),
        pytest.param(("add", EMAIL), "x" * 1000, "easy to guess", id="the same 1000 times"),
        pytest.param(("add", EMAIL), f"{EMAIL}!\n", "easy to guess", id="own address"),
        pytest.param(
            ("password", "ada@example.com"), "Password1Password1\n", "easy to guess", id="another"
        ),
        pytest.param(("add", "bea"), f"{PASSWORD}\n", "complete email address", id="no email"),
        pytest.param(("add", "ada@example.com"), f"{PASSWORD}\n", "a keeper already", id="twice"),
        pytest.param(("password", EMAIL), f"{PASSWORD}\n", "is not a keeper", id="unknown"),
        pytest.param(("remove", EMAIL), "", "is not a keeper", id="nobody to remove"),
    ],
)
def test_what_cannot_be_done_with_a_keeper_is_said(
    shop: OpenShop, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    add_keeper(shop, "ada@example.com")
    before = shop.dump()
    assert said in keeper(shop, *arguments, typed=typed, exit_code=1)
    assert shop.dump() == before


def test_without_a_keeper_the_sign_in_says_how_to_add_one(shop: OpenShop) -> None:
    assert "shop keeper add" in shop.visitor().get(SIGN_IN).text
    add_keeper(shop)
    assert "shop keeper add" not in shop.visitor().get(SIGN_IN).text
    assert keeper(shop, "remove", EMAIL).startswith(f"{EMAIL} is no keeper any more")
    assert "There are no keepers yet" in keeper(shop, "list")


@pytest.mark.usefixtures("slow_passwords")
def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def noted(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    keeper(shop, "add", EMAIL, typed=f"{PASSWORD}\n")
    answers = []
    for email in (EMAIL, "nobody@example.com"):
        response = signs_in(shop.visitor(), email, "a wrong password, of some length")
        answers.append((response.status_code, text_of(response.text, "p[role=alert]")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
    assert len(verified) == 2  # one comparison each: about the same work
    assert {kept.rpartition("$")[0].rpartition("$")[0] for kept in verified} == {
        "$argon2id$v=19$m=19456,t=2,p=1"
    }


@pytest.mark.parametrize(
    ("email", "status"),
    [
        pytest.param("bea\0@example.com", 422, id="a NUL"),
        pytest.param("\ud800@example.com", 422, id="half a character"),
        pytest.param("a" * 60_000, 422, id="very long"),
        pytest.param(" BEA@example\u200b.com\n", 303, id="capitals, and what nobody sees"),
    ],
)
def test_whatever_is_typed_as_an_email_address_is_answered(
    shop: OpenShop, email: str, status: int
) -> None:
    add_keeper(shop)
    visitor = shop.visitor()
    token = csrf_token(visitor.get(SIGN_IN).text)
    sent = urlencode(
        {"csrf_token": token, "email": email, "password": PASSWORD}, errors="surrogatepass"
    )
    form = "application/x-www-form-urlencoded"
    assert visitor.post(SIGN_IN, data=sent, content_type=form).status_code == status


@pytest.mark.parametrize(
    ("asked", "lands"),
    [
        pytest.param("/admin/orders?q=a", "/admin/orders?q=a", id="a page of the admin"),
        pytest.param("https://evil.example/admin/", "/admin", id="another site"),
        pytest.param("//evil.example/admin/", "/admin", id="another host"),
        pytest.param("/admin.evil.example", "/admin", id="only the beginning of the name"),
        pytest.param("/admin/orders\r\nX: y", "/admin", id="another header"),
        pytest.param(f"/admin/{'a' * 1000}", "/admin", id="too long for a cookie"),
        pytest.param("", "/admin", id="nothing"),
    ],
)
def test_after_the_sign_in_comes_the_page_that_was_asked_for(
    shop: OpenShop, asked: str, lands: str
) -> None:
    add_keeper(shop)
    assert signs_in(shop.visitor(), next=asked).location == lands


def test_the_way_to_a_page_leads_through_the_sign_in(shop: OpenShop) -> None:
    response = shop.visitor().get("/admin/orders?status=paid&q=a%26b")
    assert response.location == "/admin/sign-in?next=/admin/orders?status%3Dpaid%26q%3Da%2526b"


@pytest.mark.parametrize(
    ("pauses", "goes_on"),
    [
        pytest.param([IDLE_SECONDS - 1], True, id="a short pause"),
        pytest.param([IDLE_SECONDS], False, id="a long pause"),
        pytest.param([IDLE_SECONDS - 60] * 3, True, id="several short pauses"),
        pytest.param([1000] * (LIFE_SECONDS // 1000), True, id="almost its whole life"),
        pytest.param([1000] * (LIFE_SECONDS // 1000) + [200], False, id="its whole life"),
    ],
)
def test_a_session_ends(shop: OpenShop, pauses: list[int], goes_on: bool) -> None:
    visitor = signed_in(shop)
    for pause in pauses[:-1]:
        shop.clock.now += pause
        assert is_signed_in(visitor)
    shop.clock.now += pauses[-1]
    assert is_signed_in(visitor) is goes_on
    if not goes_on:
        assert "You have been signed out" in visitor.get(SIGN_IN).text
        shop.clock.now -= pauses[-1]
        assert not is_signed_in(visitor)


def test_signing_out_ends_the_session_for_whoever_has_its_cookie(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    copied = value_of(visitor)
    assert sends(visitor, "/admin/sign-out").location == SIGN_IN
    assert "You are signed out." in visitor.get(SIGN_IN).text
    thief = shop.visitor()
    thief.raw_cookies = f"{COOKIE}={copied}"
    assert not is_signed_in(thief)
    assert shop.sql("select count(*) from keeper_sessions") == [(0,)]


@pytest.mark.parametrize("command", ["password", "remove"])
def test_all_sessions_end_with_a_new_password_and_with_the_account(
    shop: OpenShop, command: str
) -> None:
    one = signed_in(shop)
    two = shop.visitor()
    signs_in(two)
    other = signed_in(shop, "ada@example.com")
    keeper(shop, command, EMAIL, typed=f"{ANOTHER}\n")
    assert [is_signed_in(each) for each in (one, two, other)] == [False, False, True]
    assert signs_in(shop.visitor()).status_code == 422
    assert signs_in(shop.visitor(), password=ANOTHER).status_code == (
        303 if command == "password" else 422
    )


def test_a_password_that_changes_during_the_sign_in_begins_no_session(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_keeper(shop)

    def changed_meanwhile(kept: str) -> bool:
        shop.sql("update keepers set password_hash = 'another'")
        return False

    monkeypatch.setattr(passwords, "is_outdated", changed_meanwhile)
    assert sign_ins.begin(shop.engine, EMAIL, PASSWORD, token="t", now=1) is None
    assert shop.sql("select count(*) from keeper_sessions") == [(0,)]


@pytest.mark.usefixtures("slow_passwords")
def test_a_hash_of_older_parameters_is_made_anew(shop: OpenShop) -> None:
    add_keeper(shop)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    shop.sql("update keepers set password_hash = ?", weak)
    assert signs_in(shop.visitor()).status_code == 303
    ((kept,),) = shop.sql("select password_hash from keepers")
    assert not passwords.is_outdated(kept)
    assert passwords.matches(kept, PASSWORD)


@pytest.mark.parametrize(
    ("scheme", "name", "more"),
    [("http", "admin", []), ("https", "__Secure-admin", ["Secure"])],
)
def test_the_cookie_is_the_admins_alone(
    shop: OpenShop, scheme: str, name: str, more: list[str]
) -> None:
    add_keeper(shop)
    visitor = shop.visitor(base_url=f"{scheme}://localhost")
    known, session = signs_in(visitor).headers.getlist("Set-Cookie")
    pair, *attributes = session.split("; ")
    assert pair.startswith(f"{name}=")
    assert sorted(attributes) == sorted(["HttpOnly", "Path=/admin", "SameSite=Lax", *more])
    assert len(pair) < 400
    pair, *attributes = known.split("; ")
    assert pair.startswith(f"{name}-known=")
    assert {"HttpOnly", "Path=/admin", "SameSite=Strict", *more} < set(attributes)
    visitor.add("MUG")
    assert name not in visitor.get("/cart").request.headers.get("Cookie", "")


def test_the_shop_and_its_admin_share_no_session(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    shops_token = visitor.token
    response = visitor.post("/admin/sign-out", data={"csrf_token": shops_token})
    assert (response.status_code, is_signed_in(visitor)) == (400, True)
    thief = shop.visitor()  # the admin's cookie under the name of the shop's, and the other way
    thief.raw_cookies = f"session={value_of(visitor)}"
    assert not is_signed_in(thief)
    session = visitor.get_cookie("session")
    assert session
    thief.raw_cookies = f"{COOKIE}={session.value}"
    sent = {"csrf_token": shops_token, "email": EMAIL, "password": PASSWORD}
    assert thief.post(SIGN_IN, data=sent).status_code == 400


def test_a_sign_in_gives_the_browser_another_csrf_token(shop: OpenShop) -> None:
    add_keeper(shop)
    visitor = shop.visitor()
    with visitor.session_transaction("/admin") as before:
        before["csrf_token"] = "known to somebody else"
    signs_in(visitor)
    with visitor.session_transaction("/admin") as after:
        assert "csrf_token" not in after


def attempts(
    visitor: LintingClient, email: str, addresses: Iterable[str], password: str = GUESS
) -> list[int]:
    """The statuses of attempts to sign in, one from each IP address."""
    token = csrf_token(visitor.get(SIGN_IN).text)
    sent = {"csrf_token": token, "email": email, "password": password}
    statuses = []
    for address in addresses:
        response = visitor.post(SIGN_IN, data=sent, environ_overrides={"REMOTE_ADDR": address})
        statuses.append(response.status_code)
        if response.status_code == 429:
            assert response.headers["Retry-After"] == "900"
    return statuses


def test_attempts_from_one_address_are_limited(shop: OpenShop) -> None:
    add_keeper(shop)
    visitor = shop.visitor()
    for number in range(10):
        assert attempts(visitor, f"{number}@example.com", ["10.0.0.1"]) == [422]
    assert attempts(visitor, "ada@example.com", ["10.0.0.1", "10.0.0.2"]) == [429, 422]


def test_attempts_for_one_account_are_limited(shop: OpenShop) -> None:
    add_keeper(shop)
    many = [f"10.0.1.{number}" for number in range(11)]
    assert attempts(shop.visitor(), EMAIL.upper(), many) == [422] * 10 + [429]
    assert attempts(shop.visitor(), EMAIL, ["10.0.2.1"], PASSWORD) == [429]
    assert attempts(shop.visitor(), "ada@example.com", ["10.0.1.11"]) == [422]


def test_a_stranger_cannot_keep_a_keeper_out_of_their_own_browser(shop: OpenShop) -> None:
    keepers = signed_in(shop)
    sends(keepers, "/admin/sign-out")
    here = "10.0.0.1"  # the keeper's own network
    assert attempts(shop.visitor(), EMAIL, [here] * 11)[-1] == 429
    assert attempts(shop.visitor(), EMAIL, [here, "10.0.0.2"], PASSWORD) == [429, 429]
    assert attempts(keepers, EMAIL, [here], PASSWORD) == [303]


def test_a_browser_that_is_known_is_limited_too(shop: OpenShop) -> None:
    keepers = signed_in(shop)
    sends(keepers, "/admin/sign-out")
    many = [f"10.0.1.{number}" for number in range(11)]
    assert attempts(keepers, EMAIL, many) == [422] * 10 + [429]
    assert attempts(shop.visitor(), EMAIL, ["10.0.2.1"], PASSWORD) == [303]


def test_a_browser_is_known_for_its_own_keeper_only(shop: OpenShop) -> None:
    add_keeper(shop, "ada@example.com")
    keepers = signed_in(shop)
    sends(keepers, "/admin/sign-out")
    many = [f"10.0.1.{number}" for number in range(11)]
    assert attempts(shop.visitor(), "ada@example.com", many)[-1] == 429
    assert attempts(keepers, "ada@example.com", ["10.0.2.1"]) == [429]


@pytest.mark.parametrize(
    ("kept", "life_seconds"),
    [
        pytest.param("nonsense", 1000, id="nonsense"),
        pytest.param("{session}", 1000, id="signed for something else"),
        pytest.param("{known}", -1, id="too old"),
    ],
)
def test_a_browser_that_only_claims_to_be_known_is_not(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch, kept: str, life_seconds: int
) -> None:
    keepers = signed_in(shop)
    known = keepers.get_cookie(known_browsers.NAME, path="/admin")
    assert known
    monkeypatch.setattr(known_browsers, "LIFE_SECONDS", life_seconds)
    claims = shop.visitor()
    value = kept.format(session=value_of(keepers), known=known.value)
    claims.raw_cookies = f"{known_browsers.NAME}={value}"
    many = [f"10.0.1.{number}" for number in range(10)]
    attempts(shop.visitor(), EMAIL, many)
    assert attempts(claims, EMAIL, ["10.0.2.1"]) == [429]


def test_no_page_of_the_admin_is_kept_or_indexed(shop: OpenShop) -> None:
    add_keeper(shop)
    visitor = shop.visitor()
    for response in (visitor.get("/admin/orders"), visitor.get(SIGN_IN), signs_in(visitor)):
        assert response.headers["Cache-Control"] == "no-store"
    for address in ("/admin/orders", "/admin/nothing"):
        response = visitor.get(address)
        assert response.headers["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in response.text


def test_the_admin_is_off_by_a_setting(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_ADMIN="off").visitor()
    assert visitor.get("/admin").status_code == visitor.get(SIGN_IN).status_code == 404


def test_a_database_without_the_tables_gets_a_page_of_the_admin(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    shop.sql("alter table keeper_sessions rename to elsewhere")
    response = visitor.get("/admin/orders")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "The shop needs a moment" in response.text
