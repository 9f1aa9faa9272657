"""How a shopper gets to the page where an order is paid."""

from __future__ import annotations

import logging

from flask import request, url_for

from shop.core.errors import ProviderUnavailable
from shop.core.orders import Order, Status
from shop.core.payment import Places
from shop.storage.payments import attempts
from shop.web.languages.texts import gettext
from shop.web.site.addresses import addresses
from shop.web.site.messages import add_message
from shop.web.site.shop import shop

log = logging.getLogger("shop.payments")


def is_awaited(order: Order) -> bool:
    """Whether an order waits for a payment that a hosted provider takes."""
    return order.status is Status.PLACED and shop().payments.hosted(order.payment) is not None


def instructions(order: Order) -> str:
    """What the shopper should do once the order is placed."""
    return gettext(shop().payments.instructions(order.payment), reference=order.reference)


def next_address(order: Order) -> str:
    """Where a shopper goes on with an order: to the provider of its payment, where a new attempt is
    begun, or to the order's own page, when no payment is awaited or the provider cannot be asked.
    """
    own = url_for("order.show", token=order.token)
    method = shop().payments.hosted(order.payment)
    if method is None or not is_awaited(order):
        return own
    places = Places(
        home=request.root_url,
        order=url_for("order.show", token=order.token, _external=True),
        notices=f"{request.host_url.rstrip('/')}{addresses().notices}{method.code}",
    )
    now = shop().now()
    try:
        attempt = method.begin(order, shop().new_id(), places, now)
    except ProviderUnavailable as problem:
        log.warning("provider_unavailable", extra={"code": method.code, "reason": str(problem)})
        add_message(
            gettext(
                "The page where you pay could not be opened. Your order is kept: please try again "
                "in a minute. If that does not help, write to us, and quote %(reference)s.",
                reference=order.reference,
            ),
            "warning",
        )
        return own
    attempts.keep(shop().engine, order, method.code, attempt, now)
    return attempt.address
