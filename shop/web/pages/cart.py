"""The cart page and every change of a cart. No change writes a row; no GET changes a cart.

Each form sends an intent (add, set, remove) that is carried out on the cart the browser has
now, so a form from a stale page never overwrites a newer cart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import (
    Blueprint,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response

from shop.core import cookie, pricing
from shop.core.budget import Meter
from shop.core.cart import MAX_LINE_QUANTITY, Cart
from shop.core.catalogue import Product
from shop.core.catalogue_file import LONGEST_SKU
from shop.core.errors import CartTooLarge, CookieRefused, QuantityRefused
from shop.core.pricing import Quote
from shop.storage import catalogue
from shop.web.cart import cart_cookie, undo
from shop.web.cart.line_views import Complaint
from shop.web.cart.price_notices import earlier_prices, told
from shop.web.frame.fragments import fragments
from shop.web.frame.layout import EXPIRED_CART, is_quiet
from shop.web.pages.product import show_with
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.messages import say, short
from shop.web.site.security import csrf_token
from shop.web.site.shop import shop

blueprint = Blueprint("cart", __name__, url_prefix="/cart")

UNPROCESSABLE = 422
CONFLICT = 409
_BROUGHT_BACK = "What was taken away is back in your cart"
_UNDONE = "Undone. Your cart is as it was before"
_KEPT_BOTH = "Your cart had changed since then, so nothing that is in it was taken away"
_CHOOSE_FIRST = (
    "Your earlier cart has expired, and we are still keeping it for you. Please restore it or "
    "let it go first. Nothing was added yet."
)


@blueprint.get("")
def show() -> Response:
    response = make_response(page())
    if not is_quiet():
        cart_cookie.renew(response)
    return response


@blueprint.get("/lines")
@blueprint.get("/lines/<int:number>")
@blueprint.get("/undo")
@blueprint.get("/replace")
@blueprint.get("/merge")
@blueprint.get("/restore")
def refused(number: int = 0) -> Response:
    """A refusal answers at the address of its form: opened anew, that leads to the cart."""
    return _back()


@blueprint.post("/lines")
def create() -> Response:
    product = _product(request.form.get("sku", ""))
    typed = request.form.get("quantity", "1").strip()
    quantity = _quantity(typed)
    if quantity is None:
        return _refused_add(product, typed, _say_range())
    if _is_to_choose():
        return _choose_first()
    cart = cart_cookie.read().cart
    missing = _missing(product, cart.quantity_of(product.number) + quantity, cart)
    if missing:
        return _refused_add(product, typed, missing, CONFLICT)
    try:
        changed = cart.add(
            product.number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        return _changed(changed, f"Added to your cart: {short(product.name)}")
    except QuantityRefused as refused:
        return _refused_add(product, typed, wording.quantity(refused))
    except CartTooLarge as overflow:
        return make_response(page(alert=wording.too_large(overflow, product.name)), CONFLICT)


@blueprint.post("/lines/<int:number>")
def update(number: int) -> Response:
    """Sets the quantity that was typed, or goes the `step` of a button from what is held now."""
    cart = cart_cookie.read().cart
    typed = request.form.get("quantity", "").strip()
    held = cart.quantity_of(number)
    if not held:
        return _back("That is no longer in your cart")
    step = _step(request.form.get("step", ""))
    if step:
        typed = str(max(0, held + step))
    quantity = 0 if typed == "0" else _quantity(typed)
    if quantity == 0:
        return destroy(number)
    if quantity is None:
        return _refused_update(Complaint(number, typed, _say_range()))
    try:
        changed = cart.set_quantity(
            number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        if changed.lines == cart.lines:
            return _back()
        return _changed(changed, f"Quantity changed: {_name(number)}")
    except QuantityRefused as refused:
        return _refused_update(Complaint(number, typed, wording.quantity(refused)))
    except CartTooLarge as overflow:
        said = wording.too_large(overflow, "This quantity")
        return _refused_update(Complaint(number, typed, said), CONFLICT)


@blueprint.post("/lines/<int:number>/remove")
def destroy(number: int) -> Response:
    cart = cart_cookie.read().cart
    changed = cart.remove(number, now=shop().now())
    return _changed(changed, f"Removed: {_name(number)}") if changed is not cart else _back()


@blueprint.post("/clear")
def clear() -> Response:
    if not cart_cookie.read().cart.lines:
        response = _back("Your cart is empty now")
        cart_cookie.delete(response)
        return response
    return _changed(Cart(), "Your cart is empty now")


@blueprint.post("/undo")
def step_back() -> Response:
    """Takes a step back, which the form carries; priced anew, as every cart is."""
    step, since = request.form.get("cart", ""), request.form.get("since", "")
    try:
        before = undo.stepped_back(step, since)
    except CookieRefused:
        return _back("That can no longer be undone. Your cart is as it was")
    if _is_to_choose():
        return _choose_first()
    response = _back()
    try:
        _keep(response, before)
    except CartTooLarge as overflow:
        return make_response(page(alert=wording.too_large(overflow, "What was undone")), CONFLICT)
    undo.taken(response, step, before)
    say(_stepped_back(step, since))
    last_looked = cart_cookie.read().cart.changed_at or undo.left_at(step)
    _tell_prices(Cart(before.lines, last_looked), before)
    return response


def _stepped_back(step: str, since: str) -> str:
    if undo.is_stale(since):
        return _KEPT_BOTH
    return _BROUGHT_BACK if undo.is_part(step) else _UNDONE


@blueprint.post("/replace")
def replace() -> Response:
    """Takes over a shared cart, which its form carries, instead of one's own."""
    return _with_shared(lambda shared: shared.touched(shop().now()), "This is the shared cart now")


@blueprint.post("/merge")
def merge() -> Response:
    """Adds a shared cart, which its form carries, to one's own."""
    mine = cart_cookie.read().cart
    return _with_shared(
        lambda shared: mine.merged_with(shared, now=shop().now()),
        "The shared cart was added to yours",
    )


@blueprint.post("/dismiss")
def dismiss() -> Response:
    """Lets an expired cart go. A cart that is not expired stays as it is."""
    response = redirect(addresses().cart, 303)
    session.pop(EXPIRED_CART, None)
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
        response = _changed(merged, "Your cart is back", looked_at=old)
        undo.forget(response)  # a step back would lose it: nobody offers it any more
    except CartTooLarge as overflow:
        return make_response(page(alert=wording.too_large(overflow, "The expired cart")), CONFLICT)
    session.pop(EXPIRED_CART, None)
    return response


def page(*, alert: str | None = None, complaint: Complaint | None = None) -> str:
    """The cart page, with why something was not done, if anything was not."""
    seen = cart_cookie.read()
    quote = quoted(seen.cart)
    meter = Meter(seen.used_bytes, shop().cart_budget_bytes)
    return render_template(
        "cart/show.html",
        lines=fragments().lines(
            quote.lines,
            addresses(),
            csrf_token() if quote.lines else "",
            complaint,
            earlier_prices(seen.cart),
        ),
        step_back=undo.offer(),
        quote=quote,
        meter=meter,
        alert=alert,
    )


def quoted(cart: Cart) -> Quote:
    """The cart priced from the database as it is now: at most one query, whatever its length."""
    here = shop()
    products = here.catalogue.snapshot([line.number for line in cart.lines])
    return pricing.quote(cart, products, here.rules)


def _product(sku: str) -> Product:
    products: dict[str, Product] = {}
    if len(sku) <= LONGEST_SKU and "\0" not in sku:
        products = shop().catalogue.ask(("sku", sku), partial(catalogue.by_skus, skus=[sku]))
    if sku not in products:
        abort(404)
    return products[sku]


def _quantity(typed: str) -> int | None:
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(MAX_LINE_QUANTITY))
    return int(typed) if is_number else None


def _step(text: str) -> int:
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 4
    return int(text) if is_number else 0


def _name(number: int) -> str:
    product = shop().catalogue.snapshot([number]).get(number)
    return short(product.name) if product else "A product we no longer have"


def _with_shared(made_of: Callable[[Cart], Cart], said: str) -> Response:
    if _is_to_choose():
        return _choose_first()
    try:
        wanted = made_of(cart_cookie.decode(request.form.get("cart", "")))
        if wanted.lines == cart_cookie.read().cart.lines:
            return _back("Your cart has all of it already")
        return _changed(wanted, said)
    except CookieRefused:
        return _back("This link has expired or is damaged. Your cart is as it was")
    except CartTooLarge as overflow:
        return make_response(page(alert=wording.too_large(overflow, "The shared cart")), CONFLICT)


def _is_to_choose() -> bool:
    # Of an expired cart that is too long to be carried once its cookie is replaced.
    seen = cart_cookie.read()
    return seen.offer is not None and len(seen.value) > _most_carried()


def _most_carried() -> int:
    # Characters of an expired cart in the session cookie, which stands in the same response as
    # the cart: a shop whose budget was lowered has a proxy that lets less through.
    budget = shop().cart_budget_bytes
    return budget // 2 if budget == cookie.BROWSER_LIMIT_BYTES else budget // 6


def _choose_first() -> Response:
    return make_response(page(alert=_CHOOSE_FIRST), CONFLICT)


def _say_range() -> str:
    return wording.quantity_range(shop().rules.max_quantity)


def _missing(product: Product, wanted: int, cart: Cart) -> str | None:
    if not product.is_active:
        return "This is no longer sold, so it was not added. Your cart is as it was."
    if product.is_sold_out:
        return "This is sold out, so it was not added. Your cart is as it was."
    if product.stock is None or wanted <= product.stock:
        return None
    held = cart.quantity_of(product.number)
    has = f", and you have {wording.number(held)} in your cart already" if held else ""
    return f"Only {wording.number(product.stock)} left{has}. Your cart is as it was."


def _changed(cart: Cart, said: str, *, looked_at: Cart | None = None) -> Response:
    response = redirect(addresses().cart, 303)
    _keep(response, cart)  # before anything is said: it may not fit
    undo.push(response, cart)
    say(said)
    _tell_prices(looked_at or cart_cookie.read().cart, cart)
    return response


def _tell_prices(looked_at: Cart, kept: Cart) -> None:
    news = told(looked_at, {line.number for line in kept.lines})
    if news:
        say(news, "warning")


def _keep(response: Response, cart: Cart) -> None:
    cart_cookie.store(response, cart)
    seen = cart_cookie.read()
    if seen.offer is not None:  # its cookie is replaced now: the next pages offer it
        session[EXPIRED_CART] = seen.value


def _back(said: str | None = None) -> Response:
    if said:
        say(said)
    return redirect(addresses().cart, 303)


def _refused_add(product: Product, typed: str, error: str, status: int = UNPROCESSABLE) -> Response:
    return make_response(show_with(product.slug, quantity=typed, error=error), status)


def _refused_update(complaint: Complaint, status: int = UNPROCESSABLE) -> Response:
    return make_response(page(complaint=complaint), status)
