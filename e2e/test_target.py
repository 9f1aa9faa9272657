"""The shop as a target for tests: worlds, faults and handles in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback

from e2e.support.pages import CheckoutPage, Shopper
from e2e.support.server import COMMAND, free_port, running


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def target(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `shop demo --test-mode`, started in an empty folder."""
    log = tmp_path_factory.mktemp("target") / "log"
    port = str(free_port())
    command = [*COMMAND, "demo", "--test-mode", "--port", port]
    url = f"http://127.0.0.1:{port}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    environ = inherited | {"TMPDIR": str(empty_folder), "HOME": str(empty_folder)}
    with running(command, f"{url}/readyz", environ, log_file=log, folder=empty_folder):
        yield url


def json_of(page: Page, address: str) -> Any:
    return page.request.get(address).json()


def arrange(page: Page, target: str, sku: str) -> None:
    page.request.put(f"{target}/api/cart", data={"lines": [{"sku": sku}]})


def test_it_writes_no_file(page: Page, target: str, empty_folder: Path) -> None:
    page.set_extra_http_headers({"Shop-World": "written"})
    arrange(page, target, "MUG")
    page.goto(f"{target}/cart")
    expect(page.get_by_role("main")).to_contain_text("Everyday mug")
    assert list(empty_folder.iterdir()) == []


def test_every_handle_finds_one_control(page: Page, target: str) -> None:
    arrange(page, target, "MUG")
    handles = json_of(page, f"{target}/test/handles")
    controls = handles["controls"]
    everywhere = controls.pop("every page")
    paths = handles["pages"] | dict.fromkeys(("product", "mini-cart"), "/products/everyday-mug")
    for name in (
        "products", "cart", "checkout", "product", "mini-cart", "variants", "variants in a list",
    ):  # fmt: skip
        page.goto(target + paths[name])
        if name == "mini-cart":
            page.get_by_role("button", name="Add to cart").click()
            expect(page.get_by_role("link", name="Cart 2 items", exact=True)).to_be_visible()
        for control in everywhere + controls.pop(name):
            found = page.get_by_role(control["role"], name=control["name"], exact=control["exact"])
            expect(found, f"{control} on the page {name}").to_have_count(1)
    assert not controls


def test_a_label_finds_one_field(page: Page, target: str) -> None:
    page.goto(f"{target}/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_label("Quantity of Everyday mug")).to_have_count(1)
    page.get_by_role("link", name="Cart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")
    expect(page.get_by_label("Quantity of Everyday mug")).to_have_value("1")


@pytest.fixture
def in_world(new_context: CreateContextCallback) -> Callable[[str], Page]:
    """Opens a browser in the world of a name."""
    return lambda name: new_context(extra_http_headers={"Shop-World": name}).new_page()


def test_two_worlds_sell_the_last_one_each(target: str, in_world: Callable[[str], Page]) -> None:
    for name in ("blue", "green"):
        page = in_world(name)
        arrange(page, target, "STATE-ONE-LEFT")
        page.goto(f"{target}/checkout")
        CheckoutPage(Shopper(page, target)).fills_in().places_the_order()
        assert len(json_of(page, f"{target}/api/orders")["orders"]) == 1


def test_an_order_whose_response_is_lost_is_placed_once(
    target: str, in_world: Callable[[str], Page]
) -> None:
    page = in_world("lost")
    arrange(page, target, "MUG")
    page.goto(f"{target}/checkout")
    checkout = CheckoutPage(Shopper(page, target)).fills_in()
    page.request.post(f"{target}/test/faults", form={"faults": "drop-posts=9"})
    checkout.button.click()
    expect(page).to_have_url("chrome-error://chromewebdata/")
    (first,) = json_of(page, f"{target}/api/orders")["orders"]
    page.request.post(f"{target}/test/faults", form={"faults": ""})
    page.reload()  # sends the form again, as people do
    expect(page.get_by_role("main")).to_contain_text(first["reference"])
    assert json_of(page, f"{target}/api/orders")["orders"] == [first]


def test_the_clock_of_one_browser_moves(new_context: CreateContextCallback, target: str) -> None:
    context = new_context(extra_http_headers={"Shop-Clock": "+31d"})
    page = context.new_page()
    arrange(page, target, "MUG")
    context.set_extra_http_headers({"Shop-Clock": "+62d"})
    page.goto(f"{target}/cart")
    expect(page.get_by_role("main")).to_contain_text("has expired")
    context.set_extra_http_headers({"Shop-Clock": "+32d"})
    page.goto(f"{target}/cart")
    expect(page.get_by_role("main")).to_contain_text("Everyday mug")


def test_a_host_name_is_a_world_with_its_own_cookies(page: Page, target: str) -> None:
    red = target.replace("127.0.0.1", "red.localhost")
    page.goto(f"{red}/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("link", name="Cart 1 item", exact=True)).to_be_visible()
    page.goto(target)
    expect(page.get_by_role("link", name="Cart 0 items", exact=True)).to_be_visible()
    assert "red" in json_of(page, f"{target}/test/worlds")["worlds"]
