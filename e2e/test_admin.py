"""A keeper finds the order that a shopper has just paid, and sends it."""

from __future__ import annotations

import time
from email import message_from_bytes, policy
from pathlib import Path

import pyotp
from click.testing import CliRunner
from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback

from e2e.support.keepers import EMAIL, PASSWORD, add_keeper
from e2e.support.pages import CUSTOMER, Shopper
from e2e.support.server import KEY, Served, World
from shop.cli import main
from shop.pdf.process import typesetter

TRACKING = "RM 1234 5678"
A_DAY_SECONDS = 86_400


def _mail(shop: Served, instance: Path) -> dict[str, str]:
    """Sends the mail that is due; what each subject line is followed by, in plain text."""
    environ = {
        "SHOP_INSTANCE": str(instance),
        "SHOP_DATABASE_URL": f"sqlite:///{shop.database}",
        "SHOP_SECRET_KEYS": KEY,
    }
    sent = CliRunner().invoke(main, ["mail", "send"], env=environ)
    assert sent.exit_code == 0, sent.output
    texts = {}
    for file in (instance / "mail").glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        texts[str(message["Subject"])] = str(body.get_content())
    return texts


def _enters_the_password(page: Page, shop: Served) -> None:
    page.goto(f"{shop.url}/admin")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_an_order_that_was_paid_is_sent_and_its_shopper_learns_of_it(
    new_context: CreateContextCallback, own_shopper: Shopper, world: World, tmp_path: Path
) -> None:
    own_shopper.adds("everyday-mug", 2)
    order = own_shopper.goes_to_checkout().fills_in().pays_at_the_bank().pays()
    ((reference,),) = world.ask("SELECT reference FROM orders")
    add_keeper(world)
    context = new_context()
    world.enter(context)
    page = context.new_page()

    _enters_the_password(page, world)
    row = page.get_by_role("row").filter(has_text=CUSTOMER["Full name"])
    expect(row).to_contain_text("Paid")
    row.get_by_role("link", name=str(reference)).click()
    page.get_by_label("Tracking").fill(TRACKING)
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_text(f"Order {reference} is now sent.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=TRACKING)).to_contain_text(EMAIL)

    order.reload()
    expect(order.get_by_role("heading", level=1)).to_have_text("Your order is on its way.")
    expect(order.get_by_text(f"Tracking of your parcel: {TRACKING}")).to_be_visible()
    about_sending = [text for text in _mail(world, tmp_path).values() if TRACKING in text]
    assert len(about_sending) == 1
    assert str(reference) in about_sending[0]

    page.reload()
    page.get_by_role("link", name="On its way").click()
    expect(page.get_by_text("Sent", exact=True)).to_be_visible()
    expect(page.get_by_text(f"Tracking: {TRACKING}")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("The message is waiting to be sent again.")).to_be_visible()

    page.get_by_role("link", name="Orders", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this order as CSV").click()
    assert str(reference) in download.value.path().read_text("utf-8")
    page.get_by_role("link", name=str(reference)).click()
    page.get_by_role("button", name="Make the invoice").click()
    paper = page.get_by_role("link", name="Download as PDF")
    if typesetter() is None:  # this machine has no Pango
        expect(paper).to_have_count(0)
    else:
        with page.expect_download() as download:
            paper.click()
        assert download.value.suggested_filename == "invoice-1.pdf"
        assert download.value.path().read_bytes().startswith(b"%PDF-")

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{world.url}/admin/orders/{reference}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_keeper_has_codes_asked_for_and_gets_in_without_the_phone_once(
    new_context: CreateContextCallback, world: World
) -> None:
    add_keeper(world)
    context = new_context()
    world.enter(context)
    page = context.new_page()
    code = page.get_by_label("Code", exact=True)

    _enters_the_password(page, world)
    page.get_by_role("link", name="Your sign-in").click()
    page.get_by_role("link", name="Turn codes on").click()
    (secret,) = page.get_by_role("region", name="1. Add").locator("p").all_inner_texts()
    app = pyotp.TOTP(secret.replace(" ", ""))
    recovery = page.get_by_role("listitem").all_inner_texts()
    code.fill(app.at(time.time()))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn codes on").click()
    expect(page.get_by_text("From now on, you are asked for a code")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()

    context.set_extra_http_headers({**world.headers, "Shop-Clock": "+1d"})
    _enters_the_password(page, world)
    shown = app.at(time.time() + A_DAY_SECONDS)
    code.fill(shown)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Orders")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()

    _enters_the_password(page, world)
    code.fill(shown)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This code has been used already")).to_be_visible()
    code.fill(recovery[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("This recovery code is used up. Left: 9.")).to_be_visible()
