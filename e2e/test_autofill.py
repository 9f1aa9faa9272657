"""A browser fills in the address at the checkout: Chromium's own autofill, over its protocol.

https://chromedevtools.github.io/devtools-protocol/tot/Autofill/ describes it. `Autofill.trigger`
stands for the shopper's click on a suggestion; no address has to be stored in the browser.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.support.pages import Shopper
from e2e.support.server import RunningShop

# The names of the values are Chromium's: components/autofill/core/browser/field_types.cc.
BRITISH = {
    "NAME_FULL": "Ada Baker",
    "EMAIL_ADDRESS": "ada@example.com",
    "ADDRESS_HOME_LINE1": "1 Crumb Lane",
    "ADDRESS_HOME_LINE2": "Flat 2",
    "ADDRESS_HOME_CITY": "Bath",
    "ADDRESS_HOME_STATE": "",
    "ADDRESS_HOME_ZIP": "BA1 1AA",
    "ADDRESS_HOME_COUNTRY": "GB",
}
AMERICAN = BRITISH | {
    "ADDRESS_HOME_CITY": "Springfield",
    "ADDRESS_HOME_STATE": "Illinois",
    "ADDRESS_HOME_ZIP": "62704",
    "ADDRESS_HOME_COUNTRY": "US",
}
LABELS = (
    "Full name",
    "Email",
    "Address line 1",
    "Address line 2",
    "Town or city",
    "Region",
    "Postcode",
    "Country",
)


def autofill(page: Page, label: str, address: dict[str, str]) -> list[dict[str, Any]]:
    """Fills in the form of the field with this label; returns its fields, as the browser
    sees them."""
    session = page.context.new_cdp_session(page)
    fields: list[dict[str, Any]] = []
    session.on("Autofill.addressFormFilled", lambda event: fields.extend(event["filledFields"]))
    session.send("Autofill.enable")
    selector = f"#{page.get_by_label(label).get_attribute('id')}"
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})
    field = session.send("DOM.describeNode", node)["node"]["backendNodeId"]
    values = [{"name": name, "value": value} for name, value in address.items()]
    session.send("Autofill.trigger", {"fieldId": field, "address": {"fields": values}})
    return fields


@pytest.mark.parametrize(
    ("label", "address", "lines"),
    [
        pytest.param("Full name", BRITISH, "Flat 2BATHBA1 1AAUNITED KINGDOM", id="GB"),
        pytest.param("Postcode", AMERICAN, "Flat 2SPRINGFIELD, IL 62704UNITED STATES", id="US"),
    ],
)
def test_a_browser_fills_in_the_whole_address(
    whole_page: Page, shop: RunningShop, label: str, address: dict[str, str], lines: str
) -> None:
    shopper = Shopper(whole_page, shop.url)
    shopper.adds("cedar-pencil")
    checkout = shopper.goes_to_checkout()

    fields = autofill(checkout.page, label, address)

    for name, value in zip(LABELS, address.values(), strict=True):
        expect(checkout.page.get_by_label(name)).to_have_value(value)
    expect(checkout.page.get_by_label("Note to us")).to_have_value("")
    # The browser went by our tokens: what it infers from labels depends on the language.
    inferred = [field["id"] for field in fields if field["fillingStrategy"] == "autofillInferred"]
    assert inferred == ["note"]
    expect(checkout.pays_by_invoice().places_the_order().locator("address")).to_contain_text(lines)
