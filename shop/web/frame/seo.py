"""What search engines and link previews read: the head of a page, robots.txt and the sitemap.

A page without such a head is not indexed: carts, checkouts and orders have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from babel.numbers import get_currency_precision
from flask import Blueprint, Response, render_template, request

from shop.core import money
from shop.core.catalogue import Group, Product
from shop.storage import catalogue
from shop.storage.catalogue import Category
from shop.web.languages.addressing import prefix, root
from shop.web.languages.language import Language
from shop.web.languages.texts import current, gettext
from shop.web.site.addresses import addresses
from shop.web.site.assets import assets
from shop.web.site.shop import shop

blueprint = Blueprint("seo", __name__)

LONGEST_DESCRIPTION = 160
MOST_IN_SITEMAP = 50_000
"""The most addresses that one sitemap may hold (sitemaps.org protocol)."""
PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".gif")
PREVIEW_SIZE = (1200, 630)
"""Of a shop's own picture, as its file is checked to be."""
HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Preview:
    """The picture that a preview of a link shows: its absolute address, its size in pixels where
    that is known, and what it shows."""

    address: str
    size: tuple[int, int] | None
    alt: str

    @property
    def is_wide(self) -> bool:
        """Whether it fills a large card, about twice as wide as high, without being cut."""
        return self.size is not None and self.size[0] >= 1.5 * self.size[1]


@dataclass(frozen=True, slots=True)
class PageHead:
    """The metadata of a page: addresses are absolute, `facts` are JSON-LD objects. `alternates` are
    the tags of all languages and the addresses of the page in each of them, with `x-default` for
    that which suits the browser; there are none where there is one language."""

    title: str
    description: str
    canonical: str
    alternates: tuple[tuple[str, str], ...]
    preview: Preview | None
    kind: str = "website"
    facts: tuple[Mapping[str, Any], ...] = ()


def page(title: str, path: str, description: str = "") -> PageHead:
    """The head of a page whose canonical path is this; without a description, it has the shop's."""
    return PageHead(
        title,
        description or shop().words.description,
        canonical(path),
        _alternates(path),
        _shop_preview(),
    )


def product_page(
    product: Product, variants: Sequence[Product], category: str, category_path: str
) -> PageHead:
    """The head of a product's page: name, price and availability.

    All variants of a group are on one page, so it has one canonical address: the group's. Its facts
    describe each of them. Source: Google Search Central, "Product variant structured data",
    https://developers.google.com/search/docs/appearance/structured-data/product-variants.
    """
    to = addresses()
    shared = product.group or product
    path = to.product(shared.slug)
    facts = _group(product.group, variants) if product.group else _product(product)
    return PageHead(
        title=shared.name,
        description=_shortened(product.description or shared.name),
        canonical=canonical(path),
        alternates=_alternates(path),
        preview=_product_preview(product),
        kind="product",
        facts=(
            {"@context": "https://schema.org", **facts},
            _breadcrumbs(
                (gettext("Home"), to.home), (category, category_path), (shared.name, path)
            ),
        ),
    )


def absolute(path: str) -> str:
    """A path of the shop as an absolute URL."""
    return request.host_url.rstrip("/") + path


def canonical(path: str) -> str:
    """The canonical URL of the page at a path of the shop, in the current language."""
    return _in(current(), path)


def _in(language: Language, path: str) -> str:
    start = root() + shop().languages.canonical_prefix(language)
    return absolute(start + path.removeprefix(root() + prefix()))


def _alternates(path: str) -> tuple[tuple[str, str], ...]:
    languages = shop().languages
    found = [(language.tag, _in(language, path)) for language in languages.if_several]
    return (*found, ("x-default", _in(languages.own, path))) if found else ()


@blueprint.get("/robots.txt")
def robots() -> Response:
    # Carts and checkouts are not disallowed: a crawler must read a page to see its noindex.
    starts = ["", *(language.prefix for language in shop().languages.if_several)]
    refused = [f"Disallow: {it}/products?*{key}=" for it in starts for key in ("sort", "q")]
    lines = ("User-agent: *", *refused)
    sitemap = f"Sitemap: {absolute(addresses().sitemap)}"
    return _public("\n".join([*lines, "", sitemap, ""]), "text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    to = addresses()
    languages = shop().languages
    most = MOST_IN_SITEMAP // len(languages.offered) - 100
    slugs = shop().catalogue.ask(catalogue.slugs, most=most)
    shelves = shop().catalogue.ask(catalogue.categories)
    paths = [to.home, to.products, *(category_path(shelf) for shelf in shelves)]
    paths += [to.home + page.slug for page in shop().words.pages]
    paths += [to.product(slug) for slug in slugs]
    pages = [
        (_in(language, path), _alternates(path)) for language in languages.offered for path in paths
    ]
    xml = render_template("seo/sitemap.xml", pages=pages)
    return _public(xml, "application/xml")


def category_path(category: Category) -> str:
    """The list of one category."""
    return f"{addresses().products}?category={category.slug}"


def _public(text: str, mimetype: str) -> Response:
    response = Response(text, mimetype=mimetype)
    response.headers["Cache-Control"] = HOUR
    return response


def _shop_preview() -> Preview | None:
    words = shop().words
    own = words.look.preview
    if own:
        return Preview(absolute(addresses().asset(own.name)), PREVIEW_SIZE, words.name)
    text = words.preview_text
    return _preview("img/og.png", text) if text else None


def _product_preview(product: Product) -> Preview | None:
    if product.photo is not None:
        picture = addresses().photo(product.photo)
        return Preview(absolute(picture.address), picture.size, picture.text or product.name)
    # An image is shown as it is. A drawing is not: scrapers take no SVG, so demo products have
    # another file (audit/previews.py).
    photo = PurePosixPath("img/products", product.image or "")
    drawn = PurePosixPath("img/previews", f"{photo.stem}.png")
    is_known = str(photo) in assets().digests
    if is_known and photo.suffix.lower() in PHOTOS:
        return _preview(str(photo), product.name)
    if is_known and str(drawn) in assets().digests:
        return _preview(str(drawn), product.name)
    return _shop_preview()


def _preview(name: str, alt: str) -> Preview:
    return Preview(absolute(addresses().asset(name)), assets().size(name), alt)


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    cut = text[: LONGEST_DESCRIPTION - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"  # not every language has spaces


def _product(product: Product) -> dict[str, Any]:
    exponent = get_currency_precision(product.price.currency)
    availability = "InStock" if product.is_for_sale else "OutOfStock"
    if not product.is_active:
        availability = "Discontinued"
    to = addresses()
    return {
        "@type": "Product",
        "name": product.name,
        "sku": product.sku,
        "description": product.description,
        "category": product.category,
        "image": absolute(to.picture(product).address),
        "offers": {
            "@type": "Offer",
            "url": canonical(to.product(product.slug)),
            "price": money.plain(product.price, exponent),
            "priceCurrency": product.price.currency,
            "availability": f"https://schema.org/{availability}",
            "itemCondition": "https://schema.org/NewCondition",
        },
    }


# What schema.org has a property for, by the names that options go by.
_PROPERTIES = {
    "color": "color",
    "colour": "color",
    "size": "size",
    "material": "material",
    "pattern": "pattern",
}


def _group(group: Group, variants: Sequence[Product]) -> dict[str, Any]:
    sold = [product for product in variants if product.is_active] or variants
    known = {name: _PROPERTIES.get(name.lower()) for name in group.options}
    return {
        "@type": "ProductGroup",
        "name": group.name,
        "description": sold[0].description,
        "url": canonical(addresses().product(group.slug)),
        "productGroupID": group.slug,
        "variesBy": [f"https://schema.org/{name}" for name in known.values() if name],
        "hasVariant": [
            {
                **_product(product),
                **{
                    name: value
                    for name, value in zip(known.values(), product.options, strict=True)
                    if name
                },
            }
            for product in sold
        ],
    }


def _breadcrumbs(*steps: tuple[str, str]) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": canonical(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }
