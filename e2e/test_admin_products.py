"""A keeper changes a product and gives it a photo, and shoppers see both."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback

from e2e.support import carts
from e2e.support.demo_catalogue import MUG
from e2e.support.keepers import EMAIL, PASSWORD, add_keeper
from e2e.support.pages import Shopper
from e2e.support.photos import painted
from e2e.support.server import World

HALF_A_DAY = 0.5


def _signs_in(new_context: CreateContextCallback, world: World) -> Page:
    add_keeper(world)
    context = new_context()
    world.enter(context)
    page = context.new_page()
    page.goto(f"{world.url}/admin/products")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_a_changed_product_reaches_a_shopper_and_their_cart(
    new_context: CreateContextCallback, own_shopper: Shopper, world: World
) -> None:
    world.change("UPDATE prices SET since = 1 WHERE product_number = ?", MUG)
    value = carts.value_of({MUG: 2}, aged_days=HALF_A_DAY)
    carts.put(own_shopper.page.context, own_shopper.url, value)
    cart = own_shopper.opens_cart()
    expect(cart.line("Everyday mug")).to_contain_text("£19.00")

    page = _signs_in(new_context, world)
    page.get_by_label("Search by name").fill("MUG")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("rowheader").get_by_role("link", name="Everyday mug").click()
    page.get_by_label("Price in GBP").fill("8,75")
    page.get_by_label("Stock").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Everyday mug” is saved.")).to_be_visible()
    page.get_by_label("Add a photo").set_input_files(
        {"name": "mug.png", "mimeType": "image/png", "buffer": painted(900, 600)}
    )
    page.get_by_label("What it shows").fill("A loaf")
    page.get_by_role("button", name="Upload it").click()
    expect(page.get_by_text("The photo is added.")).to_be_visible()
    expect(page.get_by_role("button", name="Remove photo 1")).to_be_visible()
    expect(page.get_by_label("What photo 1 shows", exact=True)).to_have_value("A loaf")
    page.get_by_label("What photo 1 shows", exact=True).fill("A round loaf on a table")
    page.get_by_role("button", name="Save what photo 1 shows").click()
    expect(page.get_by_text("What the photo shows is saved.")).to_be_visible()

    cart.page.reload()
    mug = cart.line("Everyday mug")
    expect(mug).to_contain_text("Now £8.75, was £9.50 when you last looked.")
    expect(mug).to_contain_text("£17.50")
    own_shopper.visits("/products/everyday-mug")
    expect(own_shopper.page.get_by_text("Only 3 left")).to_be_visible()
    photo = own_shopper.page.get_by_role("img", name="A round loaf on a table")
    expect(photo).to_have_attribute("width", "900")
    expect(photo).not_to_have_js_property("naturalWidth", 0)


def test_an_order_between_form_and_save_is_not_overwritten(
    new_context: CreateContextCallback, own_shopper: Shopper, world: World
) -> None:
    page = _signs_in(new_context, world)
    page.get_by_label("Search by name").fill("SALT-PIG")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("rowheader").get_by_role("link").click()
    expect(page.get_by_label("Stock")).to_have_value("33")
    page.get_by_label("Stock").fill("40")

    own_shopper.adds("salt-pig", 2)
    own_shopper.goes_to_checkout().fills_in().pays_at_the_bank().pays()

    page.get_by_role("button", name="Save").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("nothing was saved. Its stock was 33 and is 31 now")
    assert world.ask("SELECT stock FROM products WHERE sku = 'SALT-PIG'") == [(31,)]
    page.get_by_label("Stock").fill("38")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Salt pig” is saved.")).to_be_visible()
    assert world.ask("SELECT stock FROM products WHERE sku = 'SALT-PIG'") == [(38,)]
