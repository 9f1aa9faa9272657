"""Nobody but a keeper gets into the admin: every route is tried with every other session."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from shop.admin.session import PATH
from shop.storage.keepers.sessions import IDLE_SECONDS, LIFE_SECONDS
from tests.conftest import Opener, OpenShop
from tests.integration.client import (
    CUSTOMER,
    LintingClient,
    csrf_token,
    elements,
    parsed,
    text_of,
)
from tests.integration.keepers import (
    COOKIE,
    EMAIL,
    add_keeper,
    sends,
    signed_in,
    signs_in,
    value_of,
    with_codes,
)
from tests.integration.test_orders import placed

ANOTHER_KEY = "a key of another shop that is long enough to be one"
FOR_EVERYBODY = (
    "admin.sign_in.show",
    "admin.sign_in.create",
    "admin.code_step.show",
    "admin.code_step.create",
)
"""Written out, so that no other endpoint becomes free by a slip."""
FIELDS = {
    "status": "paid",
    "sku": "X",
    "name": "X",
    "price": "1",
    "email": EMAIL,
    "password": "a guess that is long enough",
}


def without(shop: OpenShop, _: Opener) -> LintingClient:
    add_keeper(shop)
    return shop.visitor()


def idle(shop: OpenShop, _: Opener) -> LintingClient:
    visitor = signed_in(shop)
    shop.clock.now += IDLE_SECONDS
    return visitor


def too_old(shop: OpenShop, _: Opener) -> LintingClient:
    visitor = signed_in(shop)
    shop.clock.now += LIFE_SECONDS
    shop.sql("update keeper_sessions set seen_at = ?", shop.clock.now)
    return visitor


def signed_out(shop: OpenShop, _: Opener) -> LintingClient:
    """Whoever has copied the cookie of a session before its keeper ended it."""
    keeper, copier = signed_in(shop), shop.visitor()
    copier.raw_cookies = f"{COOKIE}={value_of(keeper)}"
    assert copier.get("/admin/orders").status_code == 200
    assert sends(keeper, "/admin/sign-out").status_code == 303
    return copier


def removed(shop: OpenShop, _: Opener) -> LintingClient:
    visitor = signed_in(shop)
    shop.sql("delete from keeper_sessions")
    shop.sql("delete from keepers")
    add_keeper(shop, "ada@example.com")
    return visitor


def of_another_shop(shop: OpenShop, open_shop: Opener) -> LintingClient:
    """A session that another shop signed, though its row is in this one's database."""
    other = open_shop(SHOP_SECRET_KEYS=ANOTHER_KEY)
    visitor = shop.visitor()
    visitor.raw_cookies = f"{COOKIE}={value_of(signed_in(other))}"
    return visitor


def half_signed_in(shop: OpenShop, _: Opener) -> LintingClient:
    """Whoever knows the password of a keeper, but not the code."""
    with_codes(shop)
    visitor = shop.visitor()
    assert signs_in(visitor).location == "/admin/sign-in/code"
    return visitor


STRANGERS = [without, idle, too_old, signed_out, removed, of_another_shop, half_signed_in]


def routes(shop: OpenShop) -> list[tuple[str, str, str]]:
    """Every route of the admin: its method, its rule and its endpoint."""
    return [
        (method, rule.rule, rule.endpoint)
        for rule in shop.app.url_map.iter_rules()
        if rule.rule == PATH or rule.rule.startswith(f"{PATH}/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address_of(rule: str, reference: str) -> str:
    """The address of a route for the first message or product, and the order with this
    reference."""
    return re.sub("<[^>]+>", reference, re.sub("<int[^>]+>", "1", rule))


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.__name__)
def test_nobody_else_gets_in(
    shop: OpenShop, open_shop: Opener, stranger: Callable[[OpenShop, Opener], LintingClient]
) -> None:
    reference = placed(shop)
    visitor = stranger(shop, open_shop)
    before = shop.dump()
    tried = 0
    for method, rule, endpoint in routes(shop):
        if endpoint in FOR_EVERYBODY:
            continue
        address = address_of(rule, reference)
        token = csrf_token(visitor.get("/admin/sign-in").text)
        response = visitor.open(address, method=method, data={**FIELDS, "csrf_token": token})
        if method == "GET":
            assert response.status_code == 303, address
            assert response.location.startswith("/admin/sign-in?"), address
        else:
            assert response.status_code in (400, 403), address
        assert CUSTOMER["name"] not in response.text
        tried += 1
    assert tried >= 15
    assert shop.dump() == before


def test_a_form_without_its_token_is_refused_even_from_a_keeper(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    before = shop.dump()
    for method, rule, _ in routes(shop):
        if method != "GET":
            address = address_of(rule, reference)
            assert visitor.post(address, data=FIELDS).status_code == 400, address
    assert shop.dump() == before


def test_a_keeper_gets_in_everywhere(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    for method, rule, endpoint in routes(shop):
        if method == "GET" and endpoint != "admin.missing":
            response = visitor.get(address_of(rule, reference))
            assert response.status_code in (200, 303), rule
            assert not (response.location or "").startswith("/admin/sign-in"), rule


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_address_that_is_none_gets_a_page_of_the_admin(shop: OpenShop, method: str) -> None:
    visitor = signed_in(shop)
    token = csrf_token(visitor.get("/admin/orders").text)
    for address in ("/admin/nothing", "/admin/orders/AAAA-AAAA/nothing"):
        response = visitor.open(address, method=method, data={"csrf_token": token})
        assert (response.status_code, text_of(response.text, "h1")) == (
            404,
            "There is nothing here",
        )
        assert elements(parsed(response.text), ".admin-top")


def test_a_keeper_of_a_shop_mounted_below_a_path(shop: OpenShop) -> None:
    add_keeper(shop)
    visitor = shop.visitor(base_url="http://localhost/shops/crumb")
    headers = signs_in(visitor).headers.getlist("Set-Cookie")
    assert len(headers) == 2
    assert all("Path=/shops/crumb/admin" in header.split("; ") for header in headers)
