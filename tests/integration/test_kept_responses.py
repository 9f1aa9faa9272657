"""Public pages that are answered in front of Flask: the same response, where that is right."""

from __future__ import annotations

import pytest
from flask import request, request_started
from werkzeug.test import TestResponse

from tests.conftest import Opener, OpenShop
from tests.integration.client import text_of

pytestmark = pytest.mark.sqlite


@pytest.fixture
def asked(shop: OpenShop) -> list[str]:
    """The paths of the requests that Flask has answered."""
    paths: list[str] = []

    def note(*_: object, **__: object) -> None:
        paths.append(request.path)

    request_started.connect(note, shop.app, weak=False)
    return paths


def get(shop: OpenShop, cookies: str = "", **headers: str) -> TestResponse:
    visitor = shop.visitor()
    visitor.raw_cookies = cookies
    return visitor.get("/products", headers=headers)


def plain(response: TestResponse) -> tuple[object, ...]:
    headers = sorted((name, it) for name, it in response.headers if name != "Date")
    return response.status_code, response.data, headers


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_flask_is_asked_once(shop: OpenShop, asked: list[str], encoding: str) -> None:
    first, second = (get(shop, accept_encoding=encoding) for _ in range(2))
    assert plain(first) == plain(second)
    assert first.headers.get("Content-Encoding", "") == encoding
    assert asked == ["/products"]


def test_an_unchanged_page_is_not_sent_again(shop: OpenShop, asked: list[str]) -> None:
    etag = get(shop).headers["ETag"]
    by_flask = get(shop, if_none_match=f'{etag}, "another"')
    in_front = get(shop, if_none_match=etag)
    assert plain(by_flask) == plain(in_front)
    assert in_front.status_code == 304
    assert asked == ["/products", "/products"]


def test_a_change_shows_at_once(shop: OpenShop) -> None:
    etag = get(shop).headers["ETag"]
    get(shop)
    shop.sql("update products set price_minor = 4242 where sku = 'MUG'")
    assert "£42.42" in get(shop).text
    assert get(shop, if_none_match=etag).status_code == 200


@pytest.mark.parametrize(
    ("cookies", "is_own"),
    [
        pytest.param("script=1; cart={cart}", False, id="scripts work"),
        pytest.param("cart={cart}", True, id="a cart"),
        pytest.param('other=1, cart="{cart}"', True, id="a cart that a client joined and quoted"),
        pytest.param("session=x", True, id="a session"),
        pytest.param("theme=dark", False, id="of another program"),
    ],
)
def test_a_browser_with_a_page_of_its_own_gets_it(
    shop: OpenShop, cookies: str, is_own: bool
) -> None:
    for _ in range(2):
        get(shop)
    page = get(shop, cookies.format(cart=shop.cookie({"MUG": 3})))
    assert page.headers["Cache-Control"].startswith("private" if is_own else "public")
    has_cart = "cart=" in cookies and is_own
    assert text_of(page.text, "cart-count") == ("3 items" if has_cart else "0 items")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"range": "bytes=0-9"}, id="a part"),
        pytest.param({"if_match": '"another"'}, id="only if it is another"),
        pytest.param({"if_none_match": '"an older one"'}, id="an older one"),
        pytest.param({"accept_encoding": "x" * 101}, id="a long list of encodings"),
    ],
)
def test_what_is_unusual_is_left_to_flask(
    shop: OpenShop, asked: list[str], headers: dict[str, str]
) -> None:
    get(shop)
    get(shop, **headers)
    assert asked == ["/products", "/products"]


def test_other_methods_are_left_to_flask(shop: OpenShop, asked: list[str]) -> None:
    get(shop)
    assert shop.visitor().head("/products").data == b""
    assert shop.visitor().post("/products").status_code in (400, 405)
    assert asked == ["/products"] * 3


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"base_url": "https://localhost"}, id="scheme"),
        pytest.param({"base_url": "http://127.0.0.1"}, id="host"),
    ],
)
def test_another_address_is_another_response(
    shop: OpenShop, asked: list[str], changes: dict[str, str]
) -> None:
    get(shop)
    shop.visitor(**changes).get("/products")
    assert asked == ["/products"] * 2


def test_a_foreign_host_is_refused_however_often_the_page_is_kept(shop: OpenShop) -> None:
    get(shop)
    for _ in range(2):
        refused = shop.visitor().get("/products", headers={"Host": "evil.example"})
        assert refused.status_code == 400


def test_a_page_is_counted_whoever_answers(open_shop: Opener) -> None:
    shop = open_shop(SHOP_METRICS="127.0.0.1:9464")
    for _ in range(3):
        get(shop)
    counted = shop.app.extensions["metrics"].registry.get_sample_value(
        "crumb_requests_total",
        {"endpoint": "product.index", "method": "GET", "status": "2xx"},
    )
    assert counted == 3


def test_each_way_of_compressing_has_its_own_response(shop: OpenShop) -> None:
    for encoding in ("", "gzip", "br", "gzip", ""):
        response = get(shop, accept_encoding=encoding)
        assert response.headers.get("Content-Encoding", "") == encoding
