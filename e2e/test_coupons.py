"""A shopper uses a code, is refused another, orders with it, and the keeper sees it."""

from __future__ import annotations

from playwright.sync_api import expect
from pytest_playwright import CreateContextCallback

from e2e.support.keepers import sign_in
from e2e.support.pages import Shopper
from e2e.support.server import World
from shop.core.cookie import BROWSER_LIMIT_BYTES


def test_a_code_makes_the_order_cheaper_and_a_wrong_one_says_why_not(
    new_context: CreateContextCallback, own_shopper: Shopper, world: World
) -> None:
    world.change(
        "INSERT INTO coupons (code, kind, basis_points, amount_minor, from_minor, currency, uses) "
        "VALUES ('SPRING10', 'percent', 1000, 0, 0, 'GBP', 0)"
    )
    own_shopper.adds("everyday-mug", 2)
    own_shopper.opens_cart()
    page = own_shopper.page
    code = page.get_by_label("Code", exact=True)
    page.get_by_text("Do you have a code?").click()
    code.fill("SPRNG10")
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_text("There is no code")).to_be_visible()
    code.fill("spring10")
    page.get_by_role("button", name="Use the code").click()
    expect(page.get_by_role("button", name="Remove the code SPRING10")).to_be_visible()
    main = page.get_by_role("main")
    expect(main.get_by_text("Code SPRING10", exact=True)).to_be_visible()
    (kept,) = [each for each in page.context.cookies() if each["name"] == "cart"]
    assert len(kept["name"]) + len(kept["value"]) <= BROWSER_LIMIT_BYTES

    own_shopper.goes_to_checkout().fills_in().pays_at_the_bank().pays()
    ((reference, subtotal, discount),) = world.ask(
        "SELECT reference, subtotal_minor, discount_minor FROM orders"
    )
    assert discount == int(str(subtotal)) // 10

    context = new_context()
    world.enter(context)
    sign_in(world, context)
    admin = context.new_page()
    admin.goto(f"{world.url}/admin/orders/{reference}")
    expect(admin.get_by_role("main").get_by_text("Code SPRING10", exact=True)).to_be_visible()
