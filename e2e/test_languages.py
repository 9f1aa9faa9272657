"""The shop in German, the longest of its languages, and in Arabic, from right to left."""

from __future__ import annotations

from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from pytest_playwright import CreateContextCallback

from e2e.support import subjects
from e2e.support.carts import cart_cookie
from e2e.support.demo_shop import Stage, numbers_of
from e2e.support.server import RunningShop
from e2e.support.waiting import until

WIDTHS = (360, 768, 1280)
SHOPPER = {
    "Vor- und Nachname": "Ada Bäcker",
    "E-Mail": "ada@example.com",
    "Adresszeile 1": "1 Crumb Lane",
    "Ort": "Bath",
    "Postleitzahl": "BA1 1AA",
}


@pytest.mark.parametrize(
    "name", ["german-list", "german-cart", "german-checkout", "arabic-home", "arabic-cart"]
)
def test_a_page_in_another_language_has_no_layout_faults(
    browser: Browser, shop: RunningShop, name: str
) -> None:
    stage = Stage(browser, shop, numbers_of(shop))
    faults = stage.faults(subjects.SUBJECT[name], WIDTHS)
    assert not faults, "\n".join(faults)


def test_a_german_browser_buys_in_german(
    browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> None:
    page = browser.new_context(**browser_context_args | {"locale": "de-DE"}).new_page()
    page.goto(f"{shop.url}/products/everyday-mug")
    expect(page.get_by_text("9,50 £ inkl. 20 % MwSt.")).to_be_visible()

    page.get_by_role("button", name="In den Warenkorb").click()
    mini = page.get_by_role("region", name="Ihr Warenkorb")
    mini.get_by_role("link", name="Zur Kasse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kasse")
    for label, text in SHOPPER.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Auf Rechnung").check()
    page.get_by_role("button", name="Für 13,45 £ zahlungspflichtig bestellen").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Vielen Dank. Ihre Bestellung ist eingegangen.")
    token = page.url.rpartition("/")[2]
    until(lambda: any(token in text for text in shop.mail("confirmation")))
    mail = next(text for text in shop.mail("confirmation") if token in text)
    email = message_from_string(mail, policy=default)
    assert isinstance(email, EmailMessage)
    assert email["Subject"].startswith("Crumb: Ihre Bestellung ")
    body = email.get_body(("plain",))
    assert body is not None
    assert "Summe: 13,45\xa0£" in body.get_content()
    page.context.close()


def test_the_buttons_of_a_small_cart_fit_on_a_phone_in_french(
    new_context: CreateContextCallback, shop: RunningShop
) -> None:
    page = new_context().new_page()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{shop.url}/fr/products/everyday-mug")
    page.get_by_role("button", name="Ajouter au panier").click()
    expect(page.get_by_role("region", name="Votre panier")).to_be_visible()
    one_line = page.get_by_role("button", name="Fermer").bounding_box()
    assert one_line is not None
    for name in ("Voir le panier", "Commander"):
        box = page.get_by_role("link", name=name).bounding_box()
        assert box is not None
        assert box["height"] <= one_line["height"], name


def test_a_cart_is_changed_and_undone_from_right_to_left(
    new_context: CreateContextCallback, shop: RunningShop
) -> None:
    page = new_context().new_page()
    page.goto(f"{shop.url}/ar/products/everyday-mug")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")

    page.get_by_role("button", name="أضف إلى السلة").click()
    panel = page.get_by_role("region", name="سلتك")
    expect(panel).to_be_visible()
    expect(page.locator(".mini .notices")).to_have_text("أُضيف إلى سلتك: Everyday mug")
    expect(page.locator(".top-count")).to_have_text("1 منتج")
    mine = cart_cookie(page.context)
    page.get_by_role("button", name="أكثر بواحد من Everyday mug").click()
    expect(page.locator(".top-count")).to_have_text("2 منتجان")

    page.goto(f"{shop.url}/ar/cart")
    page.get_by_role("button", name="التراجع عن آخر تغيير").click()
    expect(page.locator("main > .notices")).to_have_text("تم التراجع. سلتك كما كانت من قبل")
    expect(page.get_by_label("كمية Everyday mug")).to_have_value("1")
    again = cart_cookie(page.context)
    assert mine is not None
    assert again is not None
    assert len(again["value"]) == len(mine["value"])
    assert again["path"] == "/"

    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihr Warenkorb")
    expect(page.get_by_label("Menge von Everyday mug")).to_have_value("1")
