"""Order mail in the admin: what became of it, what it says, and sent again."""

from __future__ import annotations

import pytest

from shop.mail.sending import PAUSES
from shop.storage.orders import lookup, outbox
from shop.storage.orders.outbox import Message
from tests.conftest import START, Opener, OpenShop
from tests.integration.client import MARKUP, attributes, elements, parsed, text_of
from tests.integration.keepers import sends, signed_in
from tests.integration.test_orders import placed
from tests.integration.test_outbox import mail

MAIL = "/admin/mail"
REASON = "The mail server refused the message: 550 No such mailbox"


def tried(shop: OpenShop, *, next_attempt_at: int | None, error: str = REASON) -> Message:
    """The message that is due, after an attempt that failed."""
    claimed = outbox.claim(shop.engine, now=shop.clock.now, lease_seconds=600)
    assert claimed is not None
    assert outbox.failed(shop.engine, claimed, error, next_attempt_at=next_attempt_at)
    return claimed


def sent(shop: OpenShop) -> Message:
    claimed = outbox.claim(shop.engine, now=shop.clock.now, lease_seconds=600)
    assert claimed is not None
    assert outbox.sent(shop.engine, claimed, "ada@example.com", now=shop.clock.now)
    return claimed


def listed(html: str) -> list[str]:
    """What each message of a list is, and what became of it."""
    found = elements(parsed(html), ".admin-entries li")
    return [" ".join(each.to_text().split()) for each in found]


def test_an_order_shows_what_became_of_its_mail(shop: OpenShop) -> None:
    reference = placed(shop)
    sent(shop)
    tried(shop, next_attempt_at=START + PAUSES[0], error="The mail server took too long.")
    page = signed_in(shop).get(f"/admin/orders/{reference}").text
    assert listed(page) == [
        "Confirmation to ada@example.com Sent 28 May 2026 at 21:26",
        "New order to shop@localhost Waiting after 1 of 11 attempts, next 28 May 2026 at 21:27 "
        "The mail server took too long.",
    ]


def test_what_was_given_up_is_counted_on_every_page(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    for address in ("/admin/orders", f"/admin/orders/{reference}", MAIL):
        assert "given up" not in text_of(visitor.get(address).text, ".admin-top")
    tried(shop, next_attempt_at=None)
    for address in ("/admin/orders", f"/admin/orders/{reference}", MAIL):
        assert "Mail 1 given up" in text_of(visitor.get(address).text, ".admin-top")
    visitor = shop.visitor()
    assert "given up" not in visitor.get("/admin/sign-in").text


def test_the_list_has_what_was_given_up_and_what_waits(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    assert len(listed(visitor.get(MAIL).text)) == 2
    tried(shop, next_attempt_at=None)
    page = visitor.get(MAIL).text
    assert [it.to_text() for it in elements(parsed(page), "main h2")] == ["Given up", "Waiting"]
    assert listed(page) == [
        f"Confirmation: {reference} to ada@example.com Given up after 1 attempt {REASON}",
        f"New order: {reference} to shop@localhost Waiting",
    ]
    shop.sql("update outbox set next_attempt_at = null, sent_at = 1")
    assert "All mail is sent" in visitor.get(MAIL).text


@pytest.mark.parametrize(
    ("mail_server", "says_so"),
    [pytest.param("", True, id="files"), pytest.param("smtp://mail.example", False, id="a server")],
)
def test_mail_that_only_goes_to_files_is_said_to(
    open_shop: Opener, mail_server: str, says_so: bool
) -> None:
    page = signed_in(open_shop(SHOP_MAIL=mail_server)).get(MAIL).text
    assert ("nobody gets this mail" in page) == says_so


def test_a_long_list_says_how_long_it_is(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    placed(shop)
    placed(shop, "MUG")
    monkeypatch.setattr("shop.admin.mail.MOST_LISTED", 3)
    page = signed_in(shop).get(MAIL).text
    assert len(listed(page)) == 3
    assert "These are the newest 3 of 4." in page


def test_a_message_is_read_as_text(shop: OpenShop) -> None:
    reference = placed(shop, name="Zoë Baker", line_1=MARKUP)
    confirmation, notice = mail(shop)
    visitor = signed_in(shop)
    page = visitor.get(f"{MAIL}/{confirmation.number}").text  # the client fails on any markup
    (letter,) = elements(parsed(page), "pre.admin-letter")
    assert f"Your order {reference}" in letter.to_text()
    assert "data-evil" in letter.to_text()
    assert "within 14 days" in letter.to_text()
    (token,) = (order.token for order in lookup.everything(shop.engine))
    assert f"http://127.0.0.1:8000/orders/{token}" in letter.to_text()
    assert token not in visitor.get(f"{MAIL}/{notice.number}").text
    assert "It is sent by itself" in page
    assert not elements(parsed(page), "main form")


def test_a_message_is_sent_again(shop: OpenShop) -> None:
    placed(shop)
    number = sent(shop).number
    visitor = signed_in(shop)
    (form,) = elements(parsed(visitor.get(f"{MAIL}/{number}").text), "main form")
    action = str(attributes(form)["action"])
    assert visitor.get(action).status_code == 404
    assert mail(shop)[0].resends == 0
    response = sends(visitor, action)
    assert (response.status_code, response.location) == (303, f"{MAIL}/{number}")
    page = visitor.get(response.location).text
    assert text_of(page, ".notices") == "The message is waiting to be sent again."
    assert text_of(page, "p.lead") == "Waiting"
    kept = mail(shop)[0]
    assert (kept.resends, kept.attempts, kept.next_attempt_at) == (1, 0, START)


def test_what_is_sent_by_itself_is_not_sent_again(shop: OpenShop) -> None:
    placed(shop)
    visitor = signed_in(shop)
    before = shop.dump()
    response = sends(visitor, f"{MAIL}/{mail(shop)[0].number}/again")
    assert response.status_code == 409
    assert "Nothing was changed." in text_of(response.text, "p[role=alert]")
    assert shop.dump() == before


def test_a_message_that_cannot_be_written_says_why(shop: OpenShop) -> None:
    placed(shop)
    shop.sql("update orders set email = ?", "ada@example.com\r\nBcc: eve@example.com")
    page = signed_in(shop).get(f"{MAIL}/{mail(shop)[0].number}").text
    assert "It cannot be written:" in page


def test_an_error_page_needs_no_database(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    shop.sql("drop table outbox")
    response = visitor.get("/admin/orders")
    assert response.status_code == 503
    assert text_of(response.text, "h1") == "The shop needs a moment"


@pytest.mark.parametrize("number", ["0", "99", str(2**31), "x", "-1", "1" * 400])
def test_a_message_that_is_not_there(shop: OpenShop, number: str) -> None:
    visitor = signed_in(shop)
    assert visitor.get(f"{MAIL}/{number}").status_code == 404
    assert sends(visitor, f"{MAIL}/{number}/again").status_code == 404


def test_the_password_of_the_mail_server_is_on_no_page(open_shop: Opener) -> None:
    shop = open_shop(SHOP_MAIL="smtp://shop:open%20sesame@127.0.0.1:9")
    reference = placed(shop)
    tried(shop, next_attempt_at=None)
    visitor = signed_in(shop)
    for address in (MAIL, f"{MAIL}/{mail(shop)[0].number}", f"/admin/orders/{reference}"):
        assert "sesame" not in visitor.get(address).text
