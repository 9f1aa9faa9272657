"""Breaks of payments at hosted providers."""

from __future__ import annotations

from mutants.entry import Break

_ATTEMPTS = "shop/storage/payments/attempts.py"
_METHOD = "shop/providers/pretend_bank/method.py"
_STRIPE = "shop/providers/stripe_checkout/method.py"
_STRIPE_TESTS = ("tests/integration/test_stripe.py",)
_TESTS = ("tests/integration/test_pretend_bank.py",)

BREAKS = (
    Break(
        "a notice without a signature",
        "Whoever knows an attempt's key pays with a request of their own.",
        _METHOD,
        '        if not self._notices.verify_signature(body, headers.get(SIGNATURE, "")):\n',
        "        if False:\n",
        _TESTS,
    ),
    Break(
        "an old notice is believed",
        "A notice that somebody recorded is of use for ever.",
        _METHOD,
        'if abs(now - fields["at"]) > LONGEST_WAY_SECONDS:',
        "if False:",
        _TESTS,
    ),
    Break(
        "a payment is kept as what shoppers choose",
        "The history of an order says “paid by By card or wallet”.",
        "shop/web/pages/payment.py",
        "by=method.provider",
        "by=method.label",
        (*_TESTS, *_STRIPE_TESTS),
    ),
    Break(
        "the amount is not looked at",
        "An order for £100 is paid with a penny.",
        _ATTEMPTS,
        "        if notice.amount != Money(attempt.amount_minor, attempt.currency):\n",
        "        if False:\n",
        _TESTS,
    ),
    Break(
        "a failure takes a payment back",
        "A late refusal makes a paid attempt a failed one, and the shopper is asked to pay again.",
        "shop/core/payment.py",
        "    return State.PAID if State.PAID in (state, notice) else notice\n",
        "    return notice\n",
        ("tests/unit/core/test_payment.py",),
    ),
    Break(
        "the payment that was needed is returned",
        "A keeper returns the money of an order that goes out.",
        _ATTEMPTS,
        "if each.state is State.PAID and _note(each.provider, each.key) not in used\n",
        "if each.state is State.PAID\n",
        _TESTS,
    ),
    Break(
        "the pretend bank is open to all",
        "Behind a proxy, everybody orders without paying.",
        "shop/setting_checks.py",
        "    return not any(_reach(settings).values())\n",
        "    return True\n",
        _TESTS,
    ),
    Break(
        "what was sent and never paid is back in stock",
        "The shop sells goods that are at a stranger's.",
        "shop/core/orders.py",
        "return after in (Status.CANCELLED, Status.REFUNDED) and not order.is_sent",
        "return after is Status.CANCELLED or (after is Status.REFUNDED and not order.is_sent)",
        ("tests/integration/test_orders.py",),
    ),
    Break(
        "anybody reports a payment at Stripe",
        "Whoever knows the address of an order makes it paid.",
        _STRIPE,
        "self._client.construct_event(body, headers.get(SIGNATURE), self._signing_secret)",
        "self._client.construct_event_without_verification(body)",
        _STRIPE_TESTS,
    ),
    Break(
        "a session that is completed counts as paid",
        "Goods leave although the bank transfer never comes.",
        _STRIPE,
        """ and session.payment_status != "paid":""",
        """ and not session.payment_status:""",
        _STRIPE_TESTS,
    ),
    Break(
        "Stripe is asked for a hundredth in some currencies",
        "An order of 4,500 crowns costs 45.",
        "shop/providers/stripe_checkout/amounts.py",
        "    return int(10**more)\n",
        "    return int(10**more) and 1\n",
        _STRIPE_TESTS,
    ),
)
