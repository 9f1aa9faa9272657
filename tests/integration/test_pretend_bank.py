"""Orders that are paid at the pretend bank: its page, its notices, and payments that never come."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from shop.commands.mail import Sweep
from shop.config import Settings, SettingsError
from shop.core.money import Money
from shop.core.payment import Notice, State
from shop.factory import create_app
from shop.providers.pretend_bank import deliveries
from shop.providers.pretend_bank.method import LONGEST_WAY_SECONDS, SIGNATURE, PretendBank
from shop.storage.payments import attempts, unpaid
from tests.conftest import DAY, KEY, Clock, Opener, OpenShop
from tests.integration.checkouts import place, stock
from tests.integration.client import LintingClient, elements, parsed, text_of
from tests.integration.keepers import signed_in

NOTICES = "/payments/pretend-bank"
BANK = PretendBank([KEY])


@pytest.fixture
def shop(open_shop: Opener) -> OpenShop:
    return open_shop(SHOP_PAYMENTS="pretend-bank,invoice")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Timers that have been started: each is a number of seconds, and what happens then."""
    started: list[Any] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: int, does: Any, arguments: tuple[Any, ...]) -> None:
            self.seconds, self.fire = seconds, lambda: does(*arguments)

        def start(self) -> None:
            started.append(self)

    monkeypatch.setattr(deliveries, "Timer", Timer)
    return started


def path_of(response: TestResponse) -> str:
    return urlsplit(response.location).path


def at_the_bank(visitor: LintingClient, **fields: str) -> str:
    """Orders a mug, and returns the path of the bank's page."""
    visitor.add("MUG", 2)
    response = place(visitor, payment="pretend-bank", **fields)
    assert response.status_code == 303
    assert path_of(response).startswith("/pretend-bank/")
    return path_of(response)


def decide(visitor: LintingClient, page: str, decision: str, word: str = "at-once") -> str:
    """Presses a button of the bank, and returns the path of the order's page."""
    response = visitor.send(page, decision=decision, word=word)
    assert response.status_code == 303
    assert path_of(response).startswith("/orders/")
    return path_of(response)


def states(shop: OpenShop) -> tuple[list[str], list[str]]:
    """The statuses of the orders, and the states of the attempts to pay them."""
    orders = shop.sql("select status from orders order by number")
    tried = shop.sql("select state from payment_attempts order by begun_at")
    return [row[0] for row in orders], [row[0] for row in tried]


def tell(
    visitor: LintingClient, shop: OpenShop, *, at: int | None = None, **changed: Any
) -> TestResponse:
    """Sends a notice of the only attempt, as the bank would."""
    key, minor = shop.sql("select key, amount_minor from payment_attempts")[0]
    said = {"key": "a notice", "attempt": key, "state": State.PAID, "amount": Money(minor, "GBP")}
    body, headers = BANK.signed(Notice(**said | changed), shop.clock.now if at is None else at)
    return visitor.post(NOTICES, data=body, headers=headers)


def test_the_bank_shows_what_is_paid_and_the_order_is_paid_when_the_shopper_is_back(
    shop: OpenShop, visitor: LintingClient
) -> None:
    page = at_the_bank(visitor)
    html = visitor.get(page).text
    assert text_of(html, "h1") == "Pay £22.95"
    assert "no money moves" in text_of(html, "main")
    assert states(shop) == (["placed"], ["open"])

    order = decide(visitor, page, "paid")
    assert states(shop) == (["paid"], ["paid"])
    assert text_of(visitor.get(order).text, "h1") == "Your order is paid."
    assert shop.sql("select made_by from order_events order by position") == [
        ("shopper",), ("the pretend bank",),
    ]  # fmt: skip


def test_keepers_read_who_took_each_step(shop: OpenShop, visitor: LintingClient) -> None:
    shop.sql("update products set stock = 10 where sku = 'MUG'")
    decide(visitor, at_the_bank(visitor), "paid")
    shop.clock.now += 1
    decide(visitor, at_the_bank(visitor), "left")
    unpaid.cancel(shop.engine, ["pretend-bank"], before=shop.clock.now + 1, at=shop.clock.now)
    paid, cancelled = (
        reference for (reference,) in shop.sql("select reference from orders order by number")
    )
    keeper = signed_in(shop)
    for reference, said in (
        (paid, ["Placed by the shopper", "Paid by the pretend bank"]),
        (cancelled, ["Placed by the shopper", "Cancelled by the shop"]),
    ):
        history = text_of(keeper.get(f"/admin/orders/{reference}").text, "ol.admin-history")
        shown = shop.run("orders", "show", reference)
        for step in said:
            status, by = step.split(maxsplit=1)
            assert re.search(rf"{status} [^,]+, {by}\b", history)
            assert f"{status.lower()} {by}" in shown


def test_a_payment_that_fails_can_be_tried_again(shop: OpenShop, visitor: LintingClient) -> None:
    order = decide(visitor, at_the_bank(visitor), "failed")
    html = visitor.get(order).text
    assert "The payment did not go through, and no money was taken." in text_of(html, "main")
    assert states(shop) == (["placed"], ["failed"])
    shop.clock.now += 1
    again = visitor.send(f"{order}/pay")
    assert decide(visitor, path_of(again), "paid") == order
    assert states(shop) == (["paid"], ["failed", "paid"])
    assert elements(parsed(visitor.get(order).text), f"form[action='{order}/pay']") == []


@pytest.mark.parametrize("decision", ["left", "", "robbed"])
def test_who_does_not_pay_is_back_with_an_order_to_be_paid(
    shop: OpenShop, visitor: LintingClient, decision: str
) -> None:
    order = decide(visitor, at_the_bank(visitor), decision)
    text = text_of(visitor.get(order).text, "main")
    assert "It is not paid yet" in text
    assert "We keep the goods for you until 29 May 2026 at" in text
    assert states(shop) == (["placed"], ["open"])


def test_who_has_paid_is_told_to_wait_and_to_look_again(
    shop: OpenShop, visitor: LintingClient, later: list[Any]
) -> None:
    order = decide(visitor, at_the_bank(visitor), "paid", "late")
    html = visitor.get(order).text
    assert "If you have just paid, please do not pay again" in text_of(html, "main")
    assert len(elements(parsed(html), f"main a[href='{order}']")) == 1
    later.pop().fire()
    html = visitor.get(order).text
    assert text_of(html, "h1") == "Your order is paid."
    assert elements(parsed(html), f"main a[href='{order}']") == []


def test_who_could_not_pay_is_not_told_to_wait(shop: OpenShop, visitor: LintingClient) -> None:
    order = decide(visitor, at_the_bank(visitor), "failed")
    html = visitor.get(order).text
    assert elements(parsed(html), f"main a[href='{order}']") == []


@pytest.mark.parametrize("word", ["twice", "contradicted", "unheard of"])
@pytest.mark.parametrize("decision", ["paid", "failed"])
def test_notices_in_any_number_lead_to_one_step(
    shop: OpenShop, visitor: LintingClient, decision: str, word: str
) -> None:
    decide(visitor, at_the_bank(visitor), decision, word)
    is_paid = decision == "paid" or word == "contradicted"
    assert states(shop) == ((["paid"], ["paid"]) if is_paid else (["placed"], ["failed"]))
    assert shop.sql("select count(*) from order_events") == [(2 if is_paid else 1,)]
    assert shop.sql("select count(*) from payment_notices") == [(1 + (word == "contradicted"),)]


def test_a_late_notice_is_sent_later_and_a_lost_one_never(
    shop: OpenShop, visitor: LintingClient, later: list[Any]
) -> None:
    page = at_the_bank(visitor)
    decide(visitor, page, "paid", "never")
    assert later == []
    decide(visitor, page, "paid", "late")
    assert states(shop) == (["placed"], ["open"])
    assert [timer.seconds for timer in later] == [deliveries.LATE_SECONDS]
    later.pop().fire()
    assert later == []
    assert states(shop) == (["paid"], ["paid"])


def test_a_notice_that_the_shop_does_not_take_is_sent_again(
    shop: OpenShop, visitor: LintingClient, later: list[Any]
) -> None:
    page = at_the_bank(visitor)
    shop.sql("alter table payment_notices rename to away")
    decide(visitor, page, "paid")
    assert [timer.seconds for timer in later] == [deliveries.PAUSES[0]]
    later.pop().fire()
    assert [timer.seconds for timer in later] == [deliveries.PAUSES[1]]
    shop.sql("alter table away rename to payment_notices")
    later.pop().fire()
    assert later == []
    assert states(shop) == (["paid"], ["paid"])


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"attempt": "another"}, "this shop began no such attempt"),
        ({"amount": Money(1, "GBP")}, "the amount is not that of the attempt"),
        ({"at": -LONGEST_WAY_SECONDS - 1}, "this was not signed just now"),
        ({"at": LONGEST_WAY_SECONDS + 1}, "this was not signed just now"),
    ],
)
def test_a_notice_that_does_not_fit_is_refused(
    shop: OpenShop, visitor: LintingClient, changed: dict[str, Any], reason: str
) -> None:
    at_the_bank(visitor)
    if "at" in changed:
        changed = {"at": shop.clock.now + changed["at"]}
    response = tell(visitor, shop, **changed)
    assert (response.status_code, response.text) == (400, f"{reason}\n")
    assert states(shop) == (["placed"], ["open"])
    assert shop.sql("select * from payment_notices") == []


def test_a_notice_that_the_bank_did_not_sign_is_refused(
    shop: OpenShop, visitor: LintingClient
) -> None:
    at_the_bank(visitor)
    key = shop.sql("select key from payment_attempts")[0][0]
    notice = Notice("a notice", key, State.PAID, Money(2295, "GBP"))
    body, headers = BANK.signed(notice, shop.clock.now)
    forged = PretendBank(["another key that is long enough to be one"]).signed(notice, 0)[1]
    for data, sent in (
        (body, {}), (body, forged), (body.replace(b"paid", b"open"), headers), (b"", headers),
    ):  # fmt: skip
        response = visitor.post(NOTICES, data=data, headers=sent)
        assert (response.status_code, response.text) == (
            400,
            "the pretend bank did not sign this\n",
        )
    assert states(shop) == (["placed"], ["open"])
    assert SIGNATURE in headers


def test_only_hosted_methods_take_notices(shop: OpenShop, visitor: LintingClient) -> None:
    for code in ("invoice", "barter"):
        assert visitor.post(f"/payments/{code}", data=json.dumps({})).status_code == 404


@pytest.mark.parametrize("signed", ["", "x", "WyJhIl0.c2ln"])
def test_an_address_of_the_bank_that_no_shop_made_is_not_found(
    visitor: LintingClient, signed: str
) -> None:
    assert visitor.get(f"/pretend-bank/{signed}").status_code == 404


def test_money_for_a_cancelled_order_is_reported(
    shop: OpenShop, visitor: LintingClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = at_the_bank(visitor)
    shop.clock.now += DAY + 1
    assert len(unpaid.cancel(shop.engine, ["pretend-bank"], before=shop.clock.now, at=9)) == 1
    decide(visitor, page, "paid")
    assert states(shop) == (["cancelled"], ["paid"])
    assert [record.message for record in caplog.records if "payment" in record.name] == [
        "payment_surplus"
    ]


def test_money_that_comes_too_late_is_named_to_shopper_and_keeper(
    shop: OpenShop, visitor: LintingClient
) -> None:
    page = at_the_bank(visitor)
    shop.clock.now += DAY + 1
    (reference,) = unpaid.cancel(shop.engine, ["pretend-bank"], before=shop.clock.now, at=9)
    order = decide(visitor, page, "left")
    assert "reached us after" not in visitor.get(order).text
    decide(visitor, page, "paid")
    assert "Your payment of £22.95 reached us after this order had been cancelled." in text_of(
        visitor.get(order).text, "main"
    )
    told = text_of(signed_in(shop).get(f"/admin/orders/{reference}").text, ".admin-lack")
    assert told.startswith("£22.95 came on ")
    assert (
        "when this order was already cancelled. Return the money, unless you have done so." in told
    )
    assert shop.run("orders", "show", reference).count(": return the money") == 1


def test_only_the_payment_that_was_not_needed_is_returned(
    shop: OpenShop, visitor: LintingClient
) -> None:
    page = at_the_bank(visitor)
    order = decide(visitor, page, "left")
    shop.clock.now += 1
    again = path_of(visitor.send(f"{order}/pay"))
    decide(visitor, again, "paid")
    ((reference,),) = shop.sql("select reference from orders")
    keeper = signed_in(shop)
    address = f"/admin/orders/{reference}"
    assert elements(parsed(keeper.get(address).text), ".admin-lack") == []
    decide(visitor, page, "paid")
    (first,), (second,) = shop.sql("select key from payment_attempts order by begun_at")
    (told,) = elements(parsed(keeper.get(address).text), ".admin-lack")
    assert "when this order was already paid" in told.to_text()
    assert (first in told.to_text(), second in told.to_text()) == (True, False)


def test_an_order_that_nobody_pays_gives_its_stock_back(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.sql("update products set stock = 10 where sku = 'MUG'")
    decide(visitor, at_the_bank(visitor), "paid")
    shop.clock.now += 1
    decide(visitor, at_the_bank(visitor), "left")
    place_by_invoice(visitor)
    assert (states(shop)[0], stock(shop, "MUG")) == (["paid", "placed", "placed"], 5)

    codes, begun = ["pretend-bank"], shop.clock.now
    assert unpaid.cancel(shop.engine, codes, before=begun, at=begun) == []
    cancelled = unpaid.cancel(shop.engine, codes, before=begun + 1, at=begun + 1)
    assert (states(shop)[0], stock(shop, "MUG")) == (["paid", "cancelled", "placed"], 7)
    assert shop.sql("select reference from orders order by number")[1] == (*cancelled,)
    assert shop.sql("select made_by, note from order_events where status = 'cancelled'") == [
        ("shop", "No payment came.")
    ]


def place_by_invoice(visitor: LintingClient) -> None:
    visitor.add("MUG")
    assert place(visitor, payment="invoice").status_code == 303


def test_an_order_that_is_being_paid_is_kept(shop: OpenShop, visitor: LintingClient) -> None:
    order = decide(visitor, at_the_bank(visitor), "left")
    first = shop.clock.now
    shop.clock.now += DAY
    visitor.send(f"{order}/pay")
    assert unpaid.cancel(shop.engine, ["pretend-bank"], before=first + DAY, at=0) == []


def test_an_order_by_invoice_has_no_page_to_pay_at(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    order = path_of(place(visitor, payment="invoice"))
    assert path_of(visitor.send(f"{order}/pay")) == order
    assert shop.sql("select * from payment_attempts") == []
    assert visitor.send("/orders/nobody/pay").status_code == 404


def test_the_attempts_of_an_order_are_listed(shop: OpenShop, visitor: LintingClient) -> None:
    order = decide(visitor, at_the_bank(visitor), "failed")
    with shop.engine.connect() as connection:
        (kept,) = attempts.of_order(connection, order.rpartition("/")[2])
    assert (kept.provider, kept.state, kept.amount) == (
        "pretend-bank", State.FAILED, Money(2295, "GBP"),
    )  # fmt: skip
    assert kept.begun_at == kept.settled_at == shop.clock.now


@pytest.mark.parametrize(
    "public",
    [
        {"SHOP_HOST": "192.0.2.1"},
        {"SHOP_TRUSTED_PROXIES": "1"},
        {"SHOP_CANONICAL_HOST": "shop.example"},
        {"SHOP_TRUSTED_HOSTS": "localhost,shop.example"},
        {"SHOP_URL": "https://shop.example"},
    ],
    ids=str,
)
def test_the_bank_is_only_for_shops_that_nobody_else_reaches(
    tmp_path: Any, public: dict[str, str]
) -> None:
    own = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY}
    assert codes(own) == ["pretend-bank", "invoice"]
    assert codes(own | public) == ["invoice"]
    with pytest.raises(SettingsError, match="only this machine reaches"):
        codes(own | public | {"SHOP_PAYMENTS": "pretend-bank"})


def codes(environ: dict[str, str]) -> list[str]:
    app = create_app(Settings.from_environ(environ), now=Clock())
    app.extensions["shop"].engine.dispose()
    return [method.code for method in app.extensions["shop"].payments.methods]


def test_what_nobody_pays_is_cancelled_beside_the_server_once_a_minute(
    shop: OpenShop, visitor: LintingClient, tmp_path: Path
) -> None:
    settings = Settings.from_environ({"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY})
    sweep = Sweep(settings, shop.engine, now=lambda: shop.clock.now)

    def statuses_after(seconds: int) -> list[str]:
        shop.clock.now += seconds
        sweep()
        return states(shop)[0]

    at_the_bank(visitor)
    assert statuses_after(30) == ["placed"]
    visitor.get("/checkout")
    at_the_bank(visitor, name="Grace")
    assert statuses_after(DAY - 29) == ["cancelled", "placed"]
    assert statuses_after(59) == ["cancelled", "placed"]
    assert statuses_after(1) == ["cancelled", "cancelled"]
