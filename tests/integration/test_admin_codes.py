"""Codes of an app after the password: turned on, asked for, counted once, and lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from shop.admin.codes import offer
from shop.storage.keepers import codes, sign_ins
from shop.storage.keepers.codes import MOST_REFUSED, Answer
from shop.storage.keepers.sign_ins import LIFE_SECONDS
from tests.conftest import KEY, Opener, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    csrf_token,
    elements,
    field_value,
    parsed,
    text_of,
)
from tests.integration.keepers import (
    EMAIL,
    PASSWORD,
    RECOVERY,
    add_keeper,
    code_at,
    sends,
    signed_in,
    signs_in,
    types,
    value_of,
    with_codes,
)

STEP = "/admin/sign-in/code"
OWN = "/admin/your-sign-in"
CODES = "/admin/your-sign-in/codes"
NEW_KEY = "another key of this shop that is long enough to be one"
STATE = ("keeper_codes", "keeper_recovery_codes", "keeper_sessions", "keepers")


def is_signed_in(visitor: LintingClient) -> bool:
    return visitor.get("/admin/orders").status_code == 200


def half_way(shop: OpenShop) -> LintingClient:
    """A new browser in which the password was right, and the code is still to come."""
    visitor = shop.visitor()
    response = signs_in(visitor)
    assert (response.status_code, response.location) == (303, STEP)
    return visitor


def state(shop: OpenShop) -> list[object]:
    return [shop.sql(f"select * from {table}") for table in STATE]


def offered(page: str) -> tuple[str, list[str]]:
    """The secret and the recovery codes on the page that offers them."""
    secret = text_of(page, ".admin-key").replace(" ", "")
    listed = elements(parsed(page), ".admin-recovery li")
    return secret, ["".join(each.to_text().split()) for each in listed]


def turns_on(visitor: LintingClient, page: str, code: str, password: str = PASSWORD) -> str | None:
    """Sends the form of that page: where it leads, or None when it is shown again."""
    sent = {"csrf_token": csrf_token(page), "offer": field_value(page, "offer")}
    response = visitor.post(CODES, data={**sent, "code": code, "password": password})
    assert response.status_code in (303, 422)
    return response.location


def test_a_keeper_turns_codes_on_and_is_asked_for_one(shop: OpenShop) -> None:
    visitor, other = signed_in(shop), shop.visitor()
    signs_in(other)
    page = visitor.get(CODES).text
    secret, recovery = offered(page)
    assert f"secret={secret}&amp;" in page
    assert elements(parsed(page), "svg.qr")
    assert turns_on(visitor, page, code_at(shop.clock.now, secret=secret)) == OWN
    assert "From now on, you are asked for a code" in visitor.get(OWN).text
    assert (is_signed_in(visitor), is_signed_in(other)) == (True, False)
    dump = "".join(shop.dump())
    assert not [each for each in (secret, *recovery) if each in dump]

    shop.clock.now += 30
    later = half_way(shop)
    assert not is_signed_in(later)
    (field,) = elements(parsed(later.get(STEP).text), "input[name=code]")
    assert attributes(field)["autocomplete"] == "one-time-code"
    assert attributes(field)["inputmode"] == "numeric"
    response = types(later, code_at(shop.clock.now, secret=secret))
    assert (response.status_code, response.location) == (303, "/admin")
    assert is_signed_in(later)


def test_the_codes_shown_are_others_each_time(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    before = state(shop)
    shown = [offered(visitor.get(CODES).text) for _ in range(2)]
    secrets, recovery = zip(*shown, strict=True)
    assert len(set(secrets)) == 2
    every = [code for codes_ in recovery for code in codes_]
    assert len(set(every)) == 20
    assert {len(code) for code in every} == {codes.RECOVERY_DIGITS}
    assert [code[0] for code in recovery[0]] == list("0123456789")
    assert state(shop) == before


def test_what_was_offered_is_shown_again_after_a_mistake(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    before = state(shop)
    page = visitor.get(CODES).text
    secret, _ = offered(page)
    right = code_at(shop.clock.now, secret=secret)
    for code, password in ((code_at(shop.clock.now), PASSWORD), (right, "a guess"), ("", "")):
        sent = {"csrf_token": csrf_token(page), "offer": field_value(page, "offer")}
        response = visitor.post(CODES, data={**sent, "code": code, "password": password})
        assert response.status_code == 422
        assert offered(response.text) == offered(page)
        assert elements(parsed(response.text), "[aria-invalid]")
    assert state(shop) == before


@pytest.mark.parametrize("whose", ["another keeper's", "too old", "made up"])
def test_an_offer_counts_only_for_whom_and_when_it_was_made(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    visitor = signed_in(shop)
    page = visitor.get(CODES).text
    secret, _ = offered(page)
    sent = {"offer": field_value(page, "offer"), "code": code_at(shop.clock.now, secret=secret)}
    if whose == "another keeper's":
        visitor = signed_in(shop, "ada@example.com")
    elif whose == "too old":
        monkeypatch.setattr(offer, "LIFE_SECONDS", -1)
    else:
        sent["offer"] = "nonsense"
    before = state(shop)
    assert sends(visitor, CODES, **sent, password=PASSWORD).location == CODES
    assert "open for too long" in visitor.get(CODES).text
    assert state(shop) == before


def test_codes_are_not_turned_on_twice(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    page = visitor.get(CODES).text
    secret, _ = offered(page)
    assert turns_on(visitor, page, code_at(shop.clock.now, secret=secret)) == OWN
    before = state(shop)[:2]
    shop.clock.now += 60
    assert turns_on(visitor, page, code_at(shop.clock.now, secret=secret)) == OWN
    assert "turned on already" in visitor.get(OWN).text
    assert visitor.get(CODES).location == OWN
    assert state(shop)[:2] == before


def in_arabic(digits: str) -> str:
    return "".join(chr(ord("٠") + int(digit)) for digit in digits)


@pytest.mark.parametrize(
    ("steps", "typed", "lets_in"),
    [
        pytest.param(0, str, True, id="now"),
        pytest.param(-1, str, True, id="a step ago"),
        pytest.param(1, str, True, id="a step ahead"),
        pytest.param(-2, str, False, id="two steps ago"),
        pytest.param(2, str, False, id="two steps ahead"),
        pytest.param(0, lambda code: f" {code[:3]} {code[3:]}", True, id="with spaces"),
        pytest.param(0, in_arabic, True, id="digits of another script"),
        pytest.param(0, lambda code: code[:5], False, id="five digits"),
        pytest.param(0, lambda code: f"{code}0", False, id="seven digits"),
        pytest.param(0, lambda _: "", False, id="nothing"),
        pytest.param(0, lambda _: "\0½²x" * 50, False, id="no digits"),
        pytest.param(0, lambda _: RECOVERY[3][:15] + "8", False, id="another recovery code"),
    ],
)
def test_a_code_counts_for_a_step_before_and_after(
    shop: OpenShop, steps: int, typed: Callable[[str], str], lets_in: bool
) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    response = types(visitor, typed(code_at(shop.clock.now + 30 * steps)))
    assert response.status_code == (303 if lets_in else 422)
    assert is_signed_in(visitor) is lets_in
    if not lets_in:
        assert "This code is not right" in response.text
        assert field_value(response.text, "code") == ""


def test_a_code_counts_once_and_no_older_one_after_it(shop: OpenShop) -> None:
    with_codes(shop)
    now = shop.clock.now
    assert types(half_way(shop), code_at(now)).status_code == 303
    for code in (code_at(now), code_at(now - 30)):
        response = types(half_way(shop), code)
        assert response.status_code == 422
        assert "has been used already" in response.text
    assert types(half_way(shop), code_at(now + 30)).status_code == 303


def test_the_code_that_turned_codes_on_lets_nobody_in(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    page = visitor.get(CODES).text
    code = code_at(shop.clock.now, secret=offered(page)[0])
    assert turns_on(visitor, page, code) == OWN
    assert "has been used already" in types(half_way(shop), code).text


def test_a_recovery_code_lets_in_once(open_shop: Opener) -> None:
    shop = open_shop(SHOP_RATELIMIT_ENABLED="off")
    with_codes(shop)
    visitor = half_way(shop)
    assert types(visitor, "-".join(RECOVERY[7][at : at + 4] for at in (0, 4, 8, 12))).location
    assert "This recovery code is used up. Left: 9." in visitor.get("/admin/orders").text
    assert "Recovery codes left: 9 of 10" in visitor.get(OWN).text
    assert types(half_way(shop), RECOVERY[7]).status_code == 422
    for code in RECOVERY[:7] + RECOVERY[8:]:
        assert types(half_way(shop), code).status_code == 303
    assert shop.sql("select count(*) from keeper_recovery_codes") == [(0,)]


@pytest.mark.parametrize(
    "code", [pytest.param(None, id="of the app"), pytest.param(RECOVERY[0], id="to recover")]
)
def test_of_two_at_the_same_moment_a_code_lets_one_in(shop: OpenShop, code: str | None) -> None:
    with_codes(shop)
    now = shop.clock.now
    assert at_once(shop.engine, code or code_at(now), now) == {Answer.RIGHT: 1, Answer.USED: 3}
    assert shop.sql("select count(*) from keeper_sessions") == [(1,)]


def at_once(engine: Engine, code: str, now: int) -> dict[Answer, int]:
    """What four sign-ins get that send the same code when each has compared it."""
    answers: list[Answer] = []
    barrier, match = Barrier(4, timeout=20), codes.match
    tokens = [f"waiting {number}" for number in range(4)]
    for token in tokens:
        sign_ins.begin(engine, EMAIL, PASSWORD, token=token, now=now)
    keeper = sign_ins.waiting(engine, tokens[0], now=now)
    assert keeper

    def together(*arguments: object, **more: object) -> object:
        found = match(*arguments, **more)  # type: ignore[arg-type]
        barrier.wait()
        return found

    def finish(token: str) -> None:
        done = sign_ins.finish(
            engine,
            keeper,
            code,
            waiting_token=token,
            token=f"session of {token}",
            keys=(KEY,),
            is_known=False,
            now=now,
        )
        assert done
        answers.append(done[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "match", together)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(finish, tokens))
    return {answer: answers.count(answer) for answer in answers}


def test_the_wait_for_a_code_ends(shop: OpenShop) -> None:
    with_codes(shop)
    visitor, late = half_way(shop), half_way(shop)
    shop.clock.now += LIFE_SECONDS - 1
    assert types(visitor, code_at(shop.clock.now)).status_code == 303
    shop.clock.now += 1
    assert late.get(STEP).location == "/admin/sign-in"
    assert "The code took too long" in late.get("/admin/sign-in").text
    half_way(shop)
    assert shop.sql("select count(*) from keeper_sign_ins") == [(1,)], "old ones are removed"


@pytest.mark.parametrize("command", ["password", "remove", "totp-off"])
def test_the_wait_for_a_code_ends_with_what_it_was_begun_with(shop: OpenShop, command: str) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    token = csrf_token(visitor.get(STEP).text)
    shop.run("keeper", command, EMAIL, typed="another password, and a longer one\n")
    sent = {"csrf_token": token, "code": code_at(shop.clock.now)}
    assert visitor.post(STEP, data=sent).location == "/admin/sign-in"
    assert not is_signed_in(visitor)
    assert shop.sql("select count(*) from keeper_sessions") == [(0,)]


def test_a_password_that_changes_while_the_code_is_compared_begins_no_session(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_codes(shop)
    visitor, match = half_way(shop), codes.match

    def changed_meanwhile(*arguments: object, **more: object) -> object:
        shop.run("keeper", "password", EMAIL, typed="another password, and a longer one\n")
        return match(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(codes, "match", changed_meanwhile)
    assert types(visitor, code_at(shop.clock.now)).location == "/admin/sign-in"
    assert shop.sql("select count(*) from keeper_sessions") == [(0,)]


def test_the_way_leads_through_the_code_to_the_page_that_was_asked_for(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = shop.visitor()
    signs_in(visitor, next="/admin/orders?q=a")
    assert types(visitor, code_at(shop.clock.now)).location == "/admin/orders?q=a"


def test_the_code_is_asked_of_nobody_who_did_not_enter_the_password(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = shop.visitor()
    assert visitor.get(STEP).location == "/admin/sign-in"
    token = csrf_token(visitor.get("/admin/sign-in").text)
    sent = {"csrf_token": token, "code": code_at(shop.clock.now)}
    assert visitor.post(STEP, data=sent).location == "/admin/sign-in"
    assert not is_signed_in(visitor)


def test_the_cookie_of_the_wait_is_no_session(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    with visitor.session_transaction("/admin") as kept:
        kept["keeper"] = kept["waiting"]["token"]
    assert not is_signed_in(visitor)


def attempts(visitor: LintingClient, addresses: Iterable[str], code: str = "000000") -> list[int]:
    return [types(visitor, code, REMOTE_ADDR=address).status_code for address in addresses]


def many(network: int) -> list[str]:
    return [f"10.0.{network}.{number}" for number in range(11)]


def test_codes_are_limited_like_passwords(shop: OpenShop) -> None:
    with_codes(shop)
    with_codes(shop, "ada@example.com")
    assert attempts(half_way(shop), many(1)) == [422] * 10 + [429]
    assert attempts(half_way(shop), ["10.0.2.1"], code_at(shop.clock.now)) == [429]
    other = shop.visitor()
    signs_in(other, "ada@example.com")
    assert attempts(other, ["10.0.3.1"] * 11)[-1] == 429
    assert attempts(other, ["10.0.3.2"], code_at(shop.clock.now)) == [429]


def test_whoever_knows_the_password_cannot_keep_a_keeper_out_of_their_own_browser(
    shop: OpenShop,
) -> None:
    with_codes(shop)
    keepers = half_way(shop)
    here = "10.0.0.1"
    assert types(keepers, code_at(shop.clock.now)).status_code == 303
    sends(keepers, "/admin/sign-out")
    assert attempts(half_way(shop), [here] * 11)[-1] == 429
    shop.sql("update keeper_codes set refused = ?", MOST_REFUSED)
    shop.clock.now += 30
    signs_in(keepers)
    assert attempts(keepers, [here], code_at(shop.clock.now)) == [303]
    told = "somebody knew your password, but not the code"
    assert told in keepers.get("/admin/orders").text


def test_own_mistakes_are_not_told_as_somebody_elses(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    assert attempts(visitor, ["10.0.0.1"] * 2) == [422] * 2
    assert types(visitor, code_at(shop.clock.now)).status_code == 303
    assert "somebody" not in visitor.get("/admin/orders").text
    assert shop.sql("select refused from keeper_codes") == [(0,)]


def test_a_hundred_wrong_codes_in_a_row_are_the_last_from_an_unknown_browser(
    shop: OpenShop,
) -> None:
    with_codes(shop)
    shop.sql("update keeper_codes set refused = ?", MOST_REFUSED - 1)
    assert attempts(half_way(shop), ["10.0.0.1"]) == [422]
    for code in (code_at(shop.clock.now), RECOVERY[0]):
        response = types(half_way(shop), code)
        assert response.status_code == 422
        assert "Too many codes were wrong" in response.text
    another = "another password, and a longer one"
    shop.run("keeper", "password", EMAIL, typed=f"{another}\n")
    visitor = shop.visitor()
    signs_in(visitor, password=another)
    assert types(visitor, code_at(shop.clock.now)).status_code == 303


def turns_off(visitor: LintingClient, code: str, password: str = PASSWORD) -> int:
    return sends(visitor, f"{CODES}/off", code=code, password=password).status_code


def test_codes_are_turned_off_with_a_code_and_the_password(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    now = shop.clock.now
    types(visitor, code_at(now))
    before = state(shop)[1:]
    assert turns_off(visitor, code_at(now + 30), "a guess") == 422
    assert turns_off(visitor, "000000") == 422
    assert turns_off(visitor, code_at(now)) == 422, "it has counted before"
    assert state(shop)[1:] == before
    assert turns_off(visitor, code_at(now + 30)) == 303
    assert "You are asked for no code any more" in visitor.get(OWN).text
    assert [shop.sql(f"select * from {table}") for table in STATE[:2]] == [[], []]
    assert is_signed_in(visitor)
    assert signs_in(shop.visitor()).location == "/admin"
    assert turns_off(visitor, code_at(now + 60)) == 303, "they are off already"


def test_codes_are_turned_off_with_a_recovery_code(shop: OpenShop) -> None:
    with_codes(shop)
    visitor = half_way(shop)
    types(visitor, RECOVERY[0])
    assert turns_off(visitor, RECOVERY[0]) == 422
    assert turns_off(visitor, RECOVERY[1]) == 303


@pytest.mark.parametrize("form", ["codes", "codes/off"])
def test_a_keepers_password_is_not_guessed_at_their_computer(shop: OpenShop, form: str) -> None:
    visitor = signed_in(shop)
    page = visitor.get(CODES).text
    sent = {"offer": field_value(page, "offer"), "password": "a guess", "code": "000000"}
    statuses = [sends(visitor, f"{OWN}/{form}", **sent).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_lost_phone_is_helped_by_the_shops_machine(shop: OpenShop) -> None:
    with_codes(shop)
    add_keeper(shop, "ada@example.com")
    visitor = half_way(shop)
    types(visitor, code_at(shop.clock.now))
    assert shop.run("keeper", "list") == f"ada@example.com\n{EMAIL}, asked for codes\n"
    said = shop.run("keeper", "totp-off", EMAIL.upper())
    assert "signs in with the password alone now, and is signed out everywhere" in said
    assert not is_signed_in(visitor)
    assert shop.run("keeper", "list") == f"ada@example.com\n{EMAIL}\n"
    assert signs_in(shop.visitor()).location == "/admin"
    for email, reason in ((EMAIL, "is not asked for codes"), ("x@example.com", "not a keeper")):
        assert reason in shop.run("keeper", "totp-off", email, exit_code=1)


def test_another_secret_key_locks_nobody_out(shop: OpenShop, open_shop: Opener) -> None:
    with_codes(shop)
    ((before,),) = shop.sql("select sealed_secret from keeper_codes")
    both = open_shop(SHOP_SECRET_KEYS=f"{NEW_KEY},{KEY}")
    assert types(half_way(both), code_at(shop.clock.now)).status_code == 303
    assert codes.seal_anew(both.engine, (NEW_KEY, KEY)) == []
    ((after,),) = shop.sql("select sealed_secret from keeper_codes")
    assert after != before
    assert codes.seal_anew(both.engine, (NEW_KEY, KEY)) == []
    assert shop.sql("select sealed_secret from keeper_codes") == [(after,)], "once is enough"
    new = open_shop(SHOP_SECRET_KEYS=NEW_KEY)
    shop.clock.now += 30
    assert types(half_way(new), code_at(shop.clock.now)).status_code == 303


def test_without_the_key_a_recovery_code_still_lets_in(shop: OpenShop, open_shop: Opener) -> None:
    with_codes(shop)
    new = open_shop(SHOP_SECRET_KEYS=NEW_KEY)
    assert codes.seal_anew(new.engine, (NEW_KEY,)) == [EMAIL]
    visitor = half_way(new)
    response = types(visitor, code_at(shop.clock.now))
    assert (response.status_code, "has other secret keys now" in response.text) == (422, True)
    assert types(visitor, RECOVERY[0]).status_code == 303


def test_the_cookie_stays_small(shop: OpenShop) -> None:
    with_codes(shop)
    assert len(value_of(half_way(shop))) < 400
