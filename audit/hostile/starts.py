"""What Wapiti begins with, as a stranger and as a keeper: a shop in which each kind of form has
something to be about, the cookies of a visitor, and the addresses to leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from audit.hostile.exploring import Pairs, Visitor
from audit.hostile.form_filler import PLAUSIBLE, FormFiller
from audit.hostile.visiting import fill_cart, order
from audit.hostile.wire import Send
from e2e.support import keepers, photos
from e2e.support.demo_shop import numbers_of
from e2e.support.server import RunningShop
from shop.admin.session import PATH
from shop.lab.museum.exhibits import EXHIBITS

IN_THE_CART: tuple[Pairs, ...] = ((("sku", "MUG"),),)
SHOWN = ("everyday-mug", "linen-apron", "waxed-pouch")
"""The products whose pages a stranger's scan opens: a plain one, one with photos, and variants. The
others have the same pages."""
SHELF = "textiles"
EXHIBIT = "version-2"
COUPON = (
    "INSERT INTO coupons (code, kind, basis_points, amount_minor, from_minor, currency, uses) "
    "VALUES (?, 'percent', 1000, 0, 0, 'GBP', 0)"
)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as somebody: where it begins, where it does not go, and with which cookies. It stays
    below the address where it begins, but for `others`, which no page in there needs to link. The
    modules of `for_forms` attack nothing but forms. At most `at_once` requests are under way.

    Wapiti attacks addresses before forms, for as long as it may. So of pages that are alike, one is
    left in, and of their parameters each alone with one value, in whose place others come anyway.
    The cookies hold the secret of the CSRF tokens. Wapiti sends its first requests at once, so
    otherwise each response would bring another secret, and most of the tokens would be worthless.
    """

    start: str
    excluded: tuple[str, ...]
    cookies: dict[str, str]
    others: tuple[str, ...] = ()
    for_forms: tuple[str, ...] = ()
    at_once: int = 4


def _arranged(shop: RunningShop, send: Send) -> Visitor:
    """Arranges the shop, and returns a shopper with a cart who has ordered."""
    shop.change(COUPON, PLAUSIBLE["code"])
    photos.give(shop)
    shopper = Visitor(send)
    order(shopper, IN_THE_CART, {"payment": "invoice"})
    shop.change("UPDATE outbox SET next_attempt_at = NULL, last_error = 'no such host'")
    fill_cart(shopper, IN_THE_CART)
    shopper.get("/checkout")
    return shopper


def of_a_keeper(shop: RunningShop, send: Send) -> Scan:
    """Arranges the shop for the scan of a keeper who is signed in.

    The forms are about one order and one product. Of two that are sent at once, now and then one is
    refused, and Wapiti takes that for what its SQL did. So it sends one at a time.
    """
    _arranged(shop, send)
    keeper = Visitor(send, {"__Secure-admin": keepers.signed_in(shop)})
    keeper.get(f"{PATH}/orders")
    changed = numbers_of(shop)["APRON-LINEN"]
    return Scan(
        PATH,
        tuple(_left_out_by_the_keeper(shop, changed)),
        keeper.held,
        others=(f"{PATH}/products/{changed}", "/", "/products", "/products/linen-apron"),
        for_forms=("exec", "file", "timesql"),
        at_once=1,
    )


def of_a_stranger(shop: RunningShop, send: Send) -> Scan:
    """Arranges the shop for the scan of somebody who has a cart and has ordered."""
    shopper = _arranged(shop, send)
    return Scan("/", tuple(_left_out_by_the_stranger(shop)), shopper.held)


SCANS: Mapping[str, Callable[[RunningShop, Send], Scan]] = {
    "keeper": of_a_keeper,
    "stranger": of_a_stranger,
}
"""Who scans, and how."""


def filler(shop: RunningShop, send: Send) -> FormFiller:
    """Fills in the forms of a scan."""
    ((reference,),) = shop.ask("SELECT reference FROM orders")
    return FormFiller(shop, send, numbers_of(shop)["MUG"], {"reference": str(reference)})


def _left_out_by_the_stranger(shop: RunningShop) -> Iterator[str]:
    yield from ("/de/*", "/fr/*", "/ar/*", "/en-gb/*")  # the same views
    yield from ("/static/*", "/photos/*")
    # The runs of the laboratory have hundreds of addresses, and leave cookies of any size.
    for run in ("conformance", "probe"):
        yield from (f"/limits/{run}/*", f"/limits/{run}?*")
    # It has no database, but takes any step that it does not know for the first. Wapiti 3.3 calls
    # that an SQL injection.
    yield "/limits/lecture*"
    # Some of these fill the cart to the brim, and what is refused then proves nothing.
    yield "/limits/cart/*"
    for exhibit in EXHIBITS:
        if exhibit.name != EXHIBIT:
            yield f"/limits/museum/{exhibit.name}"
    # It ends the session, and with it every token that Wapiti has read.
    yield "/cart/about/delete"
    in_the_cart = numbers_of(shop)["MUG"]
    for number, slug in shop.ask("SELECT number, slug FROM products"):
        if slug not in SHOWN:
            yield f"/products/{slug}"
        if number != in_the_cart:
            yield f"/cart/lines/{number}*"
    for (slug,) in shop.ask("SELECT slug FROM categories"):
        if slug != SHELF:
            yield f"/products?category={slug}"
    yield "/products?*&*"
    yield "/products?page=*"


def _left_out_by_the_keeper(shop: RunningShop, changed: int) -> Iterator[str]:
    yield f"{PATH}/sign-out"
    yield f"{PATH}/products/*/photos/*/remove"  # or the photo's other forms are about nothing
    numbers = numbers_of(shop).values()
    for number in {*numbers, len(numbers) + 1} - {changed}:  # that of the product to be added, too
        yield f"{PATH}/products/{number}"
        yield f"{PATH}/products/{number}/*"
    for value in ("paid", "placed", "sent", "cancelled", "refunded", "retired", "out-of-stock"):
        yield f"{PATH}/*={value}"
    yield f"{PATH}/*?*&*"
    yield f"{PATH}/products?page=*"
