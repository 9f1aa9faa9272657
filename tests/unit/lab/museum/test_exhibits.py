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
def test_the_full_ones_are_so_to_the_byte(
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
def test_each_is_refused_for_its_own_reason(name: str, refusal: type[CookieRefused]) -> None:
    with pytest.raises(refusal):
        decoded(NAMED[name])


def test_the_rotated_one_is_accepted_beside_its_former_key() -> None:
    assert decoded(NAMED["rotated-accepted"], (KEY, FORMER_KEY))


def test_one_expired_is_in_the_grace_and_one_beyond() -> None:
    ages = {}
    for name in ("expired-in-grace", "expired"):
        with pytest.raises(Expired) as refused:
            decoded(NAMED[name])
        ages[name] = refused.value.age_seconds
    assert 30 * DAY < ages["expired-in-grace"] <= 33 * DAY
    assert ages["expired"] == 33 * DAY + 1


def test_without_a_grace_none_is_in_it() -> None:
    with pytest.raises(CannotBeShownError, match="SHOP_CART_GRACE_DAYS is 0"):
        NAMED["expired-in-grace"].made(conditions(grace_days=0))


def test_a_price_cannot_change_in_a_life_of_a_second() -> None:
    with pytest.raises(CannotBeShownError, match="too briefly"):
        NAMED["changed-price"].made(dataclasses.replace(conditions(), life_seconds=1))


def test_every_version_of_the_format_there_ever_was_is_shown() -> None:
    for version in range(1, cookie.FORMAT_VERSION + 1):
        (value,) = NAMED[f"version-{version}"].made(conditions())
        assert cookie.dissect(value, [KEY]).json.startswith(f"[{version},")
    assert len(NAMED) == len(EXHIBITS)


GONE = "cart=; Path=/; Max-Age=0; HttpOnly"
ANEW = "cart=jX.Y; Path=/; Max-Age=60; HttpOnly"
MUG = LineText("Mug", "", "£9", "1", "£9")
PENCIL = LineText("Pencil", "", "£1", "1", "£1")


def reply(
    *said: str,
    lines: tuple[LineText, ...] = (),
    statuses: tuple[int, ...] = (200,),
    sent: tuple[str, ...] = (),
    refusals: tuple[str, ...] = (),
    held: tuple[str, ...] = (),
) -> Reply:
    page = PageText(said, lines, len(lines))
    return Reply("GET /cart", statuses, sent, refusals, held, page)


def refused(name: str, said: str) -> Reply:
    return reply(said, refusals=(f"{name}: why",), held=("jX.Y",))


def goes_on(*lines: LineText) -> Reply:
    return reply(lines=lines, statuses=(303, 200), sent=(ANEW,), held=("jX.Y",))


READ = reply(lines=(MUG,), held=("jX.Y",))
FULL = reply("One more does not fit", statuses=(409,), held=("jX.Y",))
UNSIGNED = refused("Tampered", "The cart in this browser was not signed by this shop")
BEGUN = goes_on(PENCIL)
DELETED = LineText("A product we no longer have", "No longer sold", "", "1", "not charged")
DISCONTINUED = LineText("Discontinued diary", "No longer sold", "£13", "1", "not charged")
SOLD_OUT = LineText(
    "Sold-out teapot",
    "Sold out, so it is not charged. It stays here in case it returns.",
    "£36",
    "1",
    "not charged",
)
REPRICED = LineText(
    "Lamp with a new price", "Now £50, was £40 when you last looked", "£50", "1", "£50"
)
# By name: what is as it should be when the page is opened, and when it is acted upon.
GOOD = {
    "nearly-full": (READ, FULL),
    "full": (READ, FULL),
    "expired-in-grace": (
        reply("Your cart has expired. Restore it?", refusals=("Expired: by a day",)),
        goes_on(MUG),
    ),
    "expired": (
        reply(
            "Your cart has expired and could not be kept",
            refusals=("Expired: by two months",),
            sent=(GONE,),
        ),
        BEGUN,
    ),
    "forged": (UNSIGNED, BEGUN),
    "rotated-away": (UNSIGNED, BEGUN),
    "unknown-version": (
        refused("UnknownVersion", "Your cart was saved by another version of this shop"),
        BEGUN,
    ),
    "version-1": (READ, goes_on(MUG, PENCIL)),
    "version-2": (READ, goes_on(MUG, PENCIL)),
    "deleted-product": (reply(lines=(DELETED,)), goes_on(DELETED, PENCIL)),
    "discontinued-product": (reply(lines=(DISCONTINUED,)), goes_on(DISCONTINUED, PENCIL)),
    "changed-price": (reply(lines=(REPRICED,)), goes_on(REPRICED, PENCIL)),
    "sold-out": (
        reply(lines=(SOLD_OUT,)),
        reply("This is sold out", statuses=(409,)),
    ),
    "two-of-one-name": (READ, goes_on(MUG, PENCIL)),
    "foreign": (
        refused("Malformed", "The cart in this browser is damaged, or not of this shop"),
        BEGUN,
    ),
}


def unmet(name: str, opened: Reply, acted: Reply) -> list[int]:
    """Which of an exhibit's expectations are not met, counted from 1."""
    octets = {"full": 4096, "nearly-full": 4095}.get(name, 60)
    show = Showing(conditions(), ("x" * (octets - len("cart")),), opened, acted)
    expected = NAMED[name].expected
    return [at for at, expectation in enumerate(expected, 1) if not expectation.is_met(show)]


@pytest.mark.parametrize("name", GOOD)
def test_what_is_as_it_should_be_is_said_to_be(name: str) -> None:
    assert unmet(name, *GOOD[name]) == []


REFUSED = ("expired", "forged", "rotated-away", "unknown-version", "foreign")
READ_ONES = ("nearly-full", "full", "version-1", "changed-price", "two-of-one-name")
LEFT_OUT = ("deleted-product", "discontinued-product", "sold-out")
KEPT = (
    "version-1",
    "deleted-product",
    "discontinued-product",
    "changed-price",
    "two-of-one-name",
)
FIRST_READ = {"nearly-full": 2, "full": 2}
"""Where an exhibit says that it is read, if it does not begin with that."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_amiss_with_a_refused_cart_is_found(name: str) -> None:
    opened, acted = GOOD[name]

    def having(**changes: Any) -> list[int]:
        return unmet(name, dataclasses.replace(opened, **changes), acted)

    assert having(refusals=()) == [1]
    assert having(refusals=("Refused: why",)) == [1]
    assert having(refusals=opened.refusals * 2) == [1]
    assert having(set_cookies=(ANEW, ANEW)) == [2]
    if name == "expired":
        assert having(set_cookies=()) == [2]
        assert having(held=("jX.Y",)) == [2]
    else:
        assert having(set_cookies=(GONE,)) == [2]
    assert having(page=dataclasses.replace(opened.page, messages=("Hm",))) == [3]
    assert having(page=dataclasses.replace(opened.page, lines=(MUG,))) == [4]
    assert unmet(name, opened, goes_on(MUG, PENCIL)) == [5]
    assert unmet(name, opened, reply(lines=(PENCIL,))) == [5]


def test_of_two_carts_the_older_one_is_found() -> None:
    opened, acted = GOOD["two-of-one-name"]
    older = dataclasses.replace(opened.page, lines=(PENCIL,))
    assert unmet("two-of-one-name", dataclasses.replace(opened, page=older), acted) == [3]


@pytest.mark.parametrize("name", [*READ_ONES, *LEFT_OUT])
def test_a_cart_that_is_not_read_or_left_alone_is_found(name: str) -> None:
    opened, acted = GOOD[name]
    at = FIRST_READ.get(name, 1)
    refused = dataclasses.replace(opened, refusals=("Malformed: why",))
    assert unmet(name, refused, acted) == [at]
    empty = dataclasses.replace(opened, page=PageText())
    assert at in unmet(name, empty, acted)
    for sent in (GONE, ANEW):
        assert unmet(name, dataclasses.replace(opened, set_cookies=(sent,)), acted) == [at + 1]


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_line_that_is_charged_or_says_nothing_is_found(name: str) -> None:
    opened, acted = GOOD[name]
    (line,) = opened.page.lines
    assert unmet(name, reply(lines=(dataclasses.replace(line, total="£13"),)), acted) == [3]
    assert unmet(name, reply(lines=(dataclasses.replace(line, note=""),)), acted) == [4]


@pytest.mark.parametrize("name", KEPT)
def test_a_line_that_is_not_kept_beside_a_new_one_is_found(name: str) -> None:
    opened, acted = GOOD[name]
    (line,) = opened.page.lines
    last = len(NAMED[name].expected)
    assert unmet(name, opened, goes_on(PENCIL)) == [last]
    assert unmet(name, opened, goes_on(line, PENCIL, MUG)) == [last]
    assert unmet(name, opened, dataclasses.replace(acted, set_cookies=())) == [last]


@pytest.mark.parametrize(("name", "last"), [("nearly-full", 4), ("full", 4), ("sold-out", 5)])
def test_what_should_be_refused_and_is_not_is_found(name: str, last: int) -> None:
    opened, acted = GOOD[name]
    assert unmet(name, opened, dataclasses.replace(acted, statuses=(303, 200))) == [last]
    assert unmet(name, opened, dataclasses.replace(acted, set_cookies=(ANEW,))) == [last]
    assert unmet(name, opened, reply("Hm", statuses=(409,))) == [last]


def test_a_price_that_is_not_the_new_one_is_found() -> None:
    _, acted = GOOD["changed-price"]
    as_it_was = dataclasses.replace(REPRICED, price="£40", total="£40")
    assert unmet("changed-price", reply(lines=(as_it_was,)), acted) == [4]
    quiet = dataclasses.replace(REPRICED, note="Now £50,")
    assert unmet("changed-price", reply(lines=(quiet,)), acted) == [3]


def test_an_expired_cart_that_does_not_come_back_is_found() -> None:
    opened, acted = GOOD["expired-in-grace"]
    assert unmet("expired-in-grace", opened, BEGUN) == [5]
    assert unmet("expired-in-grace", opened, dataclasses.replace(acted, set_cookies=())) == [5]
    assert unmet("expired-in-grace", dataclasses.replace(opened, set_cookies=(GONE,)), acted) == [2]


def test_a_cart_that_is_not_signed_anew_is_found() -> None:
    (former,) = NAMED["rotated-accepted"].made(conditions())
    (anew,) = NAMED["version-1"].made(conditions())
    for held, found in (((anew,), []), ((former,), [4]), ((), [4])):
        acted = dataclasses.replace(goes_on(MUG, PENCIL), held=held)
        assert unmet("rotated-accepted", READ, acted) == found


@pytest.mark.parametrize("name", ["full", "nearly-full"])
def test_a_byte_more_or_less_is_found(name: str) -> None:
    octets = {"full": 4096, "nearly-full": 4095}[name]
    for wrong in (octets - 1, octets + 1):
        show = Showing(conditions(), ("x" * (wrong - len("cart")),), *GOOD[name])
        assert [expected.is_met(show) for expected in NAMED[name].expected] == [False] + [True] * 3
