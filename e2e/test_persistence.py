"""Carts survive reloads, new tabs, and restarts of the server; recipes/ restarts the browser."""

from __future__ import annotations

from pathlib import Path

from e2e.jar import Crumb, Jar
from e2e.support.pages import Shopper
from e2e.support.server import free_port, running_shop


def test_a_cart_survives_a_reload_and_shows_in_a_new_tab(shopper: Shopper) -> None:
    cart = shopper.adds("everyday-mug", 2)
    cart.page.reload()
    cart.holds("Everyday mug", 2)

    shopper.in_another_tab().opens_cart().holds("Everyday mug", 2)


def test_a_cart_survives_a_restart_of_the_server(shopper: Shopper, instance: Path) -> None:
    port = str(free_port())
    with running_shop(instance, SHOP_PORT=port) as shop:
        own_shopper = Shopper(shopper.page, shop.url)
        own_shopper.adds("everyday-mug", 2)
    with running_shop(instance, SHOP_PORT=port):
        own_shopper.opens_cart().holds("Everyday mug", 2)


def test_page_views_do_not_set_the_cart_cookie_again(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")
    cart = Jar(shopper.page.context, Crumb(shopper.url))["cart"]
    before = cart.to_exist().read()
    for path in ("/", "/products", "/products/cedar-pencil", "/cart", "/checkout", "/nowhere"):
        headers = shopper.visits(path).request.get(shopper.url + path).headers
        assert "cart=" not in headers.get("set-cookie", "")

    assert cart.read() == before
