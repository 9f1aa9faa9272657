from __future__ import annotations

import json
from pathlib import Path

import pytest

from shop.core import cookie
from shop.core.cart import MAX_TIME
from tests.unit.core.carts import cart_of

GOLDEN = Path(__file__).parents[2] / "golden"
COOKIES = [
    pytest.param(file["key"], golden, id=f"{path.stem}, {golden['name']}")
    for path in sorted(GOLDEN.glob("v*.json"))
    for file in [json.loads(path.read_text("utf-8"))]
    for golden in file["cookies"]
]


def test_every_format_version_has_its_golden_cookies() -> None:
    versions = [f"v{version}.json" for version in range(1, cookie.FORMAT_VERSION + 1)]
    assert sorted(path.name for path in GOLDEN.glob("v*.json")) == versions


@pytest.mark.parametrize(("key", "golden"), COOKIES)
def test_every_golden_cookie_is_still_read(
    key: str, golden: dict[str, str | int | list[list[int]]]
) -> None:
    lines, changed_at = golden["lines"], golden["changed_at"]
    assert isinstance(lines, list)
    assert isinstance(changed_at, int)
    cart = cart_of(*((number, quantity) for number, quantity in lines), changed_at=changed_at)
    coupon = golden.get("coupon", 0)
    assert isinstance(coupon, int)
    value = str(golden["value"])
    assert cookie.decode(value, [key], now=MAX_TIME, max_age_seconds=MAX_TIME) == cart.with_coupon(
        coupon
    )
