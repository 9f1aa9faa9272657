"""The outbox: mail is stored with its order, claimed by one sender at a time, and reported on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from shop.core.errors import MailRefused
from shop.core.orders import Status, Step
from shop.storage.engine import reading, writing
from shop.storage.orders import advancing, outbox
from shop.storage.orders.outbox import Kind, Message, Recipient, State
from tests.conftest import START, OpenShop
from tests.integration.checkouts import once, orders, place
from tests.integration.client import LintingClient

LEASE = 60


def mail(shop: OpenShop) -> list[Message]:
    """All messages, the oldest first."""
    with reading(shop.engine) as connection:
        return outbox.listing(connection)[::-1]


@pytest.fixture
def placed(shop: OpenShop, visitor: LintingClient) -> str:
    """The reference of an order with two messages in the outbox."""
    visitor.add("MUG")
    assert place(visitor).status_code == 303
    return str(shop.sql("select reference from orders")[0][0])


def test_an_order_writes_a_confirmation_and_tells_the_keeper(shop: OpenShop, placed: str) -> None:
    assert [(it.kind, it.recipient, it.reference, it.state(START)) for it in mail(shop)] == [
        (Kind.CONFIRMATION, Recipient.SHOPPER, placed, State.WAITING),
        (Kind.NEW_ORDER, Recipient.KEEPER, placed, State.WAITING),
    ]
    assert {it.written_at for it in mail(shop)} == {START}


def test_a_checkout_that_is_sent_twice_writes_its_mail_once(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    token = once(visitor)
    with ThreadPoolExecutor(1) as pool:  # a context of its own, as for another request
        for _ in range(2):
            pool.submit(place, visitor, token).result()
    assert orders(shop) == 1
    assert len(mail(shop)) == 2


def test_a_cart_writes_no_mail(shop: OpenShop, visitor: LintingClient) -> None:
    before = shop.dump()
    visitor.add("MUG")
    visitor.get("/checkout")
    assert shop.dump() == before


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        pytest.param((Status.PAID,), [], id="paid"),
        pytest.param((Status.PAID, Status.SENT), [Kind.SENT], id="sent"),
        pytest.param((Status.CANCELLED,), [Kind.CANCELLED], id="cancelled"),
        pytest.param((Status.PAID, Status.REFUNDED), [Kind.REFUNDED], id="refunded"),
    ],
)
def test_steps_of_an_order_write_mail_to_the_shopper(
    shop: OpenShop, placed: str, steps: tuple[Status, ...], kinds: list[Kind]
) -> None:
    for status in steps:
        advancing.advance(shop.engine, placed, status, by="Bea", at=START + 5)
    written = mail(shop)[2:]
    assert [it.kind for it in written] == kinds
    assert all(it.recipient is Recipient.SHOPPER for it in written)
    assert all(it.next_attempt_at == START + 5 for it in written)


def test_a_step_and_its_mail_are_stored_together_or_not_at_all(shop: OpenShop, placed: str) -> None:
    before = shop.dump()
    with shop.engine.connect().execution_options(is_writer=True) as connection:
        advancing.take(connection, placed, Step(Status.CANCELLED, START, "Bea"))
        assert len(outbox.listing(connection)) == 3
        connection.rollback()
    assert shop.dump() == before


@pytest.mark.parametrize(
    ("when", "table"),
    [
        pytest.param("insert", "outbox", id="no mail, no order"),
        pytest.param("update", "products", id="no order, no mail"),
    ],
)
def test_an_order_and_its_mail_are_stored_together_or_not_at_all(
    shop: OpenShop, visitor: LintingClient, when: str, table: str
) -> None:
    visitor.add("MUG")
    visitor.add("STATE-ONE-LEFT")
    token = once(visitor)
    visitor.application.testing = False
    with shop.database.broken(when, table):
        place(visitor, token)
    assert (orders(shop), mail(shop)) == (0, [])
    assert place(visitor, token).status_code == 303
    assert (orders(shop), len(mail(shop))) == (1, 2)


def test_what_is_due_is_claimed_by_one_until_its_lease_has_passed(
    shop: OpenShop, placed: str
) -> None:
    engine = shop.engine
    assert outbox.claim(engine, now=START - 1, lease_seconds=LEASE) is None
    first = outbox.claim(engine, now=START, lease_seconds=LEASE)
    second = outbox.claim(engine, now=START, lease_seconds=LEASE)
    assert first is not None
    assert second is not None
    assert (first.kind, second.kind) == (Kind.CONFIRMATION, Kind.NEW_ORDER)
    assert (first.attempts, first.state(START)) == (1, State.SENDING)
    assert outbox.claim(engine, now=START + LEASE - 1, lease_seconds=LEASE) is None
    again = outbox.claim(engine, now=START + LEASE, lease_seconds=LEASE)
    assert again is not None
    assert (again.number, again.attempts) == (first.number, 2)


def test_the_report_of_an_older_claim_changes_nothing(shop: OpenShop, placed: str) -> None:
    engine = shop.engine
    old = outbox.claim(engine, now=START, lease_seconds=LEASE)
    outbox.claim(engine, now=START, lease_seconds=LEASE)
    new = outbox.claim(engine, now=START + LEASE, lease_seconds=LEASE)
    assert old is not None
    assert new is not None
    assert not outbox.failed(engine, old, "slow", next_attempt_at=None)
    assert not outbox.sent(engine, old, "ada@example.com", now=START + LEASE)
    assert mail(shop)[0].state(START + LEASE) is State.SENDING
    assert outbox.sent(engine, new, "ada@example.com", now=START + LEASE)
    assert mail(shop)[0].state(START + LEASE) is State.SENT
    assert mail(shop)[0].sent_to == "ada@example.com"


def test_of_many_senders_at_once_each_message_has_one(shop: OpenShop, placed: str) -> None:
    claims = claimed_at_once(shop.engine, START)
    assert sorted(it.number for it in claims) == [it.number for it in mail(shop)]


def claimed_at_once(engine: Engine, now: int) -> list[Message]:
    """What four senders claim who look at the outbox at the same time."""

    def claims(_: int) -> list[Message]:
        return list(iter(lambda: outbox.claim(engine, now=now, lease_seconds=LEASE), None))

    with ThreadPoolExecutor(4) as pool:
        return [it for claimed in pool.map(claims, range(4)) for it in claimed if it]


def test_a_message_that_failed_waits_or_is_given_up(shop: OpenShop, placed: str) -> None:
    engine = shop.engine
    for later in (START + 90, None):
        claimed = outbox.claim(engine, now=START, lease_seconds=LEASE)
        assert claimed is not None
        assert outbox.failed(engine, claimed, "451 later", next_attempt_at=later)
    assert [(it.state(START), it.last_error) for it in mail(shop)] == [
        (State.WAITING, "451 later"),
        (State.GIVEN_UP, "451 later"),
    ]
    assert outbox.claim(engine, now=START + 89, lease_seconds=LEASE) is None
    assert outbox.claim(engine, now=START + 90, lease_seconds=LEASE) is not None


def test_a_message_that_is_over_can_be_sent_again(shop: OpenShop, placed: str) -> None:
    engine = shop.engine
    claimed = outbox.claim(engine, now=START, lease_seconds=LEASE)
    assert claimed is not None
    with writing(engine) as connection, pytest.raises(MailRefused, match="being sent"):
        outbox.resend(connection, claimed.number, now=START)
    outbox.sent(engine, claimed, "ada@example.com", now=START)
    with writing(engine) as connection:
        outbox.resend(connection, claimed.number, now=START + 5)
    message = mail(shop)[0]
    assert (message.state(START + 5), message.attempts, message.resends) == (State.WAITING, 0, 1)
    assert not outbox.sent(engine, claimed, "ada@example.com", now=START + 6)
    with writing(engine) as connection, pytest.raises(MailRefused, match="no message 99"):
        outbox.resend(connection, 99, now=START)


def test_a_list_can_be_of_one_order_or_of_what_is_not_sent(shop: OpenShop, placed: str) -> None:
    engine = shop.engine
    claimed = outbox.claim(engine, now=START, lease_seconds=LEASE)
    assert claimed is not None
    outbox.sent(engine, claimed, "ada@example.com", now=START)
    with reading(engine) as connection:
        of_order = outbox.listing(connection, reference=placed.lower())
        unsent = outbox.listing(connection, only_unsent=True)
        assert [it.kind for it in of_order] == [Kind.NEW_ORDER, Kind.CONFIRMATION]
        assert [it.kind for it in unsent] == [Kind.NEW_ORDER]
        assert outbox.listing(connection, reference="AAAA-AAAA") == []
        assert len(outbox.listing(connection, limit=1)) == 1
