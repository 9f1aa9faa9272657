"""Cookie headers as proxies, other programs on the host and HTTP clients send them in practice."""

from __future__ import annotations

import pytest

from tests.conftest import DAY, OpenShop
from tests.integration.carts import altered
from tests.integration.client import LintingClient, cart_headers, text_of

HEADERS = [
    pytest.param("foo=1,{cart}", id="two joined fields, the cart last"),
    pytest.param("{cart},foo=1", id="two joined fields, the cart first"),
    pytest.param("foo=1, {cart}", id="two joined fields with a space"),
    pytest.param("foo=1,bar=2; {cart},baz=3", id="three joined fields"),
    pytest.param("cart; {cart}", id="a nameless cookie before"),
    pytest.param("{cart}; cart", id="a nameless cookie after"),
    pytest.param("{cart}; cart=", id="an empty cookie"),
    pytest.param("cart=foreign; {cart}", id="another program's cookie before"),
    pytest.param("{cart}; cart=foreign", id="another program's cookie after"),
    pytest.param("prefs=a,cart=b; {cart}", id="a comma in another value"),
    pytest.param('{quoted}; theme="night"', id="a quoted value"),
    pytest.param('"{cart}"; {cart}', id="a quoted pair"),
    pytest.param("; ".join(["cart=x"] * 180) + "; {cart}", id="many foreign cookies"),
]
every_header = pytest.mark.parametrize("header", HEADERS)


def raw(header: str, name: str, value: str) -> str:
    return header.format(cart=f"{name}={value}", quoted=f'{name}="{value}"')


@every_header
def test_the_cart_is_read_and_not_rewritten(
    shop: OpenShop, visitor: LintingClient, header: str
) -> None:
    visitor.raw_cookies = raw(header, "cart", shop.cookie({"MUG": 2}))
    response = visitor.get("/cart")
    assert text_of(response.text, ".top-count") == "2 items"
    assert "could not" not in text_of(response.text, "main")
    assert cart_headers(response) == []


@every_header
def test_products_can_be_added(shop: OpenShop, visitor: LintingClient, header: str) -> None:
    assert visitor.token
    visitor.raw_cookies = raw(header, "cart", shop.cookie({"MUG": 2}))
    assert visitor.add("PENCIL", 3).status_code == 303
    assert visitor.cart_value() == shop.cookie({"MUG": 2, "PENCIL": 3})


@every_header
def test_a_form_is_accepted_with_its_session(visitor: LintingClient, header: str) -> None:
    assert visitor.token
    session = visitor.get_cookie("session")
    assert session
    visitor.delete_cookie("session")
    header = (
        header.replace("cart=", "session=")
        .replace("cart;", "session;")
        .replace("; cart", "; session")
    )
    visitor.raw_cookies = raw(header, "session", session.value)
    assert visitor.add("MUG").status_code == 303


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_newer_of_two_carts_is_used(
    shop: OpenShop, visitor: LintingClient, order: list[int]
) -> None:
    values = shop.cookie({"MUG": 1}, age_seconds=DAY), shop.cookie({"PENCIL": 2})
    visitor.raw_cookies = "; ".join(f"cart={values[at]}" for at in order)
    response = visitor.get("/cart")
    assert "Cedar pencil" in text_of(response.text, "table.lines")
    assert cart_headers(response) == []


def test_of_two_equally_old_carts_the_one_for_the_root_path_is_used(
    shop: OpenShop, visitor: LintingClient
) -> None:
    deeper, own = shop.cookie({"PENCIL": 1}), shop.cookie({"MUG": 2})
    visitor.raw_cookies = f"cart={deeper}; cart={own}"  # the longer path comes first
    assert text_of(visitor.get("/cart").text, ".top-count") == "2 items"


@pytest.mark.parametrize(
    ("address", "deleted"),
    [
        pytest.param("/cart/clear", ["/", "/cart", "/cart/clear"], id="three levels"),
        pytest.param(
            "/cart/about/delete", ["/", "/cart", "/cart/about", "/cart/about/delete"], id="four"
        ),
        pytest.param(
            "/cart/lines/{}/remove",
            ["/", "/cart", "/cart/lines", "/cart/lines/{}", "/cart/lines/{}/remove"],
            id="five",
        ),
    ],
)
def test_emptying_the_cart_deletes_a_second_cart_on_every_level(
    shop: OpenShop, visitor: LintingClient, address: str, deleted: list[str]
) -> None:
    assert visitor.token
    values = shop.cookie({"PENCIL": 1}, age_seconds=DAY), shop.cookie({"MUG": 2}), "foreign"
    visitor.raw_cookies = "; ".join(f"cart={value}" for value in values)
    number = shop.number("MUG")
    headers = cart_headers(visitor.send(address.format(number)))
    paths = [header.split("Path=")[1].split(";")[0] for header in headers]
    assert paths == [path.format(number) for path in deleted]
    assert all("; Max-Age=0" in header for header in headers)


def test_an_expired_cart_next_to_a_foreign_cookie_is_offered(
    shop: OpenShop, visitor: LintingClient
) -> None:
    value = shop.cookie({"MUG": 2}, age_seconds=31 * DAY)
    visitor.raw_cookies = f"cart=foreign; cart={value}; cart={altered(value)}"
    assert "has expired. Restore it?" in visitor.get("/cart").text


def test_a_quoted_undo_cookie_is_read(visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    undo = visitor.get_cookie("undo", path="/cart")
    assert undo
    visitor.delete_cookie("undo", path="/cart")
    visitor.raw_cookies = f'theme=night,undo="{undo.value}"'
    assert "Undo" in visitor.get("/cart").text
