"""The exact size of each encoding, compared with the libraries that really send such cookies."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from urllib.parse import quote, unquote

import pytest
from flask import Flask, Response, session
from itsdangerous import Signer
from werkzeug.http import parse_cookie

from shop.core import cookie
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.encodings import encodings
from shop.lab.encodings.encodings import BOUND, ENCODINGS, PRODUCT, PlainCart, PlainLine, Session
from tests.unit.core.carts import KEYS, cart_of

LIMIT = CookieLimit("cart", KEYS, cookie.BROWSER_LIMIT_BYTES)
BY_KEY = {encoding.key: encoding for encoding in ENCODINGS}

GOODS = {
    1: ("MUG", "Everyday mug", 950),
    2: ("NOTE-A5", "Notebook, A5, dotted", 1250),
    3: ("BRULEE-DISH", "Crème brûlée dish", 780),
    4: ("PÂTÉ", "Pâté dish, “small”", 2400),
    5: ("20% OFF", "Voucher", 0),
    90: ("LAMP-DESK", "Hinged desk lamp", 11_900),
}
CART = ((2, 1), (1, 12), (90, 1), (3, 2), (4, 1), (5, 1))
# Each was verified independently: by Flask's Set-Cookie (session and set_cookie), Chromium's
# encodeURIComponent, and by hand for the text, its packing and the bound.
GOLDEN = {
    "session_naive": 373,
    "session_sku_quantity": 158,
    "json_percent": 141,
    "json_quoted": 120,
    "pairs_signed": 97,
    "product": 41,
    "bound": 35,
}


def plain(*lines: tuple[int, int], products: int = 6) -> PlainCart:
    """A cart of the small catalogue; unknown numbers get a SKU made from the number."""
    kept = (PlainLine(*GOODS.get(n, (f"SKU-{n}", f"Thing {n}", n)), q) for n, q in lines)
    return PlainCart(cart_of(*lines), tuple(kept), products)


def name_and_value(response: Response) -> str:
    """Name and value from the Set-Cookie header, without the equals sign."""
    return response.headers["Set-Cookie"].partition("; ")[0].replace("=", "", 1)


def flask_session(cart: object) -> str:
    """Name and value of Flask's session cookie with this cart."""
    app = Flask("a tutorial")
    app.secret_key = KEYS[0]

    @app.get("/")
    def index() -> str:
        session["cart"] = cart
        return ""

    return name_and_value(app.test_client().get("/"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "encoding", [pytest.param(encoding, id=encoding.key) for encoding in ENCODINGS]
)
def test_each_encoding_has_its_exact_size(encoding: encodings.Encoding) -> None:
    assert encoding.octets(plain(*CART), LIMIT) == GOLDEN[encoding.key]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="no lines"),
        pytest.param(CART, id="not ASCII"),
        pytest.param([(number, number) for number in range(100, 200)], id="long enough to deflate"),
    ],
)
def test_a_session_is_as_long_as_flasks(
    lines: Sequence[tuple[int, int]],
) -> None:
    cart = plain(*lines)
    naive = [
        {"sku": n.sku, "name": n.name, "price": n.price, "quantity": n.quantity} for n in cart.lines
    ]
    assert BY_KEY["session_naive"].octets(cart, LIMIT) == len(flask_session(naive))
    assert BY_KEY["session_sku_quantity"].octets(cart, LIMIT) == len(flask_session(cart.quantities))


def test_quoted_json_is_as_long_as_werkzeugs_cookie() -> None:
    response = Response()
    response.set_cookie("cart", encodings._json(plain(*CART)), secure=True, httponly=True)
    assert BY_KEY["json_quoted"].octets(plain(*CART), LIMIT) == len(name_and_value(response))
    read = parse_cookie(response.headers["Set-Cookie"].partition("; ")[0])
    assert read["cart"].startswith('{"NOTE-A5":1,"MUG":12,')


def test_percent_encoded_json_round_trips() -> None:
    text = encodings._json(plain(*CART))
    value = quote(text, safe=encodings.LEFT_BY_SCRIPTS)
    assert value.startswith("%7B%22NOTE-A5%22%3A1%2C%22MUG%22%3A12%2C")
    assert unquote(value) == text
    assert BY_KEY["json_percent"].octets(plain(*CART), LIMIT) == len("cart") + len(value)


def test_compact_pairs_omit_a_quantity_of_one() -> None:
    pairs = encodings.compact_pairs(plain(*CART))
    assert pairs == "NOTE-A5!MUG*12!LAMP-DESK!BRULEE-DISH*2!P%C3%82T%C3%89!20%25%20OFF"
    signed = Signer(KEYS[0]).sign(pairs)
    assert BY_KEY["pairs_signed"].octets(plain(*CART), LIMIT) == len(b"cart" + signed)
    assert len(signed) - len(pairs) == len(".") + 27


def test_the_product_is_as_long_as_the_shops_own_cookie() -> None:
    cart = plain(*CART)
    value = cookie.encode(cart.cart, KEYS, name="__Host-cart")
    cookie_limit = CookieLimit("__Host-cart", KEYS, cookie.BROWSER_LIMIT_BYTES)
    assert PRODUCT.octets(cart, cookie_limit) == len("__Host-cart") + len(value)


def test_the_bound_counts_choices_quantities_time_and_signature() -> None:
    # 3 of 10 in order: 10 * 9 * 8; quantities, of which two are equal and one differs: an entropy
    # of log2(27 / 4); the seconds of 400 days; the signature
    cart = plain((4, 1), (9, 7), (2, 1), products=10)
    expected = math.log2(720) + math.log2(27 / 4) + math.log2(34_560_000) + 128
    assert encodings.bound_bits(cart) == pytest.approx(expected)
    assert BOUND.octets(cart, LIMIT) == len("cart") + math.ceil(expected / math.log2(90))


def test_the_bound_uses_the_highest_number_in_the_cart_if_products_are_fewer() -> None:
    assert encodings.bound_bits(plain((90, 1))) == encodings.bound_bits(plain((90, 1), products=90))
    assert encodings.bound_bits(plain((90, 1), products=91)) > encodings.bound_bits(plain((90, 1)))


@pytest.mark.parametrize("count", [1, 2, 20, 100, 300])
@pytest.mark.parametrize("highest", [300, 9_999, 9_999_999])
def test_for_random_carts_the_product_is_not_below_the_bound(count: int, highest: int) -> None:
    rng = random.Random(count * highest)
    lines = [(n, rng.choice((1, 1, 2, 12))) for n in rng.sample(range(1, highest + 1), count)]
    cart = plain(*lines, products=highest)
    assert BOUND.octets(cart, LIMIT) <= PRODUCT.octets(cart, LIMIT)


def test_for_regular_carts_the_product_can_be_below_the_bound() -> None:
    cart = plain(*((number, 1) for number in range(1, 301)), products=300)
    assert BOUND.octets(cart, LIMIT) > PRODUCT.octets(cart, LIMIT)


@pytest.mark.parametrize(
    "encoding",
    [
        pytest.param(encoding, id=encoding.key)
        for encoding in ENCODINGS
        if "session" not in encoding.key
    ],
)
def test_an_empty_cart_has_no_cookie(encoding: encodings.Encoding) -> None:
    assert encoding.octets(plain(), LIMIT) == 0


def test_a_session_is_read_with_its_own_key_only() -> None:
    value = Session("a key").value([{"sku": "MUG"}])
    assert Session("a key").cart(value) == [{"sku": "MUG"}]
    assert Session("another").cart(value) is None
    for broken in ("", "x", value[:-1], f"{value}x", "é.é.é", f"{value}\x00"):
        assert Session("a key").cart(broken) is None


def test_a_session_needs_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        Session("")


def test_plain_lines_must_match_the_cart() -> None:
    with pytest.raises(ValueError, match="lines of its cart"):
        PlainCart(cart_of((1, 1)), (), 6)
