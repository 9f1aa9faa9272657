"""Payments: the way to a provider's page, and what the provider reports."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from shop.core.errors import NoticeRefused, TransitionRefused
from shop.storage.orders import lookup
from shop.storage.payments import attempts
from shop.web.cart.visit import read_visit
from shop.web.checkout import paying
from shop.web.frame import responses
from shop.web.site.shop import shop

log = logging.getLogger("shop.payments")

blueprint = Blueprint("payment", __name__)


@blueprint.post("/orders/<token>/pay")
def begin(token: str) -> Response:
    """Leads to the provider's page, as the checkout has done before."""
    order = lookup.by_token(shop().engine, token)
    if order is None:
        abort(HTTPStatus.NOT_FOUND)
    return responses.see_other(paying.next_address(order), read_visit())


@blueprint.post("/payments/<code>")
def take(code: str) -> Response:
    """Takes a provider's notice. It has no CSRF token: the provider's signature is checked instead.

    A status below 300 means that the notice need not be sent again.
    """
    method = shop().payments.hosted(code)
    if method is None:
        abort(HTTPStatus.NOT_FOUND)
    now = shop().now()
    try:
        notice = method.notice(request.get_data(), dict(request.headers), now)
        if notice is not None:
            overpaid = attempts.take(shop().engine, code, notice, by=method.provider, at=now)
            if overpaid is not None:
                log.warning("payment_surplus", extra={"reference": overpaid.reference})
    except NoticeRefused as refusal:
        log.warning("notice_refused", extra={"code": code, "reason": str(refusal)})
        return Response(f"{refusal}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    except TransitionRefused as refusal:
        return Response(f"{refusal}\n", HTTPStatus.CONFLICT, mimetype="text/plain")
    return Response(status=HTTPStatus.NO_CONTENT)
