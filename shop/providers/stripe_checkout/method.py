"""The payment method: a Checkout Session for each attempt, and what its events say.

A session belongs to one attempt, whose key is the session's. Events, their fields and when they
come: https://docs.stripe.com/checkout/fulfillment and https://docs.stripe.com/api/checkout/sessions.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import stripe

from shop.core.errors import NoticeRefused, ProviderUnavailable
from shop.core.orders import Order
from shop.core.payment import Attempt, Notice, Places, State
from shop.core.text import marked
from shop.providers.stripe_checkout import CODE
from shop.providers.stripe_checkout.amounts import at_stripe, from_stripe

API = "https://api.stripe.com"
PAGES = "https://checkout.stripe.com"
SIGNATURE = "Stripe-Signature"
TIMEOUT_SECONDS = 10
"""How long a shopper waits for Stripe at most, before they are asked to try again. The library's
own limit is 80 seconds."""

STATES = {
    "checkout.session.completed": State.PAID,
    "checkout.session.async_payment_succeeded": State.PAID,
    "checkout.session.async_payment_failed": State.FAILED,
    "checkout.session.expired": State.FAILED,
}
"""What the events of a session say of its attempt. A session may be completed before its money has
come; then another event follows."""

stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)  # below, it writes addresses of orders


class StripeCheckout:
    """Pays on Stripe's page, by card and by whatever else is turned on in Stripe's dashboard."""

    code = CODE
    provider = "Stripe"
    label = marked("By card or wallet")
    note = marked("You pay on the page of Stripe, our payment provider.")
    instructions = marked("Please pay it on the page of Stripe, our payment provider.")
    form_action_origins = (PAGES,)

    def __init__(
        self,
        key: str,
        signing_secret: str,
        api: str = API,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """`key` is a secret or restricted key of Stripe's, and `signing_secret` that of the
        endpoint for events. `api` is the address where Stripe is asked."""
        self._signing_secret = signing_secret
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": api},
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )

    def begin(self, order: Order, key: str, places: Places, now: int) -> Attempt:
        total = order.sums.total
        try:
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": total.currency.lower(),
                                "unit_amount": at_stripe(total),
                                "product_data": {"name": f"Order {order.reference}"},
                            },
                        }
                    ],
                    "client_reference_id": order.reference,
                    "payment_intent_data": {"description": f"Order {order.reference}"},
                    "success_url": places.order,
                    "cancel_url": places.order,
                },
                {"idempotency_key": key},
            )
        except stripe.StripeError as problem:  # its text may hold a part of the key
            reason = f"{type(problem).__name__}, HTTP {problem.http_status}, {problem.code}"
            raise ProviderUnavailable(reason) from None
        if not session.url:
            raise ProviderUnavailable("Stripe gave no address for the session")
        return Attempt(session.id, session.url)

    def notice(self, body: bytes, headers: Mapping[str, str], now: int) -> Notice | None:
        """The library compares the time of signing with the machine's clock, not with `now`."""
        try:
            event = self._client.construct_event(body, headers.get(SIGNATURE), self._signing_secret)
        except stripe.SignatureVerificationError:
            raise NoticeRefused("Stripe did not sign this just now") from None
        except (ValueError, TypeError):  # of bytes that are no text, no JSON or no signature
            raise NoticeRefused("this is no event of Stripe's") from None
        state = STATES.get(event.type)
        if state is None:
            return None
        session: Any = event.data.object
        if event.type == "checkout.session.completed" and session.payment_status != "paid":
            return None
        return Notice(
            event.id, session.id, state, from_stripe(session.amount_total, session.currency)
        )
