"""Orders that are paid at Stripe, against a stub of it: the session, its events, and refusals."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shop.config import Settings, SettingsError
from shop.core.money import Money
from shop.factory import create_app
from shop.providers.stripe_checkout import amounts, method
from tests.conftest import KEY, Opener, OpenShop
from tests.integration import stripe_stub
from tests.integration.checkouts import place
from tests.integration.client import POLICY, LintingClient, text_of
from tests.integration.stripe_stub import SIGNING_SECRET, Stub, event, stub_of_stripe

COMPLETED = "checkout.session.completed"
SETTINGS = {
    "SHOP_PAYMENTS": "stripe,invoice",
    "SHOP_STRIPE_KEY": stripe_stub.KEY,
    "SHOP_STRIPE_SIGNING_SECRET": SIGNING_SECRET,
}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_of_stripe() as running:
        yield running


@pytest.fixture
def shop(open_shop: Opener, stub: Stub) -> OpenShop:
    return open_shop(**SETTINGS, SHOP_STRIPE_URL=stub.url)


@pytest.fixture
def visitor(shop: OpenShop) -> LintingClient:
    return shopper_of(shop)


def shopper_of(shop: OpenShop) -> LintingClient:
    """A visitor whose forms may lead to Stripe."""
    visitor = shop.visitor()
    visitor.policy = POLICY | {"form-action": f"'self' {method.PAGES}"}
    return visitor


def order_a_mug(visitor: LintingClient) -> str:
    visitor.add("MUG", 2)
    return str(place(visitor, payment="stripe").location)


def session(**changed: Any) -> dict[str, Any]:
    """The session of the only attempt, when it is paid."""
    paid = {"payment_status": "paid", "amount_total": 2295, "currency": "gbp"}
    return {"id": "cs_test_1", "object": "checkout.session"} | paid | changed


def told(visitor: LintingClient, *arguments: Any, **changed: Any) -> int:
    """The status that an event gets."""
    return visitor.post("/payments/stripe", **event(*arguments, **changed)).status_code


def states(shop: OpenShop) -> tuple[str, str]:
    """The status of the only order, and the state of the only attempt."""
    (status,), (state,) = (
        shop.sql(f"select {it}")[0] for it in ("status from orders", "state from payment_attempts")
    )
    return status, state


def test_the_checkout_leads_to_a_session_of_stripes(
    shop: OpenShop, visitor: LintingClient, stub: Stub
) -> None:
    assert order_a_mug(visitor) == "https://checkout.stripe.com/c/pay/cs_test_1"
    (reference, token) = shop.sql("select reference, token from orders")[0]
    assert stub.asked == [
        {
            "mode": "payment",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "gbp",
            "line_items[0][price_data][unit_amount]": "2295",
            "line_items[0][price_data][product_data][name]": f"Order {reference}",
            "client_reference_id": reference,
            "payment_intent_data[description]": f"Order {reference}",
            "success_url": f"http://localhost/orders/{token}",
            "cancel_url": f"http://localhost/orders/{token}",
        }
    ]
    (headers,) = stub.headers
    assert headers["Authorization"] == f"Bearer {stripe_stub.KEY}"
    assert len(headers["Idempotency-Key"]) >= 20
    assert states(shop) == ("placed", "open")


def test_an_event_makes_the_order_paid_once(shop: OpenShop, visitor: LintingClient) -> None:
    order_a_mug(visitor)
    assert [told(visitor, COMPLETED, session()) for _ in range(3)] == [204] * 3
    assert states(shop) == ("paid", "paid")
    steps = shop.sql("select status, made_by from order_events order by position")
    assert steps == [("placed", "shopper"), ("paid", "Stripe")]


def test_money_that_is_on_its_way_is_waited_for(shop: OpenShop, visitor: LintingClient) -> None:
    order_a_mug(visitor)
    assert told(visitor, COMPLETED, session(payment_status="unpaid")) == 204
    assert states(shop) == ("placed", "open")
    assert told(visitor, "checkout.session.async_payment_succeeded", session(), key="evt_2") == 204
    assert states(shop) == ("paid", "paid")


@pytest.mark.parametrize("kind", ["async_payment_failed", "expired"])
def test_a_payment_that_failed_is_said(
    shop: OpenShop, visitor: LintingClient, kind: str, stub: Stub
) -> None:
    order_a_mug(visitor)
    assert told(visitor, f"checkout.session.{kind}", session(payment_status="unpaid")) == 204
    assert states(shop) == ("placed", "failed")
    page = urlsplit(stub.asked[0]["success_url"]).path
    assert "no money was taken" in text_of(visitor.get(page).text, "main")
    assert visitor.send(f"{page}/pay").location.endswith("cs_test_2")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"secret": "another"}, 400, id="another's signature"),
        pytest.param({"age": 301}, 400, id="signed too long ago"),
        pytest.param({"age": 299}, 204, id="signed just now"),
    ],
)
def test_an_event_is_believed_when_stripe_has_just_signed_it(
    shop: OpenShop, visitor: LintingClient, changed: dict[str, Any], status: int
) -> None:
    order_a_mug(visitor)
    assert told(visitor, COMPLETED, session(), **changed) == status
    assert states(shop)[0] == ("paid" if status == 204 else "placed")


@pytest.mark.parametrize(
    ("kind", "changed", "status"),
    [
        pytest.param(COMPLETED, {"id": "cs_of_another"}, 400, id="a session of another shop"),
        pytest.param(COMPLETED, {"amount_total": 1}, 400, id="another amount"),
        pytest.param(COMPLETED, {"currency": "eur"}, 400, id="another currency"),
        pytest.param("charge.succeeded", {}, 204, id="an event that says nothing of a session"),
    ],
)
def test_an_event_about_something_else_pays_nothing(
    shop: OpenShop, visitor: LintingClient, kind: str, changed: dict[str, Any], status: int
) -> None:
    order_a_mug(visitor)
    assert told(visitor, kind, session(**changed)) == status
    assert states(shop) == ("placed", "open")


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        pytest.param(b"{}", "", id="no signature"),
        pytest.param(b"\xff\xfe", "t=1,v1=0", id="no text"),
        pytest.param(b"{}", "t=1,v1=\u00e4", id="a signature that is not in ASCII"),
        pytest.param(b"{}", "t=x", id="no time"),
    ],
)
def test_nonsense_is_refused(shop: OpenShop, body: bytes, signature: str) -> None:
    response = shopper_of(shop).post(
        "/payments/stripe", data=body, headers={"Stripe-Signature": signature}
    )
    assert response.status_code == 400


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 500}, id="broken"),
        pytest.param({"status": 401}, id="a wrong key"),
        pytest.param({"is_silent": True}, id="silent"),
        pytest.param(None, id="not there"),
    ],
)
def test_an_order_is_kept_when_stripe_cannot_be_asked(
    open_shop: Opener,
    stub: Stub,
    fault: dict[str, Any] | None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(method.StripeCheckout.__init__, "__defaults__", (method.API, 0.2))
    url = stub.url if fault is not None else "http://127.0.0.1:9"
    for name, value in (fault or {}).items():
        setattr(stub, name, value)
    shop = open_shop(**SETTINGS, SHOP_STRIPE_URL=url)
    visitor = shopper_of(shop)
    with caplog.at_level(logging.DEBUG):
        page = order_a_mug(visitor)
    assert "Your order is kept" in visitor.get(page).text
    assert shop.sql("select status from orders") == [("placed",)]
    assert stripe_stub.KEY not in caplog.text
    stub.status, stub.is_silent = 200, False
    if fault is not None:
        assert visitor.send(f"{page}/pay").location.startswith("https://checkout.stripe.com/")


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        pytest.param(Money(1995, "GBP"), 1995, id="two decimals"),
        pytest.param(Money(500, "JPY"), 500, id="none"),
        pytest.param(Money(5, "ISK"), 500, id="none here, two at Stripe"),
        pytest.param(Money(-5, "RSD"), -500, id="less than nothing"),
    ],
)
def test_amounts_are_counted_as_stripe_does(amount: Money, number: int) -> None:
    assert amounts.at_stripe(amount) == number
    assert amounts.from_stripe(number, amount.currency.lower()) == amount


def test_a_part_of_a_minor_unit_is_no_amount() -> None:
    with pytest.raises(ValueError, match="550 is no amount in isk"):
        amounts.from_stripe(550, "isk")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({"SHOP_STRIPE_KEY": ""}, "SHOP_STRIPE_KEY: SHOP_PAYMENTS has", id="no key"),
        pytest.param(
            {"SHOP_STRIPE_SIGNING_SECRET": ""}, "SHOP_STRIPE_SIGNING_SECRET:", id="no secret"
        ),
        pytest.param({"SHOP_STRIPE_URL": "http://example.com"}, "an https address", id="no https"),
        pytest.param(
            {"SHOP_CURRENCY": "KWD", "SHOP_SHIPPING": "1"}, "cannot count amounts", id="thirds"
        ),
    ],
)
def test_a_shop_that_cannot_use_stripe_says_why(
    tmp_path: Path, changed: dict[str, str], problem: str
) -> None:
    environ = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY} | SETTINGS | changed
    with pytest.raises(SettingsError) as refusal:
        create_app(Settings.from_environ(environ))
    assert problem in str(refusal.value)


def test_what_is_secret_is_not_shown(tmp_path: Path) -> None:
    settings = Settings.from_environ({"SHOP_INSTANCE": str(tmp_path)} | SETTINGS)
    assert stripe_stub.KEY not in repr(settings)
    assert SIGNING_SECRET not in repr(settings)
