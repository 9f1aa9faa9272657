"""The catalogue: the home page, the list with search, and a product's own page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from shop.core import variants as choosing
from shop.core.catalogue import Listing, Product
from shop.core.money import Money
from shop.core.text import marked, tidy
from shop.core.variants import Choice
from shop.storage import catalogue, former_slugs, price_history
from shop.storage.catalogue import Category, Page, Sort
from shop.storage.photos import assignments
from shop.storage.photos.files import FOLDER as PHOTO_FOLDER
from shop.web.cart.visit import CartVisit
from shop.web.frame import responses, seo
from shop.web.frame.fragments import fragments
from shop.web.frame.public_pages import public
from shop.web.frame.seo import PageHead
from shop.web.languages.texts import gettext
from shop.web.site import product_picture, wording
from shop.web.site.addresses import addresses, with_query
from shop.web.site.assets import keep_for_good
from shop.web.site.product_picture import PHOTO_TYPES, Picture
from shop.web.site.security import csrf_token
from shop.web.site.shop import shop

blueprint = Blueprint("product", __name__)

PICKS = 8
RELATED = 4
LONGEST_SEARCH = 100
LONGEST_SLUG = 250
_PHOTO = re.compile(r"[0-9a-f]{32}", re.ASCII)
SORT_LABELS = {
    Sort.SHELF: marked("As on the shelf"),
    Sort.NAME: marked("Name"),
    Sort.CHEAPEST: marked("Price, lowest first"),
    Sort.DEAREST: marked("Price, highest first"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """The search, category, sorting and page of a list, as its URL states them."""

    words: str
    category: str | None
    sort: Sort
    page: int

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> Search:
        """Reads the query of a URL; unknown values count as missing."""
        sort = args.get("sort", "")
        return cls(
            words=tidy(args.get("q", "")[:LONGEST_SEARCH]),
            category=args.get("category", "").replace("\0", "")[:LONGEST_SLUG] or None,
            sort=Sort(sort) if sort in {known.value for known in Sort} else Sort.SHELF,
            page=max(1, args.get("page", 1, type=_small_int)),
        )

    def canonical(self, page: int) -> str:
        """The canonical address of this list, whatever its sorting."""
        return self.address(sort=Sort.SHELF, page=page)

    def address(self, **changed: object) -> str:
        """The address of this list with these changes; defaults are left out."""
        wanted: dict[str, object] = {
            "q": self.words,
            "category": self.category,
            "sort": self.sort,
            "page": 1,
        }
        wanted |= changed
        arguments = {
            name: value.value if isinstance(value, Sort) else value
            for name, value in wanted.items()
            if value and value not in (Sort.SHELF, 1)
        }
        query = urlencode(arguments)
        return f"{addresses().products}?{query}" if query else addresses().products


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page of the list; `number` is None for the gap between distant pages."""

    number: int | None
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ChoiceLink:
    """A value of an option, as a link to the variant that has it. `note` says what is different
    there: other options, the price, or that it is sold out."""

    value: str
    address: str
    is_chosen: bool
    is_sold_out: bool
    note: str


@dataclass(frozen=True, slots=True)
class OptionLinks:
    """What variants differ in, such as size, with a link for each value."""

    name: str
    choices: tuple[ChoiceLink, ...]


def cards(listings: tuple[Listing, ...], visit: CartVisit | None) -> Markup:
    """Products and groups as the items of a list, on a page for this visit or on a public one."""
    return fragments().cards(listings, addresses(), csrf_token() if visit else "")


@blueprint.get("/")
@public
def home(visit: CartVisit | None) -> Response:
    categories = _categories()
    picks = shop().catalogue.ask(catalogue.picks, size=PICKS)
    return responses.page(
        "product/home.html",
        visit,
        categories=[(shelf, seo.category_path(shelf), _tile(shelf.slug)) for shelf in categories],
        picks=cards(picks, visit),
        head=seo.page(shop().words.title, addresses().home),
    )


@blueprint.get("/products")
@public
def index(visit: CartVisit | None) -> Response:
    search = Search.from_args(request.args)
    categories = _categories()
    page = shop().catalogue.ask(
        catalogue.page,
        words=search.words,
        category=search.category,
        sort=search.sort,
        number=search.page,
        size=shop().page_size,
    )
    title = _title(search, categories)
    return responses.page(
        "product/index.html",
        visit,
        search=search,
        title=title,
        head=_head(title, search, page),
        categories=categories,
        category_addresses=[search.address(category=shelf.slug) for shelf in categories],
        page=page,
        cards=cards(page.listings, visit),
        page_links=_page_links(search, page.number, page.pages),
        sorts=SORT_LABELS | ({Sort.SHELF: marked("Best match")} if search.words else {}),
        everything=search.address(category=None),
    )


@blueprint.get("/products/<slug>")
@public
def show(visit: CartVisit | None, slug: str) -> Response:
    return show_with(visit, slug)


@blueprint.get("/products/<slug>/picture.svg")
def picture(slug: str) -> Response:
    """The picture that is drawn for a product without a photo."""
    product = _by_slug(slug)
    response = Response(product_picture.drawing(product), mimetype="image/svg+xml")
    if request.args.get("v") == product_picture.version(product):
        keep_for_good(response)
    return response


@blueprint.get("/photos/<name>/<file>")
def photo(name: str, file: str) -> Response:
    """A file of a photo. Its address contains a hash of its content, which never changes."""
    width, _, ending = file.partition(".")
    if not (_PHOTO.fullmatch(name) and width.isdecimal() and ending in PHOTO_TYPES):
        abort(HTTPStatus.NOT_FOUND)
    folder = Path(current_app.instance_path, PHOTO_FOLDER, name)
    response = send_from_directory(folder, file, mimetype=PHOTO_TYPES[ending])
    keep_for_good(response)
    return response


def show_with(
    visit: CartVisit | None,
    slug: str,
    *,
    status: int = HTTPStatus.OK,
    quantity: str = "1",
    error: str | None = None,
) -> Response:
    """A product's page, with the quantity that was typed and why it was refused, if it was. It is
    the page of its group, too, with this variant chosen."""
    product = _by_slug(slug, or_group=True)
    variants = _variants(product)
    related = shop().catalogue.ask(catalogue.related, product=product, size=RELATED)
    shelf_address = _shelf_address(product.category)
    return responses.page(
        "product/show.html",
        visit,
        status=status,
        product=product,
        title=product.group.name if product.group else product.name,
        is_of_group=slug != product.slug,
        options=_options(variants, product),
        prior_price=_prior_price(product),
        picture=addresses().picture(product),
        more_pictures=_more_pictures(product),
        shelf_address=shelf_address,
        head=seo.product_page(product, variants, product.category, shelf_address),
        related=cards(related, visit),
        quantity=quantity,
        error=error,
    )


def _prior_price(product: Product) -> Money | None:
    if product.compare_at is None:
        return None
    return shop().catalogue.ask(price_history.prior_price, number=product.number)


def _head(title: str, search: Search, page: Page) -> PageHead | None:
    # Searches and empty lists are not indexed: there is no end of either.
    if search.words or not page.count:
        return None
    return seo.page(title, search.canonical(page.number))


def _by_slug(slug: str, *, or_group: bool = False) -> Product:
    if len(slug) > LONGEST_SLUG:
        abort(HTTPStatus.NOT_FOUND)
    product = shop().catalogue.ask(catalogue.by_slug, slug=slug)
    if product is None and or_group:
        product = choosing.first_choice(shop().catalogue.ask(catalogue.variants, group=slug))
    if product is None:
        _leave_former(slug)
        abort(HTTPStatus.NOT_FOUND)
    return product


def _variants(product: Product) -> tuple[Product, ...]:
    if product.group is None:
        return ()
    return shop().catalogue.ask(catalogue.variants, group=product.group.slug)


def _options(variants: tuple[Product, ...], chosen: Product) -> list[OptionLinks]:
    return [
        OptionLinks(option.name, tuple(_link(choice, chosen) for choice in option.choices))
        for option in choosing.options(variants, chosen)
    ]


def _link(choice: Choice, chosen: Product) -> ChoiceLink:
    return ChoiceLink(
        choice.value,
        addresses().product(choice.product.slug),
        choice.is_chosen,
        choice.product.is_sold_out and not choice.is_chosen,
        wording.variant(choice, chosen),
    )


def _more_pictures(product: Product) -> list[Picture]:
    if product.photo is None:
        return []
    photos = shop().catalogue.ask(assignments.photos, product_number=product.number)
    return [addresses().photo(photo) for photo in photos[1:]]


def _leave_former(slug: str) -> None:
    current = shop().catalogue.ask(former_slugs.current_slug, slug=slug)
    if current is not None and request.view_args == {"slug": slug}:
        address = with_query(url_for(str(request.endpoint), slug=current))
        abort(redirect(address, HTTPStatus.MOVED_PERMANENTLY))


def _shelf_address(name: str) -> str:
    shelves = {shelf.name: shelf for shelf in _categories()}
    return seo.category_path(shelves[name]) if name in shelves else addresses().products


def _tile(slug: str) -> str | None:
    name = f"img/tile-{slug}.svg"
    return addresses().asset(name) if name in addresses().assets.digests else None


def _categories() -> tuple[Category, ...]:
    return shop().catalogue.ask(catalogue.categories)


def _small_int(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _title(search: Search, categories: tuple[Category, ...]) -> str:
    names = {category.slug: category.name for category in categories}
    if not search.category:
        if search.words:
            return gettext("“%(words)s” in all products", words=search.words)
        return gettext("All products")
    name = names.get(search.category) or gettext("No such shelf")
    if not search.words:
        return name
    return gettext("“%(words)s” in %(shelf)s", words=search.words, shelf=name)


def _page_links(search: Search, current: int, pages: int) -> list[PageLink]:
    shown = [page for page in range(1, pages + 1) if page in (1, pages) or abs(page - current) < 3]
    links = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before > 1:
            links.append(PageLink(None, "", is_current=False))
        links.append(PageLink(page, search.address(page=page), is_current=page == current))
    return links
