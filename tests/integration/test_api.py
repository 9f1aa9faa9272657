"""The JSON API of the test mode: described, and true to its description."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings

from shop.core import cookie
from tests.conftest import DAY, KEY, OpenShop
from tests.integration.client import CUSTOMER, LintingClient, field_value, text_of


@pytest.fixture
def visitor(target: OpenShop) -> LintingClient:
    return target.visitor()


OPERATIONS = (
    ("GET", "/api/products"),
    ("GET", "/api/products/{sku}"),
    ("GET", "/api/cart"),
    ("PUT", "/api/cart"),
    ("DELETE", "/api/cart"),
    ("GET", "/api/orders"),
    ("GET", "/api/orders/{reference}"),
)


def test_every_operation_is_described(visitor: LintingClient) -> None:
    paths = get(visitor, "/api/openapi.json")["paths"]
    found = {(verb.upper(), path) for path, verbs in paths.items() for verb in verbs}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_an_operation_answers_as_it_is_described(target: OpenShop, verb: str, path: str) -> None:
    described = schemathesis.openapi.from_wsgi("/api/openapi.json", _local(target.app))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][verb].as_strategy())
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    check()


def _local(app: Flask) -> Flask:
    # Schemathesis brings its own client: its requests come from no address, and it asks for
    # compressed responses without unpacking them.
    wsgi_app = app.wsgi_app

    def local(environ: Any, start_response: Any) -> Any:
        changed = {"REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_ENCODING": "identity"}
        return wsgi_app(environ | changed, start_response)

    app.wsgi_app = local  # type: ignore[method-assign]
    return app


def get(visitor: LintingClient, path: str, **options: Any) -> Any:
    response = visitor.get(path, **options)
    assert response.status_code == 200
    return response.get_json()


def test_products_are_listed_by_state_and_found_by_words(visitor: LintingClient) -> None:
    everything = get(visitor, "/api/products")["products"]
    assert len(everything) == 67
    for state in ("for sale", "sold out", "discontinued"):
        some = get(visitor, "/api/products", query_string={"state": state})["products"]
        assert some == [product for product in everything if product["state"] == state]
        assert some
    found = get(visitor, "/api/products", query_string={"q": "salt pig"})["products"]
    assert found[0] == get(visitor, "/api/products/SALT-PIG")
    assert visitor.get(found[0]["path"]).status_code == 200


def test_a_product_that_is_none_is_refused(visitor: LintingClient) -> None:
    response = visitor.get("/api/products/NONE")
    assert response.status_code == 404
    assert "no product with the SKU NONE" in response.get_json()["error"]


def test_a_cart_is_put_into_the_browser_and_read_back(
    target: OpenShop, visitor: LintingClient
) -> None:
    lines = [{"sku": "MUG", "quantity": 2}, {"number": 9_999_999}]
    made = visitor.put("/api/cart", json={"lines": lines, "aged_seconds": DAY // 2}).get_json()
    assert made == get(visitor, "/api/cart")
    assert [(line["sku"], line["name"], line["quantity"]) for line in made["lines"]] == [
        ("MUG", "Everyday mug", 2),
        (None, None, 1),
    ]
    assert made["changed_at"] == target.clock.now - DAY // 2
    assert made["expires_at"] == target.clock.now + 30 * DAY - DAY // 2
    held = made["cookie"]
    assert held["octets"] == len(held["name"]) + len(held["value"])
    assert f"Max-Age={held['max_age_seconds']};" in held["set_cookie"]
    assert cookie.dissect(held["value"], [KEY]).document == tuple(made["document"])
    assert "Everyday mug" in text_of(visitor.get("/cart").text, "main")


def test_a_value_is_read_without_a_browser(visitor: LintingClient) -> None:
    value = visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]}).get_json()["cookie"]["value"]
    visitor.delete("/api/cart")
    assert get(visitor, "/api/cart")["lines"] == []
    read = get(visitor, "/api/cart", query_string={"value": value})
    assert [line["sku"] for line in read["lines"]] == ["MUG"]
    altered = get(visitor, "/api/cart", query_string={"value": value[:-2] + "__"})
    assert (altered["lines"], altered["refusal"]) == ([], "Tampered")


def test_a_cart_that_does_not_fit_is_refused_and_the_old_one_kept(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "MUG"}]})
    many = [{"number": number * 7919 % 9_999_991 + 1} for number in range(2_000)]
    refused = visitor.put("/api/cart", json={"lines": many})
    assert refused.status_code == 409
    assert "4096 fit" in refused.get_json()["error"]
    assert "Set-Cookie" not in refused.headers
    assert len(get(visitor, "/api/cart")["lines"]) == 1


@pytest.mark.parametrize(
    "lines",
    [
        [{"sku": "MUG"}, {"sku": "MUG"}],
        [{"quantity": 1}],
        [{"sku": "MUG", "number": 1}],
    ],
    ids=["one product twice", "no product", "two products in one line"],
)
def test_lines_that_make_no_cart_are_refused(
    visitor: LintingClient, lines: list[dict[str, object]]
) -> None:
    assert visitor.put("/api/cart", json={"lines": lines}).status_code == 409


@pytest.mark.parametrize(
    ("content_type", "body", "status", "reason"),
    [
        pytest.param("application/x-www-form-urlencoded", "{}", 415, "as JSON", id="a form"),
        pytest.param("multipart/form-data; boundary=x", "--x--", 415, "as JSON", id="files"),
        pytest.param("text/plain", "{}", 415, "as JSON", id="text"),
        pytest.param("application/json", "{bad", 400, "not a JSON object", id="broken"),
        pytest.param("application/json", "[]", 400, "not a JSON object", id="a list"),
    ],
)
def test_a_cart_that_is_not_json_is_refused(
    visitor: LintingClient, content_type: str, body: str, status: int, reason: str
) -> None:
    refused = visitor.put("/api/cart", data=body, content_type=content_type)
    assert refused.status_code == status
    assert reason in refused.get_json()["error"]


@pytest.mark.parametrize(
    ("verb", "path", "headers", "status", "reason"),
    [
        pytest.param("GET", "/api/nothing", {}, 404, "openapi.json", id="no address"),
        pytest.param("POST", "/api/products", {}, 405, "header Allow", id="no method"),
        pytest.param("GET", "/api/cart", {"Shop-World": "-"}, 400, "world", id="no world"),
        pytest.param("GET", "/api/cart", {"Shop-Clock": "soon"}, 400, "soon", id="no clock"),
        pytest.param("GET", "/api/cart", {"Host": "shop.example"}, 400, "TRUSTED", id="no host"),
        pytest.param(
            *("GET", "/api/products", {"Shop-Fault": "database-down"}, 503, "database"),
            id="no database",
        ),
    ],
)
def test_what_the_shop_refuses_is_said_in_json(
    visitor: LintingClient, verb: str, path: str, headers: dict[str, str], status: int, reason: str
) -> None:
    refused = visitor.open(path, method=verb, headers=headers)
    assert refused.status_code == status
    assert reason in refused.get_json()["error"]


def test_too_long_a_body_is_refused_in_json(target: OpenShop, visitor: LintingClient) -> None:
    body = b" " * (target.app.config["MAX_CONTENT_LENGTH"] + 1)
    refused = visitor.put("/api/cart", data=body, content_type="application/json")
    assert refused.status_code == 413
    assert "larger" in refused.get_json()["error"]


def test_every_operation_names_what_the_test_mode_refuses(visitor: LintingClient) -> None:
    paths = get(visitor, "/api/openapi.json")["paths"]
    for verb, path in OPERATIONS:
        assert {"400", "500", "503"} <= set(paths[path][verb.lower()]["responses"])


def test_an_order_is_found_by_its_reference(visitor: LintingClient) -> None:
    visitor.put("/api/cart", json={"lines": [{"sku": "SALT-PIG", "quantity": 2}]})
    page = visitor.get("/checkout").text
    fields = CUSTOMER | {name: field_value(page, name) for name in ("once", "csrf_token")}
    address = visitor.post("/checkout", data=fields).location
    (order,) = get(visitor, "/api/orders")["orders"]
    assert order["path"] == address
    assert order == get(visitor, f"/api/orders/{order['reference']}")
    assert [(line["sku"], line["quantity"]) for line in order["lines"]] == [("SALT-PIG", 2)]
    assert order["total"]["minor"] == order["subtotal"]["minor"] + order["shipping"]["minor"]
    assert visitor.get("/api/orders/NONE-SUCH").status_code == 404


def test_the_handles_name_what_is_on_the_pages(visitor: LintingClient) -> None:
    handles = get(visitor, "/test/handles")
    for path in handles["pages"].values():
        assert visitor.get(path).status_code in (200, 303)
    assert {"role": "textbox", "name": "Quantity", "exact": True} in handles["controls"]["product"]
    states = handles["products"]
    assert {product["stock"] for product in states["sold out"]} == {0}
    assert {product["stock"] for product in states["last one"]} == {1}
    for products in states.values():
        assert products
        assert visitor.get(products[0]["path"]).status_code == 200
