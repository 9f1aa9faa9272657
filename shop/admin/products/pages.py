"""Products as a keeper sees them: a list, one to be changed, and one to be added."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from shop.admin import frame
from shop.admin.products.form import ProductForm
from shop.core.catalogue import LONGEST_PHOTO_TEXT, Product
from shop.core.errors import ProductChanged, ProductNotFound, ProductRefused
from shop.core.text import tidy
from shop.storage import catalogue, price_history
from shop.storage.catalogue_files import crumb
from shop.storage.engine import reading
from shop.storage.photos import assignments
from shop.storage.photos.limits import MOST_BYTES, MOST_PIXELS
from shop.storage.products import editing, history, listing
from shop.storage.products.editing import Seen
from shop.storage.products.listing import Availability
from shop.web.site.messages import add_message, shortened
from shop.web.site.shop import shop

PAGE_SIZE = 25
MOST_PRICES = 10
LONGEST_SEARCH = 100
CHOICES = {
    "": "All",
    Availability.FOR_SALE.value: "For sale",
    Availability.OUT_OF_STOCK.value: "Out of stock",
    Availability.RETIRED.value: "Retired",
}
"""Which products a list shows, by the parameter `show` of its address."""
NUMBER = "<int(max=2147483647):number>"
"""A cookie number in a rule: no more than a database holds."""

blueprint = Blueprint("products", __name__, url_prefix="/products")


@blueprint.get("")
def index() -> Response:
    chosen = request.args.get("show", "")
    availability = next((each for each in Availability if each.value == chosen), None)
    search = tidy(request.args.get("q", "")[:LONGEST_SEARCH])
    with reading(shop().engine) as connection:
        page = listing.page(
            connection,
            availability=availability,
            search=search,
            number=request.args.get("page", 1, type=int),
            size=PAGE_SIZE,
        )

    def address(**changed: object) -> str:
        asked = {"q": search, "show": chosen, **changed}
        query = urlencode({name: value for name, value in asked.items() if value})
        return url_for("admin.products.index") + (f"?{query}" if query else "")

    return frame.page(
        "admin/products/index.html",
        page=page,
        search=search,
        chosen=chosen,
        choices=CHOICES,
        address=address,
    )


@blueprint.get("/new")
def begin() -> Response:
    return _new(_form(is_new=True, formdata=None))


@blueprint.post("")
def create() -> Response:
    form = _form(is_new=True)
    here = shop()
    try:
        product = editing.add(here.engine, form.cells(), defaults=here.defaults, now=here.now())
    except ProductRefused as refused:
        form.refuse(refused.mistakes)
        return _new(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ProductChanged:
        return _new(form, status=HTTPStatus.CONFLICT, alert=_MOVED)
    add_message(f"“{shortened(product.name)}” is added.")
    return frame.see_other(url_for("admin.products.show", number=product.number))


@blueprint.get(f"/{NUMBER}")
def show(number: int) -> Response:
    return shown(number)


@blueprint.post(f"/{NUMBER}")
def update(number: int) -> Response:
    form = _form(is_new=False)
    before = Seen(*(tidy(request.form.get(name, ""))[:64] for name in ("version", "stock_seen")))
    here = shop()
    try:
        product = editing.change(
            here.engine,
            number,
            form.cells(),
            seen_before=before,
            defaults=here.defaults,
            now=here.now(),
        )
    except ProductRefused as refused:
        form.refuse(refused.mistakes)
        return _page(_product(number), form, before, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ProductChanged:
        return _conflict(_product(number), form, before)
    add_message(f"“{shortened(product.name)}” is saved.")
    return frame.see_other(url_for("admin.products.show", number=number))


def shown(number: int, **context: Any) -> Response:
    """The page of a product as it is, with more for its template."""
    product = _product(number)
    form = _form(is_new=False, formdata=None, data=_cells(product))
    return _page(product, form, _seen(product), **context)


_MOVED = "The catalogue was changed at the same moment, so nothing was saved. Please try again."
_CHANGED = "This product has changed since you opened it, so nothing was saved."
_KEPT = (
    "What you typed is still here, with what is different now beside it. Save again to write what "
    "you typed."
)


def _form(*, is_new: bool, **arguments: Any) -> ProductForm:
    form = ProductForm(**arguments)
    form.explain(shop().defaults, is_new=is_new)
    return form


def _conflict(product: Product, form: ProductForm, before: Seen) -> Response:
    now = _seen(product)
    stock = (
        f"Its stock was {_pieces(before.stock)} and is {_pieces(now.stock)} now: orders take from "
        "it, and cancelled ones give back."
    )
    said = [_CHANGED, stock, _KEPT] if before.stock != now.stock else [_CHANGED, _KEPT]
    form.compare(_cells(product))
    return _page(product, form, now, status=HTTPStatus.CONFLICT, alert=" ".join(said))


def _pieces(stock: str) -> str:
    return stock[:9] or "without a limit"


def _page(product: Product, form: ProductForm, seen: Seen, **context: Any) -> Response:
    with reading(shop().engine) as connection:
        prices = history.prices(connection, product.number, MOST_PRICES)
        prior = (
            price_history.prior_price(connection, product.number) if product.compare_at else None
        )
        categories = listing.category_names(connection)
        photos = assignments.photos(connection, product.number)
        variants = catalogue.variants(connection, product.group.slug) if product.group else ()
    return frame.page(
        "admin/products/show.html",
        photos=photos,
        variants=variants,
        most_megabytes=MOST_BYTES // 1_000_000,
        longest_photo_text=LONGEST_PHOTO_TEXT,
        most_megapixels=MOST_PIXELS // 1_000_000,
        product=product,
        form=form,
        seen=seen,
        prices=prices,
        prior_price=prior,
        categories=categories,
        **context,
    )


def _new(form: ProductForm, **context: Any) -> Response:
    with reading(shop().engine) as connection:
        categories = listing.category_names(connection)
    return frame.page("admin/products/new.html", form=form, categories=categories, **context)


def _product(number: int) -> Product:
    with reading(shop().engine) as connection:
        product = catalogue.snapshot(connection, [number]).get(number)
    if product is None:
        raise ProductNotFound
    return product


def _cells(product: Product) -> dict[str, str]:
    return crumb.cells(product, shop().defaults.exponent)


def _seen(product: Product) -> Seen:
    return editing.seen(product, shop().defaults)
