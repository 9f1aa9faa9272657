"""The checkout: one page, one form, one order however often it is sent."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from flask import Blueprint, request, session, url_for
from itsdangerous import BadSignature
from werkzeug.wrappers import Response

from shop.core import orders
from shop.core.errors import CouponUsedUp, OutOfStock
from shop.core.orders import Order
from shop.core.pricing import Quote
from shop.core.text import marked
from shop.storage.orders import lookup, placing
from shop.web.cart import writer
from shop.web.cart.line_views import line_view
from shop.web.cart.price_notices import earlier_prices
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import CartChange
from shop.web.checkout import paying, recent_orders
from shop.web.checkout.form import CheckoutForm, destination
from shop.web.frame import responses
from shop.web.languages.texts import current, gettext
from shop.web.pages.cart import quoted
from shop.web.pages.order import LAST_ORDER
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.counts import count_order
from shop.web.site.messages import add_message
from shop.web.site.security import csrf_token
from shop.web.site.shop import shop

blueprint = Blueprint("checkout", __name__, url_prefix="/checkout")

PURPOSE = "checkout"
LAST_ORDER_SECONDS = 1800


@blueprint.get("")
def show() -> Response:
    visit = read_visit()
    if not visit.cart.lines:
        return _nothing_to_order(visit)
    form = CheckoutForm(formdata=None)
    return _page(visit, form, quoted(visit.cart), _new_once_key(visit))


@blueprint.post("")
def create() -> Response:
    form = CheckoutForm()
    is_recount = "recount" in request.form
    is_valid = is_recount or form.validate()
    once_key, shown, shown_for = _once(request.form.get("once", ""))
    visit = read_visit()
    earlier = lookup.by_once_key(shop().engine, once_key) if once_key else None
    if earlier is not None:
        return _confirmed(visit, earlier)
    if not visit.cart.lines:
        add_message(gettext("Your cart is empty, so there was nothing to order"), "warning")
        return responses.see_other(addresses().cart, visit)
    quote = quoted(visit.cart, form.country.data)
    if once_key is None:
        return _again(visit, form, quote, _new_once_key(visit), gettext(_TOO_OLD))
    if not quote.is_orderable:
        return _again(visit, form, quote, once_key, gettext(_BLOCKED))
    if is_recount:
        return _page(visit, form, quote, once_key)
    if quote.fingerprint != shown:
        return _again(visit, form, quote, once_key, _changed(quote, form.country.data, shown_for))
    if not is_valid:
        return _page(visit, form, quote, once_key, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _placed(visit, form, quote, once_key)


_TOO_OLD = marked(
    "This page was open for too long, so nothing was ordered. Your cart and what you typed "
    "are kept. Please check them and press the button again."
)
_BLOCKED = marked(
    "Something in your cart cannot be ordered at the moment, so nothing was ordered. "
    "Please change your cart first."
)
_SOLD = marked(
    "Something that you were about to order has just been sold, or withdrawn from sale, so nothing "
    "was ordered. Your cart is kept. Please check what is left of your order below."
)


def _changed(quote: Quote, country: str | None, shown_for: str) -> str:
    total = wording.money(quote.sums.total)
    name = destination(country)
    if name and country != shown_for:
        return gettext(
            "You have chosen another country (%(country)s). The total for it is %(total)s. Nothing "
            "was ordered yet. Please check the total and press the button again.",
            country=name,
            total=total,
        )
    return gettext(
        "Your cart or its prices changed since this page was shown, so nothing was ordered. The "
        "total is now %(total)s. Please check it and press the button again.",
        total=total,
    )


def _placed(visit: CartVisit, form: CheckoutForm, quote: Quote, once_key: str) -> Response:
    order = orders.place(
        quote,
        form.customer(),
        token=shop().new_id(),
        once_key=once_key,
        now=shop().now(),
        payment=form.payment.data,
        language=current().tag,
    )
    try:
        placed = placing.place(shop().engine, order)
        if placed.is_new:
            count_order(placed.order.payment)
        return _confirmed(visit, placed.order)
    except CouponUsedUp as refusal:
        alert = gettext(
            "The code %(code)s has just been used up, or has ended, so nothing was ordered. Your "
            "cart and what you typed are kept. Please check the new total below and press the "
            "button again.",
            code=refusal.code,
        )
        again = quoted(visit.cart, form.country.data)
        return _again(visit, form, again, once_key, alert)
    except OutOfStock:
        again = quoted(visit.cart, form.country.data)
        return _again(visit, form, again, once_key, gettext(_SOLD))


def _nothing_to_order(visit: CartVisit) -> Response:
    # The back button leads from the order to here, and so back to the order; not for long, since
    # somebody else may use this computer next.
    token, placed_at = session.get(LAST_ORDER, ("", 0))
    if shop().now() - placed_at < LAST_ORDER_SECONDS:
        return responses.see_other(url_for("order.show", token=token), visit)
    return responses.see_other(addresses().cart, visit)


def _confirmed(visit: CartVisit, order: Order) -> Response:
    session[LAST_ORDER] = (order.token, order.placed_at)
    value = None
    # A cart that was changed after the order was placed is another cart: it stays. So do
    # lines that were not part of the order.
    if visit.cart.lines and visit.cart.changed_at <= order.placed_at:
        left = visit.cart.without({line.number for line in order.lines}).with_coupon(0)
        value = writer.encoded(visit, left)
    # No undo: it would bring back what has been ordered.
    change = CartChange(value, steps=writer.NO_STEPS)
    response = responses.see_other(paying.next_address(order), visit, change)
    recent_orders.remember(response, order.reference)
    return response


def _again(
    visit: CartVisit, form: CheckoutForm, quote: Quote, once_key: str, alert: str
) -> Response:
    return _page(visit, form, quote, once_key, status=HTTPStatus.CONFLICT, alert=alert)


def _page(
    visit: CartVisit,
    form: CheckoutForm,
    quote: Quote,
    once_key: str,
    *,
    status: int = HTTPStatus.OK,
    alert: str | None = None,
) -> Response:
    to = addresses()
    earlier = earlier_prices(visit.cart)
    return responses.page(
        "checkout/show.html",
        visit,
        status=status,
        form=form,
        quote=quote,
        destination=destination(form.country.data),
        lines=[
            line_view(line, to, earlier=earlier.get(line.line.number)) for line in quote.charged
        ],
        left_out=[line_view(line, to) for line in quote.left_out],
        coupon_message=wording.coupon_obstacle(quote) if quote.obstacle else None,
        payments=shop().payments,
        once=shop()
        .signer(PURPOSE)
        .dumps([once_key, quote.fingerprint, form.country.data or shop().countries[0]]),
        alert=alert,
    )


def _new_once_key(visit: CartVisit) -> str:
    # The same for the same cart in the same browser: if a response is lost and the checkout is
    # opened again, there is still one order.
    csrf_token()
    secret = f"{session['csrf_token']} {visit.value}"
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()[:40]


def _once(token: str) -> tuple[str | None, str, str]:
    """The key of the order, the fingerprint of the quote that the page showed, and its country."""
    try:
        once_key, fingerprint, *country = (
            shop().signer(PURPOSE).loads(token, max_age=shop().form_max_age_seconds // 2)
        )
    except (BadSignature, ValueError):
        return None, "", ""
    return once_key, fingerprint, country[0] if country else ""  # pages of an older version
