"""Test mode: worlds, the clock, faults, and where it may run."""

from __future__ import annotations

import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shop.config import SettingsError
from shop.test_mode.worlds import MOST_WORLDS
from tests.conftest import DAY, Opener, OpenShop
from tests.integration.checkouts import place
from tests.integration.client import CUSTOMER, TOKEN_PAGE, LintingClient, field_value, text_of


@pytest.fixture
def visitor(target: OpenShop) -> LintingClient:
    return target.visitor()


def world(name: str) -> dict[str, str]:
    return {"Shop-World": name}


def json_of(response: TestResponse) -> Any:
    """The JSON of a response, of any type."""
    return response.get_json()


def ordered(visitor: LintingClient, headers: dict[str, str]) -> str:
    """The address of an order of one salt pig, placed with these headers on every request."""
    visitor.put("/api/cart", json={"lines": [{"sku": "SALT-PIG"}]}, headers=headers)
    page = visitor.get("/checkout", headers=headers).text
    fields = CUSTOMER | {name: field_value(page, name) for name in ("once", "csrf_token")}
    return str(visitor.post("/checkout", data=fields, headers=headers).location)


def stock(visitor: LintingClient, headers: dict[str, str]) -> int:
    product = json_of(visitor.get("/api/products/SALT-PIG", headers=headers))
    return int(product["stock"])


def references(visitor: LintingClient, headers: dict[str, str]) -> list[str]:
    found = json_of(visitor.get("/api/orders", headers=headers))
    return [order["reference"] for order in found["orders"]]


def test_worlds_do_not_see_each_others_orders_and_stock(
    target: OpenShop, visitor: LintingClient
) -> None:
    before = target.dump()
    count = stock(visitor, world("blue"))
    address = ordered(visitor, world("blue"))
    assert stock(visitor, world("blue")) == count - 1
    assert len(references(visitor, world("blue"))) == 1
    assert visitor.get(address, headers=world("blue")).status_code == 200
    assert stock(visitor, world("green")) == count
    assert references(visitor, world("green")) == []
    assert references(visitor, {}) == []
    assert visitor.get(address, headers=world("green")).status_code == 404
    assert target.dump() == before


def test_a_host_name_chooses_a_world_too(target: OpenShop, visitor: LintingClient) -> None:
    ordered(visitor, world("blue"))
    elsewhere = target.visitor(base_url="http://blue.localhost")
    assert len(references(elsewhere, {})) == 1
    assert references(elsewhere, world("green")) == []


def test_a_reset_restores_one_world_only(visitor: LintingClient) -> None:
    count = stock(visitor, {})
    for name in ("blue", "green"):
        ordered(visitor, world(name))
        visitor.post("/test/clock", data={"offset": "+3d"}, headers=world(name))
        visitor.post("/test/faults", data={"faults": "database-down"}, headers=world(name))
    state = json_of(visitor.post("/test/reset", headers=world("blue")))
    assert (state["world"], state["offset_seconds"], state["faults"]) == ("blue", 3 * DAY, "")
    assert json_of(visitor.get("/test", headers=world("blue")))["offset_seconds"] == 0
    assert stock(visitor, world("blue")) == count
    assert references(visitor, world("blue")) == []
    assert visitor.get("/products", headers=world("green")).status_code == 503
    visitor.post("/test/faults", headers=world("green"))
    assert len(references(visitor, world("green"))) == 1


def test_an_ended_world_makes_room_for_another(visitor: LintingClient) -> None:
    names = [f"w{number}" for number in range(MOST_WORLDS)]
    for name in names:
        visitor.get("/test", headers=world(name))
    full = visitor.get("/products", headers=world("one-more"))
    assert full.status_code == 400
    assert "32 worlds are open, and that is the most: w0, w1" in full.text
    assert visitor.delete("/test/world", headers=world("w7")).status_code == 204
    assert visitor.get("/products", headers=world("one-more")).status_code == 200
    open_worlds = json_of(visitor.get("/test/worlds", headers=world("w0")))["worlds"]
    assert set(open_worlds) == {*names, "one-more", "default"} - {"w7"}


@pytest.mark.parametrize("name", ["-", "../up", "a b", "é", "x" * 64, "a/b", "a.b"])
def test_a_name_that_is_none_is_refused(visitor: LintingClient, name: str) -> None:
    refused = visitor.get("/", headers=world(name))
    assert refused.status_code == 400
    assert "cannot be the name of a world" in refused.text


def test_names_differ_by_more_than_case(visitor: LintingClient) -> None:
    ordered(visitor, world("Blue"))
    assert len(references(visitor, world("bLUE"))) == 1


def test_a_header_moves_the_clock_of_its_request_only(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]})
    later = {"Shop-Clock": "+31d"}
    assert "has expired" in text_of(visitor.get("/cart", headers=later).text, "main")
    assert "Everyday mug" in text_of(visitor.get("/cart").text, "main")
    assert json_of(visitor.get("/api/cart", headers=later))["refusal"] == "Expired"


def test_an_order_is_placed_at_the_time_of_the_clock(
    target: OpenShop, visitor: LintingClient
) -> None:
    ordered(visitor, world("blue") | {"Shop-Clock": "+10d"})
    (order,) = json_of(visitor.get("/api/orders", headers=world("blue")))["orders"]
    assert order["placed_at"] == target.clock.now + 10 * DAY


def test_a_world_keeps_its_clock_for_requests_without_a_header(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]})
    visitor.post("/test/clock", json={"offset": "+31d"})
    assert json_of(visitor.get("/api/cart"))["refusal"] == "Expired"
    assert json_of(visitor.get("/api/cart", headers={"Shop-Clock": "0"}))["refusal"] is None
    assert json_of(visitor.get("/api/cart", headers=world("blue")))["refusal"] is None


def test_forms_age_with_the_clock(visitor: LintingClient) -> None:
    page = visitor.get(TOKEN_PAGE).text
    form = {"csrf_token": field_value(page, "csrf_token"), "sku": "MUG", "quantity": "1"}
    late = visitor.post("/cart/lines", data=form, headers={"Shop-Clock": "+2d"})
    assert late.status_code == 400
    assert "open for too long" in late.text
    assert visitor.post("/cart/lines", data=form, headers={"Shop-Clock": "+20h"}).status_code == 303


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Shop-Clock": "tomorrow"}, "is not an offset of the clock"),
        ({"Shop-Fault": "flood"}, "is not a fault"),
    ],
)
def test_a_header_that_cannot_be_understood_is_refused(
    visitor: LintingClient, headers: dict[str, str], reason: str
) -> None:
    refused = visitor.get("/", headers=headers)
    assert refused.status_code == 400
    assert reason in refused.text


@pytest.mark.parametrize(("path", "field"), [("clock", "offset"), ("faults", "faults")])
def test_a_setting_that_cannot_be_understood_changes_nothing(
    visitor: LintingClient, path: str, field: str
) -> None:
    visitor.post("/test/clock", data={"offset": "+1d"})
    visitor.post("/test/faults", data={"faults": "slow=1"})
    assert visitor.post(f"/test/{path}", data={field: "?"}).status_code == 400
    misspelt = visitor.post(f"/test/{path}", data={"ofset": "+5d"})
    assert (misspelt.status_code, misspelt.text) == (
        400,
        f"There is no field 'ofset' here. Send '{field}'.\n",
    )
    for body in ('{"ofset": "+5d"}', "{bad", "[]"):
        sent = visitor.post(f"/test/{path}", data=body, content_type="application/json")
        assert sent.status_code == 400
    state = json_of(visitor.get("/test"))
    assert (state["offset_seconds"], state["faults"]) == (DAY, "slow=1")


def test_the_next_posts_fail_and_do_nothing(visitor: LintingClient) -> None:
    visitor.get(TOKEN_PAGE)
    failing = {"Shop-Fault": "fail-posts=2"}
    page = visitor.get(TOKEN_PAGE, headers=failing).text
    form = {"csrf_token": field_value(page, "csrf_token"), "sku": "MUG", "quantity": "1"}
    statuses = [
        visitor.post("/cart/lines", data=form, headers=failing).status_code for _ in range(3)
    ]
    assert statuses == [500, 500, 303]
    assert json_of(visitor.get("/api/cart"))["lines"][0]["quantity"] == 1
    visitor.get("/")  # without the fault, which therefore counts anew
    assert visitor.post("/cart/lines", data=form, headers=failing).status_code == 500


def test_a_dropped_response_has_placed_its_order_once(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "SALT-PIG"}]})
    page = visitor.get("/checkout").text
    fields = CUSTOMER | {name: field_value(page, name) for name in ("once", "csrf_token")}
    with pytest.raises(BrokenPipeError):
        visitor.post("/checkout", data=fields, headers={"Shop-Fault": "drop-posts=1"})
    assert len(references(visitor, {})) == 1
    again = visitor.post("/checkout", data=fields)
    assert again.status_code == 303
    assert len(references(visitor, {})) == 1


def test_a_database_that_is_down_is_answered_calmly(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]})
    down = visitor.get("/cart", headers={"Shop-Fault": "database-down"})
    assert down.status_code == 503
    assert down.headers["Retry-After"]
    assert json_of(visitor.get("/api/cart"))["lines"]


def test_a_slow_page_waits(visitor: LintingClient) -> None:
    before = time.monotonic()
    assert visitor.get("/cart", headers={"Shop-Fault": "slow=60"}).status_code == 200
    assert time.monotonic() - before >= 0.06


def test_a_stale_page_is_the_page_of_before(visitor: LintingClient) -> None:
    stale = {"Shop-Fault": "stale-page"}
    visitor.get("/cart")
    visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]})
    old = visitor.get("/cart", headers=stale)
    assert "Everyday mug" not in old.text
    assert "Set-Cookie" not in old.headers
    assert "Everyday mug" in visitor.get("/cart").text
    assert visitor.get("/checkout", headers=stale).status_code == 200  # never shown before


def test_no_fault_holds_for_the_controls(visitor: LintingClient) -> None:
    visitor.post("/test/faults", data={"faults": "database-down, fail-posts=9, drop-posts=9"})
    assert visitor.get("/products").status_code == 503
    assert visitor.post("/test/reset").status_code == 200
    assert visitor.get("/products").status_code == 200


def test_every_page_says_that_this_is_a_target(visitor: LintingClient, shop: OpenShop) -> None:
    for path in ("/", "/products", "/products/everyday-mug", "/cart", "/nothing", "/limits"):
        assert text_of(visitor.get(path).text, ".test-mode").startswith("A target for tests")
    assert visitor.get("/").headers["Shop-Test-Mode"] == "on"
    plain = shop.visitor().get("/")
    assert "test-mode" not in plain.text
    assert "Shop-Test-Mode" not in plain.headers


def test_the_pretend_bank_says_so_too(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_PAYMENTS="pretend-bank", SHOP_TEST_MODE="on").visitor()
    visitor.add("MUG")
    bank = place(visitor, payment="pretend-bank").location
    assert text_of(visitor.get(bank).text, ".test-mode").startswith("A target for tests")


def test_a_page_for_an_unknown_host_says_so_too(target: OpenShop) -> None:
    page = target.visitor(base_url="http://shop.example").get("/")
    assert page.status_code == 400
    assert text_of(page.text, ".test-mode").startswith("A target for tests")


def test_the_control_page_sets_clock_and_faults_without_a_script(visitor: LintingClient) -> None:
    browser = {"Accept": "text/html"}
    page = visitor.get("/test", headers=browser).text
    token = {"csrf_token": field_value(page, "csrf_token")}
    moved = visitor.post("/test/clock", data=token | {"offset": "+1d"}, headers=browser)
    assert (moved.status_code, moved.location) == (303, "/test")
    visitor.post("/test/faults", data=token | {"faults": "stale-page"}, headers=browser)
    shown = text_of(visitor.get("/test", headers=browser).text, "main")
    assert "86400 seconds from now" in shown
    assert "stale-page" in shown


def test_posts_of_another_site_are_refused(visitor: LintingClient) -> None:
    refused = visitor.post("/test/reset", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400


def test_the_rate_limit_is_off(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_TEST_MODE="on", SHOP_RATELIMIT="1 per hour").visitor()
    statuses = {visitor.post("/test/reset").status_code for _ in range(3)}
    assert statuses == {200}


@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, {}),
        ({"REMOTE_ADDR": ""}, {}),
        ({}, {"X-Forwarded-For": "192.0.2.1"}),
        ({}, {"Forwarded": "for=192.0.2.1"}),
        ({}, {"Via": "1.1 proxy"}),
    ],
)
def test_only_this_machine_is_served(
    visitor: LintingClient, environ: dict[str, str], headers: dict[str, str]
) -> None:
    refused = visitor.get("/", environ_overrides=environ, headers=headers)
    assert refused.status_code == 400
    assert refused.text == "The test mode serves this machine only.\n"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHOP_HOST", "0.0.0.0"),  # noqa: S104 — refused, not listened at
        ("SHOP_HOST", "shop.example"),
        ("SHOP_TRUSTED_HOSTS", "localhost,shop.example"),
        ("SHOP_TRUSTED_HOSTS", "evil-localhost"),
        ("SHOP_TRUSTED_PROXIES", "1"),
        ("SHOP_CANONICAL_HOST", "shop.example"),
        ("SHOP_URL", "https://localhost"),
        ("SHOP_URL", "http://shop.example"),
        ("SHOP_DATABASE_URL", "postgresql+psycopg://localhost/shop"),
    ],
)
def test_a_shop_that_others_can_reach_refuses_the_test_mode(
    open_shop: Opener, variable: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"SHOP_TEST_MODE=on does not go with {variable}"):
        open_shop(migrated=False, SHOP_TEST_MODE="on", **{variable: value})


def test_names_of_this_machine_go_with_the_test_mode(open_shop: Opener) -> None:
    names = "127.0.0.1,Localhost:8000,blue.localhost"
    target = open_shop(SHOP_TEST_MODE="on", SHOP_TRUSTED_HOSTS=names)
    assert target.visitor().get("/test").status_code == 200


@pytest.mark.parametrize("path", ["/test", "/test/handles", "/api/products", "/api/openapi.json"])
def test_a_real_shop_has_nothing_of_it(shop: OpenShop, path: str) -> None:
    assert shop.visitor().get(path).status_code == 404
    ahead = shop.visitor().get("/", headers={"Shop-Clock": "?", "Shop-World": "?"})
    assert ahead.status_code == 200
