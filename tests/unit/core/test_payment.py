"""What an attempt to pay comes to, whatever order its notices arrive in."""

from __future__ import annotations

from itertools import permutations

import pytest

from shop.core.money import Money
from shop.core.payment import ByInvoice, Notice, Payments, State, after
from shop.providers.pretend_bank.method import PretendBank

HALF_A_POUND = Money(50, "GBP")


@pytest.mark.parametrize("notices", [*permutations([State.PAID, State.FAILED, State.FAILED])])
def test_what_is_paid_once_stays_paid(notices: tuple[State, ...]) -> None:
    state = State.OPEN
    for notice in notices:
        state = after(state, notice)
    assert state is State.PAID


def test_an_attempt_that_failed_can_still_be_paid() -> None:
    assert after(State.OPEN, State.FAILED) is State.FAILED
    assert after(State.FAILED, State.FAILED) is State.FAILED
    assert after(State.FAILED, State.PAID) is State.PAID


def test_a_notice_says_what_became_of_an_attempt() -> None:
    with pytest.raises(ValueError, match=r"^a notice says that an attempt is paid or failed$"):
        Notice("n", "a", State.OPEN, HALF_A_POUND)


def test_only_a_method_with_a_page_of_its_own_is_hosted() -> None:
    bank = PretendBank(["a key"])
    payments = Payments((ByInvoice(), bank))
    assert payments.hosted("pretend-bank") is bank
    assert payments.hosted("invoice") is None
    assert payments.hosted("barter") is payments.hosted(None) is None
    assert payments.hosted_codes == ("pretend-bank",)


@pytest.mark.parametrize(
    "methods",
    [pytest.param((), id="none"), pytest.param((ByInvoice(), ByInvoice()), id="two with one code")],
)
def test_a_shop_has_methods_each_with_a_code(methods: tuple[ByInvoice, ...]) -> None:
    with pytest.raises(ValueError, match=r"^a shop has payment methods, each with a code"):
        Payments(methods)


def test_a_method_says_what_to_do_even_after_it_was_removed() -> None:
    payments = Payments((ByInvoice(),))
    assert payments.instructions("invoice") == ByInvoice.instructions
    assert "%(reference)s" in ByInvoice.instructions
    removed = payments.instructions("barter")
    assert removed == "Please write to us about the payment, and quote %(reference)s."
