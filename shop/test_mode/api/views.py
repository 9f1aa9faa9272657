"""The addresses of the API; each reads or changes only the world of its request."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from spectree import Response as Responses
from spectree import SpecTree

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.catalogue import Group, Product, Snapshot
from shop.core.errors import CartTooLarge, CookieRefused
from shop.core.money import Money
from shop.core.orders import Order
from shop.storage import catalogue
from shop.storage.engine import reading
from shop.storage.orders import lookup
from shop.test_mode.api.models import (
    CartIn,
    CartOut,
    CartQuery,
    CookieOut,
    GroupOut,
    LineIn,
    LineOut,
    OrderLineOut,
    OrderOut,
    OrdersOut,
    Price,
    Problem,
    ProductOut,
    ProductsOut,
    ProductsQuery,
    State,
)
from shop.web.cart import cart_cookie
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.cart.writer import NO_STEPS, CartChange, write
from shop.web.site.addresses import addresses
from shop.web.site.shop import shop

blueprint = Blueprint("api", __name__, url_prefix="/api")
description = SpecTree(
    "flask",
    path="openapi",  # it describes no address below this
    title="Crumb for tests",
    version="1",
    mode="strict",
    page_templates={},
    naming_strategy=lambda model: str(model.__name__),
    nested_naming_strategy=lambda _, model: model,
)
M = TypeVar("M", bound=BaseModel)
MOST_PRODUCTS = 1_000


def _answers(**models: type[BaseModel]) -> Responses:
    """What an operation answers with: these, and what the test mode refuses anywhere."""
    refused = {"HTTP_400": Problem, "HTTP_500": Problem, "HTTP_503": Problem}
    return Responses(**refused, **models)


_NOT_JSON = "Send the cart as JSON, with the header Content-Type: application/json."
_UNKNOWN = "There is no product with the SKU {}. GET /api/products lists them."


class Refused(Exception):
    """A request that cannot be done; the text says why."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


@blueprint.errorhandler(Refused)
def refuse(refused: Refused) -> Response:
    return _json(Problem(error=str(refused)), refused.status)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of every other address of the API, in OpenAPI."""
    return jsonify(description.spec)


@blueprint.get("/products")
@description.validate(resp=_answers(HTTP_200=ProductsOut))
def products(query: ProductsQuery) -> Response:
    """Products in the order of the shop's own list; of one state, if asked for."""
    with reading(shop().engine) as connection:
        if query.q:
            found = catalogue.page(connection, words=query.q, size=MOST_PRODUCTS).products
        else:
            found = tuple(catalogue.everything(connection))
    shown = [_product(product) for product in found]
    kept = [product for product in shown if query.state in (None, product.state)]
    return _json(ProductsOut(products=kept))


@blueprint.get("/products/<string:sku>")
@description.validate(resp=_answers(HTTP_200=ProductOut, HTTP_404=Problem))
def product(sku: str) -> Response:
    """One product."""
    return _json(_product(_by_skus([sku])[sku]))


@blueprint.get("/cart")
@description.validate(resp=_answers(HTTP_200=CartOut))
def cart(query: CartQuery) -> Response:
    """The cart in this request's cookie, or in a value."""
    visit = read_visit()
    if query.value is None:
        refusal = None if visit.refusal is None else type(visit.refusal).__name__
        return _json(_cart(visit.cart, visit.value if visit.cart.lines else "", refusal))
    try:
        return _json(_cart(cart_cookie.decode(query.value), query.value))
    except CookieRefused as refused:
        return _json(_cart(Cart(), "", type(refused).__name__))


@blueprint.before_request
def take_json() -> Response | None:
    """Refuses a body that is no JSON object. Validation would only say that fields are missing."""
    if request.method != "PUT":
        return None
    if not request.is_json:
        return refuse(Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NOT_JSON))
    if not isinstance(request.get_json(silent=True), dict):
        return refuse(Refused(HTTPStatus.BAD_REQUEST, "The body is not a JSON object."))
    return None


@blueprint.put("/cart")
@description.validate(
    resp=_answers(HTTP_200=CartOut, HTTP_404=Problem, HTTP_409=Problem, HTTP_415=Problem)
)
def replace_cart(json: CartIn) -> Response:
    """Puts a cart into this browser, or refuses it when a browser would not keep it."""
    visit = read_visit()
    here = shop()
    try:
        made = Cart(_lines(json.lines), max(0, here.now() - json.aged_seconds))
        value = cookie.encode(made, here.keys, name=visit.name, limit_bytes=here.cart_budget_bytes)
    except ValueError as refused:
        raise Refused(HTTPStatus.CONFLICT, f"That is no cart: {refused}.") from None
    except CartTooLarge as refused:
        raise Refused(
            HTTPStatus.CONFLICT,
            f"That cart takes {refused.needed_bytes} bytes, and {refused.limit_bytes} fit.",
        ) from None
    return _written(_json(_cart(made, value)), visit, value)


@blueprint.delete("/cart")
@description.validate(resp=_answers(HTTP_200=CartOut))
def delete_cart() -> Response:
    """Deletes the cart of this browser."""
    return _written(_json(_cart(Cart(), "")), read_visit(), "")


@blueprint.get("/orders")
@description.validate(resp=_answers(HTTP_200=OrdersOut))
def all_orders() -> Response:
    """The orders of this world, oldest first."""
    found = [_order(order) for order in lookup.everything(shop().engine)]
    return _json(OrdersOut(orders=found))


@blueprint.get("/orders/<string:reference>")
@description.validate(resp=_answers(HTTP_200=OrderOut, HTTP_404=Problem))
def order(reference: str) -> Response:
    """One order, by the reference that the shopper sees."""
    for found in lookup.everything(shop().engine):
        if found.reference == reference:
            return _json(_order(found))
    raise Refused(HTTPStatus.NOT_FOUND, "There is no order with this reference in this world.")


def _json(model: BaseModel, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(model.model_dump_json(), status, mimetype="application/json")


def _written(response: Response, visit: CartVisit, value: str) -> Response:
    write(response, visit, CartChange(value, NO_STEPS))
    return response


def _by_skus(skus: list[str]) -> dict[str, Product]:
    with reading(shop().engine) as connection:
        found = catalogue.by_skus(connection, skus)
    for sku in skus:
        if sku not in found:
            raise Refused(HTTPStatus.NOT_FOUND, _UNKNOWN.format(sku))
    return found


def _lines(lines: list[LineIn]) -> tuple[Line, ...]:
    known = _by_skus([line.sku for line in lines if line.sku is not None])
    made = []
    for line in lines:
        if (line.sku is None) == (line.number is None):
            raise ValueError("a line has a sku or a number, and not both")
        number = line.number if line.sku is None else known[line.sku].number
        made.append(Line(number or 0, line.quantity))
    return tuple(made)


def _product(product: Product) -> ProductOut:
    return ProductOut(
        sku=product.sku,
        number=product.number,
        name=product.name,
        description=product.description,
        category=product.category,
        price=_price(product.price),
        vat_basis_points=product.vat_basis_points,
        stock=product.stock,
        state=_state(product),
        path=addresses().product(product.slug),
        group=_group(product.group) if product.group else None,
        options=_options(product),
    )


def _group(group: Group) -> GroupOut:
    return GroupOut(name=group.name, path=addresses().product(group.slug))


def _options(product: Product) -> dict[str, str]:
    names = product.group.options if product.group else ()
    return dict(zip(names, product.options, strict=True))


def _state(product: Product) -> State:
    if not product.is_active:
        return "discontinued"
    return "sold out" if product.is_sold_out else "for sale"


def _price(money: Money) -> Price:
    return Price(minor=money.minor, currency=money.currency)


def _cart(held: Cart, value: str, refusal: str | None = None) -> CartOut:
    here = shop()
    known = here.catalogue.snapshot([line.number for line in held.lines])
    return CartOut(
        lines=[_line(line, known) for line in held.lines],
        changed_at=held.changed_at if value else None,
        expires_at=held.changed_at + here.cart_max_age_seconds if value else None,
        document=list(cookie.dissect(value, here.keys).document) if value else [],
        cookie=_cookie(value) if value else None,
        refusal=refusal,
    )


def _line(line: Line, known: Snapshot) -> LineOut:
    product = known.get(line.number)
    return LineOut(
        number=line.number,
        sku=product.sku if product else None,
        name=product.name if product else None,
        quantity=line.quantity,
    )


def _cookie(value: str) -> CookieOut:
    name = cart_cookie.name()
    return CookieOut(
        name=name,
        value=value,
        octets=len(name) + len(value),
        path="/",
        max_age_seconds=cart_cookie.life_seconds(),
        http_only=True,
        same_site="Lax",
        secure=request.is_secure,
        set_cookie=cart_cookie.cart_header(value),
    )


def _order(order: Order) -> OrderOut:
    return OrderOut(
        reference=order.reference,
        status=order.status.value,
        placed_at=order.placed_at,
        path=f"{request.script_root}/orders/{order.token}",
        customer=order.customer.name,
        email=order.customer.email,
        payment=order.payment,
        lines=[
            OrderLineOut(
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit_price=_price(line.unit_price),
                total=_price(line.total),
            )
            for line in order.lines
        ],
        subtotal=_price(order.sums.subtotal),
        discount=_price(order.sums.discount),
        coupon=order.sums.coupon,
        shipping=_price(order.sums.shipping),
        total=_price(order.sums.total),
    )
