from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from shop.core import cookie
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused, Tampered, UnknownVersion
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.museum.demo_shop import FORMER_KEY, Conditions, Reply, Showing
from shop.lab.museum.exhibits import EXHIBITS, CannotBeShownError, Exhibit
from shop.lab.museum.page_text import LineText, PageText

KEY = "a key of the shop"
DAY = 86_400
NAMED = {exhibit.name: exhibit for exhibit in EXHIBITS}


def conditions(*, name: str = "cart", limit_bytes: int = 4096, grace_days: int = 3) -> Conditions:
    return Conditions(
        CookieLimit(name, (KEY,), limit_bytes), 1_780_000_000, 30 * DAY, grace_days * DAY
    )


def decoded(exhibit: Exhibit, keys: tuple[str, ...] = (KEY,)) -> object:
    (value,) = exhibit.made(conditions())
    return cookie.decode(value, keys, now=conditions().now, max_age_seconds=30 * DAY)


@pytest.mark.parametrize("name", ["cart", "__Host-cart"])
@pytest.mark.parametrize("limit_bytes", [64, 1000, 4096])
@pytest.mark.parametrize(("exhibit", "free"), [("full", 0), ("nearly-full", 1)])
def test_full_carts_have_the_exact_size(
    exhibit: str, free: int, limit_bytes: int, name: str
) -> None:
    (value,) = NAMED[exhibit].made(conditions(name=name, limit_bytes=limit_bytes))
    assert len(name) + len(value) == limit_bytes - free


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("expired-in-grace", Expired),
        ("expired", Expired),
        ("forged", Tampered),
        ("rotated-away", Tampered),
        ("rotated-accepted", Tampered),
        ("unknown-version", UnknownVersion),
    ],
)
def test_refused_exhibits_have_the_right_reason(name: str, refusal: type[CookieRefused]) -> None:
    with pytest.raises(refusal):
        decoded(NAMED[name])


def test_the_rotated_exhibit_is_accepted_with_its_former_key() -> None:
    assert decoded(NAMED["rotated-accepted"], (KEY, FORMER_KEY))


def test_one_exhibit_expired_within_the_grace_period_and_one_after_it() -> None:
    ages = {}
    for name in ("expired-in-grace", "expired"):
        with pytest.raises(Expired) as refused:
            decoded(NAMED[name])
        ages[name] = refused.value.age_seconds
    assert 30 * DAY < ages["expired-in-grace"] <= 33 * DAY
    assert ages["expired"] == 33 * DAY + 1


def test_without_a_grace_period_that_exhibit_cannot_be_shown() -> None:
    with pytest.raises(CannotBeShownError, match="SHOP_CART_GRACE_DAYS is 0"):
        NAMED["expired-in-grace"].made(conditions(grace_days=0))


def test_a_price_change_cannot_be_shown_with_a_lifetime_of_a_second() -> None:
    with pytest.raises(CannotBeShownError, match="do not live long enough"):
        NAMED["changed-price"].made(dataclasses.replace(conditions(), life_seconds=1))


def test_every_version_of_the_format_has_an_exhibit() -> None:
    for version in range(1, cookie.FORMAT_VERSION + 1):
        (value,) = NAMED[f"version-{version}"].made(conditions())
        assert cookie.dissect(value, [KEY]).json.startswith(f"[{version},")
    assert len(NAMED) == len(EXHIBITS)


DELETION = "cart=; Path=/; Max-Age=0; HttpOnly"
RENEWAL = "cart=jX.Y; Path=/; Max-Age=60; HttpOnly"
MUG = LineText("Mug", "", "£9", "1", "£9")
PENCIL = LineText("Pencil", "", "£1", "1", "£1")


def reply(
    *messages: str,
    lines: tuple[LineText, ...] = (),
    statuses: tuple[int, ...] = (200,),
    sent: tuple[str, ...] = (),
    refusals: tuple[str, ...] = (),
    held: tuple[str, ...] = (),
) -> Reply:
    page = PageText(messages, lines, len(lines))
    return Reply("GET /cart", statuses, sent, refusals, held, page)


def refused(name: str, messages: str) -> Reply:
    return reply(messages, refusals=(f"{name}: why",), held=("jX.Y",))


def cart_changed(*lines: LineText) -> Reply:
    return reply(lines=lines, statuses=(303, 200), sent=(RENEWAL,), held=("jX.Y",))


READ = reply(lines=(MUG,), held=("jX.Y",))
FULL = reply("One more does not fit", statuses=(409,), held=("jX.Y",))
UNSIGNED = refused("Tampered", "The cart in this browser was not signed by this shop")
NEW_CART = cart_changed(PENCIL)
DELETED = LineText("A product we no longer have", "No longer sold", "", "1", "not charged")
DISCONTINUED = LineText("Discontinued diary", "No longer sold", "£13", "1", "not charged")
SOLD_OUT = LineText(
    "Sold-out teapot",
    "Sold out, so it is not charged. We keep it in case we get more.",
    "£36",
    "1",
    "not charged",
)
REPRICED = LineText(
    "Lamp with a new price", "Now £50, was £40 when you last looked", "£50", "1", "£50"
)
# By exhibit: correct replies when its page is opened, and to the action after that.
GOOD = {
    "nearly-full": (READ, FULL),
    "full": (READ, FULL),
    "expired-in-grace": (
        reply("Your cart has expired. Restore it?", refusals=("Expired: by a day",)),
        cart_changed(MUG),
    ),
    "expired": (
        reply(
            "Your cart has expired and could not be kept",
            refusals=("Expired: by two months",),
            sent=(DELETION,),
        ),
        NEW_CART,
    ),
    "forged": (UNSIGNED, NEW_CART),
    "rotated-away": (UNSIGNED, NEW_CART),
    "unknown-version": (
        refused("UnknownVersion", "Your cart was saved by another version of this shop"),
        reply("Please try again later, or start a new cart", statuses=(409,)),
    ),
    "version-1": (READ, cart_changed(MUG, PENCIL)),
    "version-2": (READ, cart_changed(MUG, PENCIL)),
    "deleted-product": (reply(lines=(DELETED,)), cart_changed(DELETED, PENCIL)),
    "discontinued-product": (reply(lines=(DISCONTINUED,)), cart_changed(DISCONTINUED, PENCIL)),
    "changed-price": (reply(lines=(REPRICED,)), cart_changed(REPRICED, PENCIL)),
    "sold-out": (
        reply(lines=(SOLD_OUT,)),
        reply("This is sold out", statuses=(409,)),
    ),
    "two-of-one-name": (READ, cart_changed(MUG, PENCIL)),
    "foreign": (
        refused("Malformed", "The cart in this browser is damaged, or not this shop’s"),
        NEW_CART,
    ),
}


def unmet(name: str, opened: Reply, acted: Reply) -> list[int]:
    """The unmet expectations of an exhibit, counted from 1."""
    octets = {"full": 4096, "nearly-full": 4095}.get(name, 60)
    show = Showing(conditions(), ("x" * (octets - len("cart")),), opened, acted)
    expected = NAMED[name].expected
    return [at for at, expectation in enumerate(expected, 1) if not expectation.is_met(show)]


@pytest.mark.parametrize("name", GOOD)
def test_correct_replies_meet_every_expectation(name: str) -> None:
    assert unmet(name, *GOOD[name]) == []


REFUSED = ("expired", "forged", "rotated-away", "unknown-version", "foreign")
ACCEPTED = ("nearly-full", "full", "version-1", "changed-price", "two-of-one-name")
LEFT_OUT = ("deleted-product", "discontinued-product", "sold-out")
KEPT = (
    "version-1",
    "deleted-product",
    "discontinued-product",
    "changed-price",
    "two-of-one-name",
)
FIRST_READ = {"nearly-full": 2, "full": 2}
"""The position of the expectation that the cart is read, if it is not the first."""


@pytest.mark.parametrize("name", REFUSED)
def test_faults_with_a_refused_cart_are_detected(name: str) -> None:
    opened, acted = GOOD[name]

    def unmet_with(**changes: Any) -> list[int]:
        return unmet(name, dataclasses.replace(opened, **changes), acted)

    assert unmet_with(refusals=()) == [1]
    assert unmet_with(refusals=("Refused: why",)) == [1]
    assert unmet_with(refusals=opened.refusals * 2) == [1]
    assert unmet_with(set_cookies=(RENEWAL, RENEWAL)) == [2]
    if name == "expired":
        assert unmet_with(set_cookies=()) == [2]
        assert unmet_with(held=("jX.Y",)) == [2]
    else:
        assert unmet_with(set_cookies=(DELETION,)) == [2]
    assert unmet_with(page=dataclasses.replace(opened.page, messages=("Hm",))) == [3]
    assert unmet_with(page=dataclasses.replace(opened.page, lines=(MUG,))) == [4]
    assert unmet(name, opened, cart_changed(MUG, PENCIL)) == [5]
    assert unmet(name, opened, reply(lines=(PENCIL,))) == [5]


def test_using_the_older_of_two_carts_is_detected() -> None:
    opened, acted = GOOD["two-of-one-name"]
    older = dataclasses.replace(opened.page, lines=(PENCIL,))
    assert unmet("two-of-one-name", dataclasses.replace(opened, page=older), acted) == [3]


@pytest.mark.parametrize("name", [*ACCEPTED, *LEFT_OUT])
def test_an_unread_or_rewritten_cart_is_detected(name: str) -> None:
    opened, acted = GOOD[name]
    at = FIRST_READ.get(name, 1)
    refused = dataclasses.replace(opened, refusals=("Malformed: why",))
    assert unmet(name, refused, acted) == [at]
    empty = dataclasses.replace(opened, page=PageText())
    assert at in unmet(name, empty, acted)
    for sent in (DELETION, RENEWAL):
        assert unmet(name, dataclasses.replace(opened, set_cookies=(sent,)), acted) == [at + 1]


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_line_that_is_charged_or_has_no_note_is_detected(name: str) -> None:
    opened, acted = GOOD[name]
    (line,) = opened.page.lines
    assert unmet(name, reply(lines=(dataclasses.replace(line, total="£13"),)), acted) == [3]
    assert unmet(name, reply(lines=(dataclasses.replace(line, note=""),)), acted) == [4]


@pytest.mark.parametrize("name", KEPT)
def test_a_line_that_is_lost_when_another_is_added_is_detected(name: str) -> None:
    opened, acted = GOOD[name]
    (line,) = opened.page.lines
    last = len(NAMED[name].expected)
    assert unmet(name, opened, cart_changed(PENCIL)) == [last]
    assert unmet(name, opened, cart_changed(line, PENCIL, MUG)) == [last]
    assert unmet(name, opened, dataclasses.replace(acted, set_cookies=())) == [last]


@pytest.mark.parametrize(("name", "last"), [("nearly-full", 4), ("full", 4), ("sold-out", 5)])
def test_a_missing_refusal_is_detected(name: str, last: int) -> None:
    opened, acted = GOOD[name]
    assert unmet(name, opened, dataclasses.replace(acted, statuses=(303, 200))) == [last]
    assert unmet(name, opened, dataclasses.replace(acted, set_cookies=(RENEWAL,))) == [last]
    assert unmet(name, opened, reply("Hm", statuses=(409,))) == [last]


def test_an_old_price_is_detected() -> None:
    _, acted = GOOD["changed-price"]
    old_price = dataclasses.replace(REPRICED, price="£40", total="£40")
    assert unmet("changed-price", reply(lines=(old_price,)), acted) == [4]
    incomplete = dataclasses.replace(REPRICED, note="Now £50,")
    assert unmet("changed-price", reply(lines=(incomplete,)), acted) == [3]


def test_an_expired_cart_that_is_not_restored_is_detected() -> None:
    opened, acted = GOOD["expired-in-grace"]
    assert unmet("expired-in-grace", opened, NEW_CART) == [5]
    assert unmet("expired-in-grace", opened, dataclasses.replace(acted, set_cookies=())) == [5]
    assert unmet(
        "expired-in-grace", dataclasses.replace(opened, set_cookies=(DELETION,)), acted
    ) == [2]


def test_a_cart_that_is_not_signed_again_is_detected() -> None:
    (former,) = NAMED["rotated-accepted"].made(conditions())
    (newly_signed,) = NAMED["version-1"].made(conditions())
    for held, expected_unmet in (((newly_signed,), []), ((former,), [4]), ((), [4])):
        acted = dataclasses.replace(cart_changed(MUG, PENCIL), held=held)
        assert unmet("rotated-accepted", READ, acted) == expected_unmet


@pytest.mark.parametrize("name", ["full", "nearly-full"])
def test_a_byte_more_or_less_is_detected(name: str) -> None:
    octets = {"full": 4096, "nearly-full": 4095}[name]
    for wrong in (octets - 1, octets + 1):
        show = Showing(conditions(), ("x" * (wrong - len("cart")),), *GOOD[name])
        assert [expected.is_met(show) for expected in NAMED[name].expected] == [False] + [True] * 3
