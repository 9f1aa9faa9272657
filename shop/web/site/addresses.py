"""The addresses that every page links to, built from the routes once.

A call of `url_for` takes about as long as rendering a table row, and a cart of 20 lines has 60
addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from flask import current_app, request

from shop.core.catalogue import Photo, Product
from shop.web.languages.addressing import prefix, root
from shop.web.site import product_picture
from shop.web.site.assets import Assets, assets
from shop.web.site.product_picture import Picture


@dataclass(frozen=True, slots=True, eq=False)
class Addresses:
    """Complete addresses, and beginnings of those that end in a slug or a number. `lab` is None
    when the laboratory is switched off; `notices` is where payment providers report,
    and `root` the home page without a language."""

    root: str
    home: str
    products: str
    cart: str
    cart_lines: str
    cart_clear: str
    cart_restore: str
    cart_dismiss: str
    cart_undo: str
    cart_replace: str
    cart_merge: str
    cart_share: str
    cart_personal: str
    no_script: str
    coupon: str
    coupon_removal: str
    about: str
    about_delete: str
    checkout: str
    find_order: str
    forget_orders: str
    lab: str | None
    notices: str
    sitemap: str
    before_slug: str
    before_drawing: str
    before_asset: str
    before_photo: str
    assets: Assets

    def product(self, slug: str) -> str:
        return self.before_slug + slug

    def asset(self, name: str) -> str:
        """The address of a static file. Raises KeyError when there is none of this name."""
        return f"{self.before_asset}{self.assets.digests[name]}/{name}"

    def picture(self, product: Product | None) -> Picture:
        """A product's photo or own picture, or the one drawn for it when it has none."""
        if product is None:
            return Picture(self.asset("img/gone.svg"))
        if product.photo is not None:
            return self.photo(product.photo)
        name = f"img/products/{product.image}"
        if name in self.assets.digests:
            return Picture(self.asset(name))
        version = product_picture.version(product)
        return Picture(f"{self.before_drawing}{product.slug}/picture.svg?v={version}")

    def photo(self, photo: Photo) -> Picture:
        return product_picture.of_photo(photo, self.before_photo)

    def line(self, number: int) -> str:
        return f"{self.cart_lines}/{number}"

    def removal(self, number: int) -> str:
        return f"{self.cart_lines}/{number}/remove"


def with_query(address: str) -> str:
    """An address with the query of this request."""
    query = quote(request.query_string, safe="!$&'()*+,/:;=?@%")
    return f"{address}?{query}" if query else address


def addresses() -> Addresses:
    """The addresses below the path that this request's shop is mounted at, with the language that
    is in its own address."""
    return _addresses(root(), prefix(), assets())


@lru_cache(maxsize=64)
def _addresses(mounted_at: str, prefix: str, here: Assets) -> Addresses:
    # Not url_for: the page that refuses an unknown host is rendered without routing.
    routes = current_app.url_map
    build = routes.bind("localhost", script_name=mounted_at + prefix).build
    build_plain = routes.bind("localhost", script_name=mounted_at or "/").build
    return Addresses(
        root=build_plain("product.home"),
        home=build("product.home"),
        products=build("product.index"),
        cart=build("cart.show"),
        cart_lines=build("cart.create"),
        cart_clear=build("cart.clear"),
        cart_restore=build("other_carts.restore"),
        cart_dismiss=build("other_carts.dismiss"),
        cart_undo=build("other_carts.step_back"),
        cart_replace=build("other_carts.replace"),
        cart_merge=build("other_carts.merge"),
        cart_share=build("share.create"),
        cart_personal=build("personal.show"),
        no_script=build("personal.unmark"),
        coupon=build("coupon.create"),
        coupon_removal=build("coupon.destroy"),
        about=build("about.show"),
        about_delete=build("about.destroy"),
        checkout=build("checkout.show"),
        find_order=build("find_order.show_form"),
        forget_orders=build("find_order.forget"),
        lab=build_plain("lab.show") if "lab" in current_app.blueprints else None,
        notices=build_plain("payment.take", {"code": "x"})[:-1],
        sitemap=build_plain("seo.sitemap"),
        before_slug=build("product.show", {"slug": "x"})[:-1],
        before_drawing=build_plain("product.show", {"slug": "x"})[:-1],
        before_asset=build_plain("assets.show", {"digest": "x", "name": "y"})[:-3],
        before_photo=build_plain("product.photo", {"name": "x", "file": "y"})[:-3],
        assets=here,
    )
