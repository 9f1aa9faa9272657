"""Messages wait in the session cookie for the next page, and never make it too large."""

from __future__ import annotations

import random

from tests.conftest import OpenShop
from tests.integration.carts import notices
from tests.integration.client import LintingClient

PENDING = 20


def session_bytes(visitor: LintingClient) -> int:
    kept = visitor.get_cookie("session")
    return len("session") + len(kept.value) if kept else 0


def rename(shop: OpenShop, sku: str, name: str) -> None:
    with shop.app.extensions["shop"].engine.begin() as connection:
        connection.exec_driver_sql("update products set name = ? where sku = ?", (name, sku))


def test_many_pending_messages_keep_the_session_cookie_short(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rng = random.Random(1)
    skus = shop.sql("select sku from products where stock > 1 limit ?", PENDING)
    for (sku,) in skus:
        # Names that are not alike, or the session would deflate them well.
        name = "".join(rng.choices([chr(0x4E00 + at) for at in range(20_000)], k=200))
        rename(shop, sku, name)
        visitor.add(sku)
    assert session_bytes(visitor) < 1000
    assert f"Added to your cart: {name[:5]}" in notices(visitor)


def test_a_long_name_is_truncated_in_messages_but_not_in_the_cart(
    shop: OpenShop, visitor: LintingClient
) -> None:
    name = " ".join(["A notebook that is named at length"] * 4)
    rename(shop, "MUG", name)
    visitor.add("MUG")
    page = visitor.get("/cart").text
    assert f"Added to your cart: {name[:78]}…" in page
    assert f">{name}</a>" in page
