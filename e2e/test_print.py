"""Carts and orders on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from e2e.support import layout
from e2e.support.demo_shop import Look, Stage, numbers_of
from e2e.support.server import RunningShop
from e2e.support.subjects import SUBJECTS

SUBJECT = {subject.name: subject for subject in SUBJECTS}
SUMS = ["Subtotal", "Shipping", "Total", "including 20% VAT"]
ON_PAPER = {
    "cart-3": [
        "Everyday mug",
        "£19.00",
        "Sewn A5 notebook",
        "£12.50",
        "Beeswax pillar candle",
        "£51.75",
    ],
    "order": ["2 × Everyday mug", "£19.00", "3 × Cedar pencil", "£2.55", "Ada Baker"],
}
DARK_INK = "rgb(34, 29, 24)"
NOT_ON_PAPER = "nav, form[role=search], footer, button"


@pytest.mark.parametrize("name", ON_PAPER)
def test_lines_and_sums_are_printed_and_navigation_is_not(
    browser: Browser, shop: RunningShop, name: str
) -> None:
    stage = Stage(browser, shop, numbers_of(shop))
    with stage.page(Look(scheme="dark")) as page:
        stage.arrange(page, SUBJECT[name])
        page.emulate_media(media="print", color_scheme="dark")
        lines = [page.get_by_text(text) for text in ON_PAPER[name]]
        sums = [page.get_by_text(text, exact=True) for text in SUMS]
        quantities = page.locator("main .quantity").all()
        for printed in (*lines, *sums, *quantities):
            expect(printed.first).to_be_visible()
        expect(page.locator(NOT_ON_PAPER).filter(visible=True)).to_have_count(0)
        expect(page.locator("body")).to_have_css("color", DARK_INK)
        faults = layout.unseen(page)
    assert not faults, "\n".join(faults)


def test_the_mini_cart_is_not_printed(browser: Browser, shop: RunningShop) -> None:
    stage = Stage(browser, shop, numbers_of(shop))
    with stage.page(Look()) as page:
        stage.arrange(page, SUBJECT["mini-cart"])
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", level=1, name="Everyday mug")).to_be_visible()
        expect(page.locator("mini-cart")).to_be_hidden()
