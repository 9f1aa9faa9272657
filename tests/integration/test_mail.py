"""Order mail: what it says, that nobody can inject into it, and the commands that send it."""

from __future__ import annotations

import json
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path

import pytest

from shop.config import Settings
from shop.core.orders import Status
from shop.factory import mail_sender
from shop.mail import files
from shop.mail.composing import Sender, compose
from shop.mail.sending import PAUSES, send_due
from shop.storage.orders import advancing, lookup, outbox
from shop.storage.orders.outbox import Message, State
from tests.conftest import KEY, START, OpenShop
from tests.integration.test_orders import placed
from tests.integration.test_outbox import mail

SENDER = Sender("https://shop.example", "shop@shop.example", "bea@shop.example")


def composed(shop: OpenShop, message: Message, **customer: str) -> EmailMessage:
    """A message as it arrives, for a customer with these fields."""
    order = outbox.order_of(shop.engine, message)
    order = replace(order, customer=replace(order.customer, **customer))
    octets = compose(shop.app, SENDER, message, order, START).as_bytes()
    assert max(map(len, octets.split(b"\r\n"))) <= 998  # RFC 5322, section 2.1.1
    return message_from_bytes(octets, policy=SMTP)


def text(email: EmailMessage, kind: str = "plain") -> str:
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def run(shop: OpenShop, *arguments: str, exit_code: int = 0) -> str:
    return shop.run("mail", *arguments, exit_code=exit_code)


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_mail_about_a_parcel_says_whether_it_is_to_be_paid(shop: OpenShop, kind: str) -> None:
    reference = placed(shop)
    engine = shop.engine

    def last() -> str:
        return text(composed(shop, mail(shop)[-1]), kind)

    advancing.advance(engine, reference, Status.SENT, by="Bea", at=START)
    assert "within 14 days" in last()
    advancing.advance(engine, reference, Status.CANCELLED, by="Bea", at=START)
    assert "There is nothing to pay." in last()
    advancing.advance(engine, placed(shop, "MUG"), Status.CANCELLED, by="Bea", at=START)
    assert "Nothing of it will be sent." in last()


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_confirmation_says_what_was_ordered_and_where_to_see_it(
    shop: OpenShop, kind: str
) -> None:
    reference = placed(shop)
    token = lookup.everything(shop.engine)[0].token
    email = composed(shop, mail(shop)[0])
    assert email["To"] == "Ada Lovelace <ada@example.com>"
    assert email["Subject"] == f"Crumb: Your order {reference}"
    for expected in (
        f"https://shop.example/orders/{token}",
        "within 14 days",
        reference,
        "including 20% VAT: £10.67",
    ):
        assert expected in text(email, kind)
    keeper = composed(shop, mail(shop)[1])
    assert keeper["To"] == "bea@shop.example"
    assert token not in text(keeper, kind)
    assert reference in text(keeper, kind)


def test_a_confirmation_of_a_paid_order_asks_for_no_payment(shop: OpenShop) -> None:
    advancing.advance(shop.engine, placed(shop), Status.PAID, by="Bea", at=START)
    assert "14 days" not in text(composed(shop, mail(shop)[0]))


def test_a_sent_order_has_its_tracking(shop: OpenShop) -> None:
    reference = placed(shop)
    advancing.advance(shop.engine, reference, Status.PAID, by="Bea", at=START)
    advancing.advance(shop.engine, reference, Status.SENT, by="Bea", at=START, tracking="RM <1>")
    email = composed(shop, mail(shop)[2])
    assert "Tracking: RM <1>" in text(email)
    assert "<bdi>RM &lt;1&gt;</bdi>" in text(email, "html")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Ada\r\nBcc: eve@example.com\r\n\r\nHello", id="line breaks"),
        pytest.param('"Ada" <eve@example.com>, \\', id="quotes"),
        pytest.param("a" * 1000, id="1,000 letters"),
        pytest.param("é" * 1000, id="1,000 letters with accents"),
        pytest.param("\N{COOKIE}" * 9, id="emoji"),
        pytest.param("\u202eעדה\u2066", id="right to left"),
        pytest.param("<script>alert(1)</script>", id="markup"),
    ],
)
def test_a_name_cannot_change_a_message(shop: OpenShop, name: str) -> None:
    placed(shop)
    email = composed(shop, mail(shop)[0], name=name)
    usual = composed(shop, mail(shop)[0])
    assert email.keys() == usual.keys()
    assert [it.addr_spec for it in email["To"].addresses] == ["ada@example.com"]
    assert not email.defects
    assert "<script" not in text(email, "html")
    assert "\nBcc:" not in text(email)


def test_a_domain_of_any_letters_is_written_in_ascii(shop: OpenShop) -> None:
    placed(shop)
    shop.sql("update orders set email = ?", "ada@müller.example")
    for message in mail(shop):
        order = outbox.order_of(shop.engine, message)
        octets = compose(shop.app, SENDER, message, order, START).as_bytes()
        assert b"ada@xn--mller-kva.example" in octets


def test_an_address_with_a_line_break_is_given_up_with_the_reason(
    shop: OpenShop, tmp_path: Path
) -> None:
    placed(shop)
    shop.sql("update orders set email = ?", "ada@example.com\r\nBcc: eve@example.com")
    engine = shop.engine

    def deliver(message: Message, email: EmailMessage) -> None:
        files.deliver(tmp_path / "mail", message, email)

    send_due(engine, partial(compose, shop.app, SENDER), deliver, now=lambda: START)
    assert mail(shop)[0].state(START) is State.GIVEN_UP
    assert "\n" not in mail(shop)[0].sent_to
    assert mail(shop)[0].last_error


@pytest.mark.parametrize(
    "problem", [OSError("no space left"), RuntimeError("a mistake of ours")], ids=repr
)
def test_what_fails_is_tried_after_growing_pauses(shop: OpenShop, problem: Exception) -> None:
    placed(shop)
    shop.sql("delete from outbox where kind = 'new-order'")
    now = START

    def outcome(later: int = 0) -> tuple[int, int]:
        def fail(*_: object) -> None:
            raise problem

        composed_by = partial(compose, shop.app, SENDER)
        return send_due(shop.engine, composed_by, fail, now=lambda: now + later)

    for pause in PAUSES:
        assert outcome() == (0, 1)
        assert outcome(pause - 1) == (0, 0)
        now += pause
    assert outcome() == (0, 1)
    assert mail(shop)[0].state(now) is State.GIVEN_UP
    assert mail(shop)[0].last_error == str(problem)


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"SHOP_PORT": "9000"}, "http://127.0.0.1:9000"),
        (
            {"SHOP_TRUSTED_HOSTS": "shop.example", "SHOP_TRUSTED_PROXIES": "1"},
            "https://shop.example",
        ),
        (
            {"SHOP_CANONICAL_HOST": "shop.example", "SHOP_TRUSTED_PROXIES": "1"},
            "https://shop.example",
        ),
        ({"SHOP_CANONICAL_HOST": "localhost:8443"}, "http://localhost:8443"),
        ({"SHOP_URL": "https://example.com/shop/"}, "https://example.com/shop"),
    ],
    ids=str,
)
def test_links_have_the_address_at_which_shoppers_reach_the_shop(
    environ: dict[str, str], url: str
) -> None:
    assert mail_sender(Settings.from_environ({"SHOP_SECRET_KEYS": KEY} | environ)).url == url


def test_the_commands_send_list_and_send_again(shop: OpenShop) -> None:
    reference = placed(shop)
    assert "2 messages" in run(shop, "send")
    folder = shop.folder / "mail"
    confirmation = folder / f"{reference}-confirmation.eml"
    assert {it.name for it in folder.iterdir()} == {
        confirmation.name,
        f"{reference}-new-order.eml",
    }
    assert confirmation.stat().st_mode & 0o777 == 0o600
    assert "0 messages" in run(shop, "send")
    rows = json.loads(run(shop, "list", "--json"))
    assert [(it["kind"], it["state"], it["sent_to"]) for it in rows] == [
        ("new-order", "sent", "shop@localhost"),
        ("confirmation", "sent", "ada@example.com"),
    ]
    assert "ada@example.com" in run(shop, "list")
    assert "new-order" in run(shop, "list", reference)
    assert run(shop, "list", "--unsent") == run(shop, "list", "AAAA-AAAA")
    run(shop, "resend", str(rows[1]["number"]))
    assert "1 message " in run(shop, "send")
    assert (folder / f"{reference}-confirmation-2.eml").exists()
    assert "1<=x<=2147483647" in run(shop, "resend", str(10**30), exit_code=2)
    assert "no message 99" in run(shop, "resend", "99", exit_code=1)
