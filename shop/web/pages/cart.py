"""The cart page and the changes of its lines. No change writes a row; no GET changes a cart.

Each form sends an intent (add, set, remove) that is carried out on the cart the browser has
now, so a form from a stale page never overwrites a newer cart. `other_carts.py` has the forms
that bring another cart in: an earlier, a shared or an expired one.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from shop.core import cookie, pricing
from shop.core.budget import Meter
from shop.core.cart import MAX_LINE_QUANTITY, Cart
from shop.core.catalogue import Product
from shop.core.errors import CartOfNewerVersion, CartTooLarge, QuantityRefused
from shop.core.pricing import Quote
from shop.core.text import marked
from shop.storage import catalogue, coupons
from shop.storage.catalogue_files.rows import LONGEST_SKU
from shop.web.cart import undo, writer
from shop.web.cart.line_views import Complaint
from shop.web.cart.price_notices import earlier_prices, price_notice
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import UNCHANGED, CartChange
from shop.web.checkout.form import destination
from shop.web.frame import responses
from shop.web.frame.error_page import error_page
from shop.web.frame.errors import NO_COOKIES
from shop.web.frame.fragments import fragments
from shop.web.frame.layout import is_quiet
from shop.web.frame.skeletons import skeletons
from shop.web.languages.texts import gettext, ngettext
from shop.web.pages.product import show_with
from shop.web.site import wording
from shop.web.site.addresses import addresses
from shop.web.site.messages import add_message, shortened
from shop.web.site.security import csrf_token
from shop.web.site.shop import shop

blueprint = Blueprint("cart", __name__, url_prefix="/cart")

CHECK = "cookies"
"""Query argument after the first change of a browser: whether it has kept the cart's cookie. A form
of a public page has no token whose cookie would tell before."""
_CHOOSE_FIRST = marked(
    "Your earlier cart has expired, but we still have it for you. Please restore it or let it go "
    "first. Nothing has been added yet."
)
_START_ANEW_FIRST = marked(
    "Nothing was changed, because the change would have overwritten your earlier cart. Please try "
    "again later, when the shop can read it, or start a new cart, which deletes the earlier one."
)


@blueprint.get("")
def show() -> Response:
    visit = read_visit()
    if request.query_string and CHECK in request.args:
        return back(visit) if request.cookies else error_page(400, NO_COOKIES, visit)
    return page(visit, UNCHANGED if is_quiet() else _renewed(visit))


@blueprint.get("/lines")
@blueprint.get("/lines/<int:number>")
def refused(number: int = 0) -> Response:
    """A refused form is shown at the form's own address; reloading that leads to the cart."""
    return back(read_visit())


@blueprint.post("/lines")
def create() -> Response:
    product = _product(request.form.get("sku", ""))
    typed = request.form.get("quantity", "1").strip()
    quantity = _quantity(typed)
    visit = read_visit()
    if quantity is None:
        return _refused_add(visit, product, typed, _quantity_range())
    if must_choose(visit):
        return choose_first(visit)
    cart = visit.cart
    shortage = _shortage(product, cart.quantity_of(product.number) + quantity, cart)
    if shortage:
        return _refused_add(visit, product, typed, shortage, HTTPStatus.CONFLICT)
    try:
        larger = cart.add(
            product.number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        message = gettext("Added to your cart: %(product)s", product=shortened(product.name))
        response = changed(visit, larger, message)
        if not request.cookies:
            response.location += f"?{CHECK}"
        return response
    except QuantityRefused as refusal:
        return _refused_add(visit, product, typed, wording.quantity(refusal))
    except CartTooLarge as overflow:
        return too_large(visit, overflow, product.name)


@blueprint.post("/lines/<int:number>")
def update(number: int) -> Response:
    """Sets the quantity that was typed, or moves it by the `step` of a button."""
    visit = read_visit()
    typed = request.form.get("quantity", "").strip()
    held = visit.cart.quantity_of(number)
    if not held:
        return back(visit, gettext("That is no longer in your cart"))
    step = _step(request.form.get("step", ""))
    if step:
        typed = str(max(0, held + step))
    quantity = 0 if typed == "0" else _quantity(typed)
    if quantity == 0:
        return _without(visit, number)
    if quantity is None:
        return _refused_update(visit, Complaint(number, typed, _quantity_range()))
    try:
        cart = visit.cart.set_quantity(
            number, quantity, now=shop().now(), max_quantity=shop().rules.max_quantity
        )
        if cart.lines == visit.cart.lines:
            return back(visit)
        return changed(visit, cart, gettext("Quantity changed: %(product)s", product=_name(number)))
    except QuantityRefused as refusal:
        return _refused_update(visit, Complaint(number, typed, wording.quantity(refusal)))
    except CartTooLarge as overflow:
        error = wording.too_large(overflow, gettext("This quantity"))
        return _refused_update(visit, Complaint(number, typed, error), HTTPStatus.CONFLICT)


@blueprint.post("/lines/<int:number>/remove")
def destroy(number: int) -> Response:
    return _without(read_visit(), number)


@blueprint.post("/clear")
def clear() -> Response:
    visit = read_visit()
    if visit.cart.lines:
        return changed(visit, Cart(), gettext("Your cart is empty now"))
    add_message(gettext("Your cart is empty now"))
    return responses.see_other(addresses().cart, visit, CartChange(value=""))


@blueprint.app_errorhandler(CartOfNewerVersion)
def start_anew_first(_: CartOfNewerVersion) -> Response:
    """The cart page, for any change that would overwrite a cart of a newer version."""
    return page(read_visit(), status=HTTPStatus.CONFLICT, alert=gettext(_START_ANEW_FIRST))


@dataclass(frozen=True, slots=True)
class RefusedCode:
    """The code of a coupon as it was typed, and why it was refused."""

    typed: str
    error: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What the template of the cart page decides by. `steps` is how many changes can be undone,
    and `lacks` whether an amount is missing for free shipping. `coupon` is the code of the cart's
    coupon: empty when that is gone, None when it has none."""

    has_lines: bool
    is_orderable: bool
    is_charged: bool
    lacks: bool
    steps: int
    asks_for_code: bool
    destination: str | None
    is_of_newer_version: bool
    coupon: str | None
    coupon_message: str | None
    alert: str | None
    refused_code: RefusedCode | None

    @property
    def is_shared(self) -> bool:
        """Whether it says nothing that only a few carts have."""
        return self.coupon is None and self.alert is None and self.refused_code is None


def page(
    visit: CartVisit,
    change: CartChange = UNCHANGED,
    *,
    status: int = HTTPStatus.OK,
    alert: str | None = None,
    complaint: Complaint | None = None,
    code: RefusedCode | None = None,
) -> Response:
    """The cart page, with the reason why something was not done, if anything was not."""
    quote = quoted(visit.cart)
    step_back = undo.form_of(visit.steps, visit.cart)
    shape = _shape(visit, quote, step_back, alert, code)
    has_forms = shape.has_lines or shape.steps or shape.is_of_newer_version
    token = csrf_token() if has_forms else ""
    own = fragments()
    lines = own.lines(quote.lines, addresses(), token, complaint, earlier_prices(visit.cart))
    values: dict[str, str | bytes] = {
        "token": token,
        "step": step_back.step if step_back else "",
        "since": step_back.since if step_back else "",
        "lines": lines,
        "sums": skeletons().totals(quote.sums),
        "lacking": wording.money(quote.until_free_shipping) if quote.until_free_shipping else "",
        "biscuit": own.kept("biscuit", Meter(visit.used_bytes, shop().cart_budget_bytes)),
    }
    return responses.page_of_shape(
        "cart/show.html",
        visit,
        change,
        shape=shape,
        values=values,
        is_shared=shape.is_shared,
        status=status,
        quote=quote,
        alert=alert,
        coupon_message=shape.coupon_message,
    )


def _shape(
    visit: CartVisit,
    quote: Quote,
    step_back: undo.UndoForm | None,
    alert: str | None,
    refused_code: RefusedCode | None,
) -> Shape:
    coupon = (quote.coupon.code if quote.coupon else "") if visit.cart.coupon else None
    return Shape(
        has_lines=bool(quote.lines),
        is_orderable=quote.is_orderable,
        is_charged=any(line.is_charged for line in quote.lines),
        lacks=quote.until_free_shipping is not None,
        steps=step_back.count if step_back else 0,
        asks_for_code=_asks_for_code(quote),
        destination=destination(),
        is_of_newer_version=visit.is_of_newer_version,
        coupon=coupon,
        coupon_message=wording.coupon_obstacle(quote) if quote.obstacle else None,
        alert=alert,
        refused_code=refused_code,
    )


def quoted(cart: Cart, country: str | None = None) -> Quote:
    """The cart priced from the database as it is now: at most one query, whatever its length, and
    one for its coupon if it has one. It is priced for this country, or for the preselected one
    where the shop does not deliver there."""
    here = shop()
    products = here.catalogue.snapshot([line.number for line in cart.lines])
    coupon = None
    if cart.coupon:
        coupon = here.catalogue.ask(coupons.by_number, number=cart.coupon)
    rules = here.rules_to.get(country or "", here.rules)
    return pricing.quote(cart, products, rules, coupon, now=here.now())


def _asks_for_code(quote: Quote) -> bool:
    here = shop()
    return bool(quote.lines) and here.catalogue.ask(coupons.last_end) > here.now()


def changed(visit: CartVisit, cart: Cart, message: str, *, seen_at: Cart | None = None) -> Response:
    """Stores another cart, with an undo step, and leads to the cart page. `seen_at` is the cart
    as the shopper last saw its prices. Raises CartTooLarge, and then nothing is changed."""
    return done(visit, writer.changed(visit, cart), cart, message, seen_at=seen_at)


def done(
    visit: CartVisit,
    change: CartChange,
    cart: Cart,
    message: str,
    *,
    seen_at: Cart | None = None,
) -> Response:
    """Writes a change, and says what was done and which prices have changed since."""
    add_message(message)
    notice = price_notice(seen_at or visit.cart, {line.number for line in cart.lines})
    if notice:
        add_message(notice, "warning")
    return responses.see_other(addresses().cart, visit, change)


def back(visit: CartVisit, message: str | None = None) -> Response:
    """Leads to the cart page and changes nothing."""
    if message:
        add_message(message)
    return responses.see_other(addresses().cart, visit)


def too_large(visit: CartVisit, overflow: CartTooLarge, subject: str) -> Response:
    """The cart page, saying what did not fit."""
    alert = wording.too_large(overflow, subject)
    return page(visit, status=HTTPStatus.CONFLICT, alert=alert)


def must_choose(visit: CartVisit) -> bool:
    """Whether the expired cart on offer is too long for the session, and so would be lost if its
    cookie were replaced."""
    return visit.offer is not None and len(visit.value) > _longest_in_session()


def choose_first(visit: CartVisit) -> Response:
    """The cart page, asking to decide about the expired cart first."""
    return page(visit, status=HTTPStatus.CONFLICT, alert=gettext(_CHOOSE_FIRST))


def _renewed(visit: CartVisit) -> CartChange:
    try:
        return writer.renewed(visit)
    except CartTooLarge:
        expires_at = visit.cart.changed_at + shop().cart_max_age_seconds
        add_message(wording.not_renewed(expires_at), "warning")
        return UNCHANGED


def _longest_in_session() -> int:
    # Characters of an expired cart in the session cookie, which one response sends beside the
    # cart: a shop with a lowered budget has a proxy that lets less through.
    budget = shop().cart_budget_bytes
    return budget // 2 if budget == cookie.BROWSER_LIMIT_BYTES else budget // 6


def _product(sku: str) -> Product:
    products: dict[str, Product] = {}
    if len(sku) <= LONGEST_SKU and "\0" not in sku:
        products = shop().catalogue.ask(catalogue.by_skus, skus=(sku,))
    if sku not in products:
        abort(HTTPStatus.NOT_FOUND)
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
    return shortened(product.name) if product else gettext("A product we no longer have")


def _quantity_range() -> str:
    return wording.quantity_range(shop().rules.max_quantity)


def _shortage(product: Product, wanted: int, cart: Cart) -> str | None:
    if not product.is_active:
        return gettext("This is no longer sold, so it was not added. Your cart is as it was.")
    if product.is_sold_out:
        return gettext("This is sold out, so it was not added. Your cart is as it was.")
    if product.stock is None or wanted <= product.stock:
        return None
    held = cart.quantity_of(product.number)
    if held:
        return ngettext(
            "Only %(count)s left, and you have %(held)s in your cart already. Your cart is as it "
            "was.",
            "Only %(count)s left, and you have %(held)s in your cart already. Your cart is as it "
            "was.",
            product.stock,
            held=wording.number(held),
        )
    return ngettext(
        "Only %(count)s left. Your cart is as it was.",
        "Only %(count)s left. Your cart is as it was.",
        product.stock,
    )


def _without(visit: CartVisit, number: int) -> Response:
    cart = visit.cart.remove(number, now=shop().now())
    if cart is visit.cart:
        return back(visit)
    return changed(visit, cart, gettext("Removed: %(product)s", product=_name(number)))


def _refused_add(
    visit: CartVisit,
    product: Product,
    typed: str,
    error: str,
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    return show_with(visit, product.slug, status=status, quantity=typed, error=error)


def _refused_update(
    visit: CartVisit, complaint: Complaint, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
) -> Response:
    return page(visit, status=status, complaint=complaint)
