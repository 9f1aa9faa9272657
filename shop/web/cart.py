"""The cart page and every change of a cart. No change writes a row; no GET changes a cart.

Each form sends an intent (add, set, remove) that is carried out on the cart the browser has
now, so a form from a stale page never overwrites a newer cart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from shop.core import budget, pricing
from shop.core.cart import MAX_LINE_QUANTITY, Cart
from shop.core.catalogue import Product, Snapshot
from shop.core.errors import CartTooLarge, CookieRefused, QuantityRefused
from shop.core.pricing import Problem, Quote, QuoteLine
from shop.storage import catalogue
from shop.storage.engine import reading
from shop.web import addresses, cart_cookie, words
from shop.web.layout import EXPIRED_CART
from shop.web.product import show_with
from shop.web.shop import shop

blueprint = Blueprint("cart", __name__, url_prefix="/cart")

UNPROCESSABLE = 422
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the cart page: what stands in it and where its forms go."""

    quoted: QuoteLine
    name: str
    address: str | None
    picture: str
    update_address: str
    removal_address: str
    quantity: str
    message: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a change of one line was not made; `typed` is what stood in its field."""

    number: int
    typed: str
    error: str


@blueprint.get("")
def show() -> Response:
    response = make_response(page())
    cart_cookie.renew(response)
    return response


@blueprint.post("/lines")
def create() -> Response:
    product = _product(request.form.get("sku", ""))
    typed = request.form.get("quantity", "1").strip()
    quantity = _quantity(typed)
    if quantity is None:
        return _refused_add(product, typed, _say_range())
    cart = cart_cookie.read().cart
    missing = _missing(product, cart.quantity_of(product.number) + quantity, cart)
    if missing:
        return _refused_add(product, typed, missing, CONFLICT)
    try:
        changed = cart.add(
            product.number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        return _changed(changed, f"Added to your cart: {product.name}")
    except QuantityRefused as refused:
        return _refused_add(product, typed, words.quantity(refused))
    except CartTooLarge as overflow:
        return make_response(page(alert=words.too_large(overflow, product.name)), CONFLICT)


@blueprint.post("/lines/<int:number>")
def update(number: int) -> Response:
    cart = cart_cookie.read().cart
    typed = request.form.get("quantity", "").strip()
    quantity = 0 if typed == "0" else _quantity(typed)
    if quantity == 0:
        return destroy(number)
    if quantity is None:
        return _refused_update(Complaint(number, typed, _say_range()))
    try:
        changed = cart.set_quantity(
            number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        return _changed(changed, "Quantity changed") if changed is not cart else _back()
    except QuantityRefused as refused:
        return _refused_update(Complaint(number, typed, words.quantity(refused)))
    except CartTooLarge as overflow:
        said = words.too_large(overflow, "This quantity")
        return _refused_update(Complaint(number, typed, said), CONFLICT)


@blueprint.post("/lines/<int:number>/remove")
def destroy(number: int) -> Response:
    cart = cart_cookie.read().cart
    changed = cart.remove(number, now=shop().now())
    return _changed(changed, "Removed from your cart") if changed is not cart else _back()


@blueprint.post("/clear")
def clear() -> Response:
    response = _back("Your cart is empty now")
    cart_cookie.delete(response)
    return response


@blueprint.post("/dismiss")
def dismiss() -> Response:
    """Lets an expired cart go. A cart that is not expired stays as it is."""
    response = redirect(url_for("cart.show"), 303)
    if cart_cookie.read().offer is not None:
        cart_cookie.delete(response)
    return response


@blueprint.post("/restore")
def restore() -> Response:
    """Puts the lines of an expired cart, which its form carries, back into the cart."""
    try:
        old = cart_cookie.decode(
            request.form.get("cart", ""), grace_seconds=shop().cart_grace_seconds
        )
    except CookieRefused:
        return _back("That cart can no longer be restored. Your cart is as it was")
    try:
        merged = old.merged_with(cart_cookie.read().cart, now=shop().now())
        return _changed(merged, "Your cart is back")
    except CartTooLarge as overflow:
        return make_response(page(alert=words.too_large(overflow, "The expired cart")), CONFLICT)


def page(*, alert: str | None = None, complaint: Complaint | None = None) -> str:
    """The cart page, with why something was not done, if anything was not."""
    cart = cart_cookie.read().cart
    quote = quoted(cart)
    meter = budget.meter(
        cart, shop().keys, name=cart_cookie.name(), limit_bytes=shop().cart_budget_bytes
    )
    return render_template(
        "cart/show.html",
        lines=[line_view(line, complaint) for line in quote.lines],
        quote=quote,
        meter=meter,
        alert=alert,
        max_quantity=shop().rules.max_quantity,
    )


def quoted(cart: Cart) -> Quote:
    """The cart priced from the database as it is now: one query, whatever its length."""
    return pricing.quote(cart, _products(cart), shop().rules)


def line_view(quoted: QuoteLine, complaint: Complaint | None = None) -> LineView:
    """A line as pages show it; never fails over a bad one."""
    number, product = quoted.line.number, quoted.product
    mine = complaint if complaint is not None and complaint.number == number else None
    return LineView(
        quoted=quoted,
        name=product.name if product else "A product we no longer have",
        address=addresses.product(product.slug) if product else None,
        picture=addresses.picture(product.image if product else None),
        update_address=addresses.cart_line(number),
        removal_address=addresses.cart_line_removal(number),
        quantity=mine.typed if mine else str(quoted.line.quantity),
        message=_message(quoted),
        error=mine.error if mine else None,
    )


def _message(quoted: QuoteLine) -> str | None:
    if quoted.problem is None or quoted.problem not in _MESSAGES:
        return None
    stock = quoted.product.stock if quoted.product else None
    return _MESSAGES[quoted.problem](stock or 0)


_MESSAGES: dict[Problem, Callable[[int], str]] = {
    Problem.DELETED: lambda _: "No longer sold. It is not charged, and you can remove it.",
    Problem.DISCONTINUED: lambda _: "No longer sold. It is not charged, and you can remove it.",
    Problem.FOREIGN: lambda _: "Not sold in the currency of this shop. It is not charged.",
    Problem.SOLD_OUT: lambda _: "Sold out. It is not charged; it stays here in case it returns.",
    Problem.TOO_FEW: lambda stock: f"Only {stock} left. Please lower the quantity to order.",
    Problem.TOO_MANY: lambda _: (
        f"At most {shop().rules.max_quantity} in one order. Please lower the quantity."
    ),
}


def _products(cart: Cart) -> Snapshot:
    if not cart.lines:
        return {}
    with reading(shop().engine) as connection:
        return catalogue.snapshot(connection, [line.number for line in cart.lines])


def _product(sku: str) -> Product:
    with reading(shop().engine) as connection:
        product = catalogue.by_skus(connection, [sku]).get(sku)
    if product is None:
        abort(404)
    return product


def _quantity(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_LINE_QUANTITY))
    return int(typed) if is_number else None


def _say_range() -> str:
    maximum = words.number(shop().rules.max_quantity)
    return f"Please give a whole number from 1 to {maximum}. Your cart is as it was."


def _missing(product: Product, wanted: int, cart: Cart) -> str | None:
    if not product.is_active:
        return "This is no longer sold, so it was not added. Your cart is as it was."
    if product.is_sold_out:
        return "This is sold out, so it was not added. Your cart is as it was."
    if product.stock is None or wanted <= product.stock:
        return None
    held = cart.quantity_of(product.number)
    has = f", and you have {held} in your cart already" if held else ""
    return f"Only {product.stock} left{has}. Your cart is as it was."


def _changed(cart: Cart, said: str) -> Response:
    response = redirect(url_for("cart.show"), 303)
    cart_cookie.store(response, cart)  # before anything is said: it may not fit
    _say_refusal()
    flash(said)
    return response


def _back(said: str | None = None) -> Response:
    _say_refusal()
    if said:
        flash(said)
    return redirect(url_for("cart.show"), 303)


def _say_refusal() -> None:
    # The change replaces a cookie that could not be used: the next page has to say so.
    seen = cart_cookie.read()
    if seen.refusal is None or request.endpoint == "cart.restore":
        return
    if seen.offer is not None and request.endpoint == "cart.create":
        flash(seen.value, EXPIRED_CART)
    elif seen.offer is None:
        flash(words.refusal(seen.refusal), "warning")


def _refused_add(product: Product, typed: str, error: str, status: int = UNPROCESSABLE) -> Response:
    return make_response(show_with(product.slug, quantity=typed, error=error), status)


def _refused_update(complaint: Complaint, status: int = UNPROCESSABLE) -> Response:
    return make_response(page(complaint=complaint), status)
