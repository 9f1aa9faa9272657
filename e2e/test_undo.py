"""Undo, with and without JavaScript; the server keeps no state for it."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.support import carts
from e2e.support.demo_catalogue import MUG, PENCIL, SHADE
from e2e.support.pages import CartPage, Shopper
from e2e.support.server import World

THREE = {MUG: 2, PENCIL: 4, SHADE: 1}


def open_cart_with(shopper: Shopper, lines: dict[int, int]) -> CartPage:
    carts.put(shopper.page.context, shopper.url, carts.value_of(lines))
    return shopper.opens_cart()


def cart_lines(shopper: Shopper) -> dict[int, int]:
    cart = carts.held_cart(shopper.page.context)
    return {line.number: line.quantity for line in cart.lines} if cart else {}


def test_a_removal_can_be_undone(either: Shopper) -> None:
    cart = open_cart_with(either, THREE).removes("Cedar pencil")
    expect(cart.line("Cedar pencil")).to_have_count(0)
    cart.undoes().holds("Cedar pencil", 4).holds("Everyday mug", 2)
    assert list(cart_lines(either).items()) == list(THREE.items())


def test_emptying_the_cart_can_be_undone(either: Shopper) -> None:
    cart = open_cart_with(either, THREE).empties().is_empty()
    assert cart_lines(either) == {}
    cart.undoes().holds("Pleated paper shade").holds("Cedar pencil", 4)
    assert cart_lines(either) == THREE


def test_several_steps_are_undone_one_by_one(either: Shopper) -> None:
    cart = open_cart_with(either, THREE).removes("Cedar pencil")
    expect(cart.line("Cedar pencil")).to_have_count(0)
    cart.removes("Pleated paper shade")
    expect(cart.line("Pleated paper shade")).to_have_count(0)
    cart.empties().is_empty()

    cart.undoes().holds("Everyday mug", 2)
    cart.undoes().holds("Pleated paper shade")
    cart.undoes().holds("Cedar pencil", 4)
    expect(cart.page.get_by_role("button", name="Undo the last change")).to_have_count(0)


def test_undone_lines_have_current_prices(either: Shopper, world: World) -> None:
    world.enter(either.page.context)
    own_shopper = Shopper(either.page, world.url)
    cart = open_cart_with(own_shopper, {MUG: 1, PENCIL: 1}).removes("Everyday mug")
    expect(cart.line("Everyday mug")).to_have_count(0)
    world.change("UPDATE products SET price_minor = 1234 WHERE number = ?", MUG)
    cart.undoes().holds("Everyday mug")
    expect(cart.line("Everyday mug")).to_contain_text("£12.34")


def test_undo_on_a_stale_page_keeps_later_changes(either: Shopper) -> None:
    cart = open_cart_with(either, {MUG: 1, PENCIL: 1})
    cart.removes("Everyday mug")
    expect(cart.line("Everyday mug")).to_have_count(0)
    other = Shopper(either.page.context.new_page(), either.url)
    carts.put(either.page.context, either.url, carts.value_of({PENCIL: 1, SHADE: 2}))
    cart.undoes().holds("Everyday mug")
    other.opens_cart().holds("Pleated paper shade", 2).holds("Everyday mug").holds("Cedar pencil")
