"""How a scanner's forms are filled in on their way to the shop."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from audit.hostile.form_filler import FormFiller
from audit.hostile.wire import Received, Sent
from e2e.support.server import KEY, Served
from shop.core import cookie
from shop.core.cart import Line

PAGES = {
    "/admin/products/7": '<form action="/admin/products/7">'
    '<input type="hidden" name="csrf_token" value="another">'
    '<input type="hidden" name="version" value="new">'
    '<input type="hidden" name="stock_seen" value="3"></form>',
    "/checkout": '<form action="/checkout"><input type="hidden" name="once" value="new"></form>',
}


def _filler(database: Path = Path("none.sqlite3")) -> FormFiller:
    def send(sent: Sent) -> Received:
        return Received(200, (), PAGES[sent.target].encode())

    return FormFiller(Served("", database), send, bought=1, known={"reference": "ABCD-EFGH"})


def _head(path: str, kind: str = "application/x-www-form-urlencoded", cookies: str = "") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: shop", f"Content-Type: {kind}"]
    return "\r\n".join([*lines, *([f"cookie: {cookies}"] if cookies else []), "", ""]).encode()


@pytest.mark.parametrize(
    ("path", "sent", "filled"),
    [
        pytest.param("/a", b"price=default", b"price=12.50", id="by rote"),
        pytest.param("/a", b"slug=default", b"slug=", id="better left empty"),
        pytest.param("/a", b"reference=default", b"reference=ABCD-EFGH", id="of this shop"),
        pytest.param("/a", b"q=default", b"q=default", id="a field that takes any text"),
        pytest.param("/a", b"price=%3Cscript%3E", b"price=%3Cscript%3E", id="attacked"),
        pytest.param("/a", b"price=%FF%00", b"price=%FF%00", id="attacked, and no UTF-8"),
        pytest.param("/a", b"name=&name=b", b"name=&name=b", id="empty, and twice"),
        pytest.param("/a", b"recount=1&q=b", b"q=b", id="a button that was not pressed"),
        pytest.param(
            "/admin/products/7?a=b",
            b"csrf_token=old&version=old&stock_seen=2&stock=9",
            b"csrf_token=old&version=new&stock_seen=3&stock=9",
            id="the state of a product",
        ),
        pytest.param("/admin/products/7/photos", b"version=old", b"version=old", id="another form"),
        pytest.param(
            "/checkout",
            b"once=old&country=US&town=default",
            b"once=new&country=GB&town=London",
            id="the checkout",
        ),
        pytest.param("/checkout", b"country=%27--", b"country=%27--", id="an attacked country"),
    ],
)
def test_a_form_is_filled_in_but_for_what_is_attacked(
    path: str, sent: bytes, filled: bytes
) -> None:
    assert _filler()(_head(path), sent)[1] == filled


def test_no_two_products_have_the_same_sku() -> None:
    filler = _filler()
    skus = {filler(_head("/admin/products"), b"sku=default")[1] for _ in range(3)}
    assert len(skus) == 3


def test_each_order_is_of_a_cart_of_its_own() -> None:
    filler = _filler()
    carts = []
    for _ in range(2):
        head, _body = filler(_head("/checkout", cookies="a=b; __Host-cart=old; c=d"), b"once=old")
        (cookies,) = [line for line in head.split(b"\r\n") if line.startswith(b"Cookie: ")]
        others, _, value = cookies.decode().rpartition("; __Host-cart=")
        assert others == "Cookie: a=b; c=d"
        assert head.endswith(b"\r\n\r\n")
        carts.append(cookie.decode(value, [KEY], now=2**31, max_age_seconds=2**31))
    assert carts[0].lines == carts[1].lines == (Line(1, 1),)
    assert carts[0] != carts[1]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        pytest.param("text/xml", b"<a>default</a>", id="no form"),
        pytest.param("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\ndefault\r\n", id="a file"),
    ],
)
def test_what_is_no_form_of_text_stays_as_it_is(kind: str, sent: bytes) -> None:
    head = _head("/checkout", kind)
    assert _filler()(head, sent) == (head, sent)


def test_the_picture_that_wapiti_sends_becomes_a_photo() -> None:
    kind = "multipart/form-data; boundary=x"
    sent = b"--x\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--x\r\n\r\nGIF89a?\r\n--x--\r\n"
    filled = _filler()(_head("/admin/products/7/photos", kind), sent)[1]
    assert b"image/gif\r\n\r\n\xff\xd8\xff" in filled
    assert b"\r\n\r\nGIF89a?\r\n" in filled  # an attacked file


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param("paid", "placed", id="as it was placed"),
        pytest.param("refunded", "paid", id="as it was paid"),
        pytest.param("' OR 1", "placed", id="an attacked step"),
    ],
)
def test_an_order_can_take_its_step_again(tmp_path: Path, sent: str, status: str) -> None:
    database = tmp_path / "shop.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(
            "CREATE TABLE orders (number INTEGER, reference TEXT, status TEXT);"
            "CREATE TABLE outbox (order_number INTEGER, kind TEXT);"
            "INSERT INTO orders VALUES (1, 'ABCD', 'sent'), (2, 'EFGH', 'sent');"
            "INSERT INTO outbox VALUES (1, 'confirmation'), (1, 'sent'), (2, 'sent');"
        )
    body = f"status={sent}".encode()
    filled = _filler(database)(_head("/admin/orders/ABCD/steps"), body)[1]
    assert parse_qs(filled.decode())["status"] == [sent]
    served = Served("", database)
    assert served.ask("SELECT status FROM orders") == [(status,), ("sent",)]
    assert served.ask("SELECT * FROM outbox") == [(1, "confirmation"), (2, "sent")]
