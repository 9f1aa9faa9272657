"""Payment methods come from a registry; no page, template or policy names one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from shop.core.payment import ByInvoice, Payments
from tests.conftest import Opener
from tests.integration.checkouts import place
from tests.integration.client import POLICY, LintingClient, elements, parsed, text_of


@dataclass(frozen=True)
class Bank:
    """A method whose form leads to another origin."""

    code: str = "bank"
    label: str = "At the bank"
    note: str = "You pay on its own page."
    instructions: str = "The bank knows %(reference)s."
    form_action_origins: tuple[str, ...] = ("https://bank.example",)


BOTH = Payments((ByInvoice(), Bank()))


def buyer_with(open_shop: Opener, payments: Payments) -> LintingClient:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shop.factory.payments", lambda _: payments)
        visitor = open_shop().visitor()
    form_action = " ".join(("'self'", *payments.form_action_origins))
    visitor.policy = POLICY | {"form-action": form_action}
    visitor.add("MUG")
    return visitor


def choices(page: str) -> list[tuple[str, bool]]:
    radios = elements(parsed(page), "input[type=radio]")
    return [(radio.attrs["value"] or "", "checked" in radio.attrs) for radio in radios]


def test_a_single_method_is_stated_in_a_sentence(open_shop: Opener) -> None:
    page = buyer_with(open_shop, Payments((ByInvoice(),))).get("/checkout").text
    assert "Payment: by invoice. The invoice comes with the parcel." in text_of(page, "main")
    assert choices(page) == []


def test_with_several_methods_the_first_is_preselected(open_shop: Opener) -> None:
    page = buyer_with(open_shop, BOTH).get("/checkout").text
    assert choices(page) == [("invoice", True), ("bank", False)]
    assert text_of(page, "legend") == "How you would like to pay"


def test_the_order_keeps_the_method_and_its_page_shows_the_instructions(open_shop: Opener) -> None:
    visitor = buyer_with(open_shop, BOTH)
    address = place(visitor, payment="bank").location
    page = text_of(visitor.get(address).text, "main")
    reference = re.search(r"\b[A-Z2-7]{4}-[A-Z2-7]{4}\b", page)
    assert reference is not None
    assert f"The bank knows {reference[0]}." in page
    later = buyer_with(open_shop, Payments((ByInvoice(),)))
    assert "Please write to us about the payment" in text_of(later.get(address).text, "main")


@pytest.mark.parametrize("chosen", [{}, {"payment": "barter"}])
def test_an_unknown_method_places_no_order(open_shop: Opener, chosen: dict[str, str]) -> None:
    visitor = buyer_with(open_shop, BOTH)
    response = place(visitor, **chosen)
    assert response.status_code == 422
    assert "How you would like to pay: please choose one of these payment methods." in text_of(
        response.text, "main"
    )
    assert "nothing in your cart" not in visitor.get("/cart").text


def test_the_chosen_method_stays_selected_after_an_error(open_shop: Opener) -> None:
    response = place(buyer_with(open_shop, BOTH), payment="bank", email="nobody")
    assert choices(response.text) == [("invoice", False), ("bank", True)]


def test_the_content_security_policy_allows_forms_to_the_registered_methods(
    open_shop: Opener,
) -> None:
    for payments, sources in ((BOTH, "'self' https://bank.example"), (None, "'self'")):
        visitor = buyer_with(open_shop, payments or Payments((ByInvoice(),)))
        policy = visitor.get("/checkout").headers["Content-Security-Policy"]
        assert f"form-action {sources};" in policy


@pytest.mark.parametrize("methods", [(), (ByInvoice(), ByInvoice())])
def test_a_registry_needs_methods_with_distinct_codes(methods: tuple[ByInvoice, ...]) -> None:
    with pytest.raises(ValueError, match="a code of its own"):
        Payments(methods)
