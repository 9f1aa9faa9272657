from __future__ import annotations

import dataclasses

import pytest

from shop.core import cookie
from shop.core.errors import CookieRefused, Expired, Tampered, UnknownVersion
from shop.limits.exhibits import EXHIBITS, CannotBeShownError, Exhibit
from shop.limits.filling import Jar
from shop.limits.stage import FORMER_KEY, Scene

KEY = "a key of the shop"
DAY = 86_400
NAMED = {exhibit.name: exhibit for exhibit in EXHIBITS}


def scene(*, name: str = "cart", limit_bytes: int = 4096, grace_days: int = 3) -> Scene:
    return Scene(Jar(name, (KEY,), limit_bytes), 1_780_000_000, 30 * DAY, grace_days * DAY)


def decoded(exhibit: Exhibit, keys: tuple[str, ...] = (KEY,)) -> object:
    (value,) = exhibit.made(scene())
    return cookie.decode(value, keys, now=scene().now, max_age_seconds=30 * DAY)


@pytest.mark.parametrize("name", ["cart", "__Host-cart"])
@pytest.mark.parametrize("limit_bytes", [64, 1000, 4096])
@pytest.mark.parametrize(("exhibit", "free"), [("full", 0), ("nearly-full", 1)])
def test_the_full_ones_are_so_to_the_byte(
    exhibit: str, free: int, limit_bytes: int, name: str
) -> None:
    (value,) = NAMED[exhibit].made(scene(name=name, limit_bytes=limit_bytes))
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
        NAMED["expired-in-grace"].made(scene(grace_days=0))


def test_a_price_cannot_change_in_a_life_of_a_second() -> None:
    with pytest.raises(CannotBeShownError, match="too briefly"):
        NAMED["changed-price"].made(dataclasses.replace(scene(), life_seconds=1))


def test_every_version_of_the_format_there_ever_was_is_shown() -> None:
    for version in range(1, cookie.FORMAT_VERSION + 1):
        (value,) = NAMED[f"version-{version}"].made(scene())
        assert cookie.dissect(value, [KEY]).json.startswith(f"[{version},")
    assert len(NAMED) == len(EXHIBITS)
