"""The pages and states that are checked. To add one, add a `Subject` to `SUBJECTS`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from playwright.sync_api import expect

from e2e.support import carts, keepers, photos
from e2e.support.pages import CartPage, CheckoutPage, MiniCart, Shopper
from e2e.support.server import KEY, RunningShop
from shop.core import cookie
from shop.core.cart import Line
from shop.core.cookie import BROWSER_LIMIT_BYTES

A_MINUTE_MS = 60_000
LECTURE = (
    "Start: one product",
    "Next: ten products",
    "Next: as many as fit",
    "Next: one more",
    "Next: the same limit, with a guard",
)
"""The buttons of the lecture's five steps."""


@dataclass(frozen=True, slots=True)
class Visitor(Shopper):
    """A shopper who can also change the shop's database."""

    shop: RunningShop


Numbers = Mapping[str, int]
"""The cookie number of each SKU."""
Cookie = Callable[[Numbers], str]
Steps = Callable[[Visitor], object]


@dataclass(frozen=True, slots=True)
class Subject:
    """A page in a state: the cart in the browser, the address to open and its status, the steps to
    take there, and a text that must be visible in the end.

    Steps that stand alone end with their own `expect`. A subject that `needs_script` is left out
    where pages are opened without JavaScript.
    """

    name: str
    path: str
    shows: str = ""
    cookie: Cookie | None = None
    steps: Steps | None = None
    status: int = 200
    needs_script: bool = False


def holding(lines: Mapping[str, int], *, aged_days: float = 0) -> Cookie:
    """A cart of {SKU: quantity}, last changed `aged_days` ago."""
    return lambda numbers: carts.value_of(
        {numbers[sku]: quantity for sku, quantity in lines.items()}, aged_days=aged_days
    )


def _tampered(numbers: Numbers) -> str:
    return carts.altered(holding(ONE)(numbers))


def _of_newer_version(_: Numbers) -> str:
    return cookie.sign("yAAAA", [KEY])


def _full_for_a_mug(numbers: Numbers) -> str:
    cart = carts.cart_that_fills(BROWSER_LIMIT_BYTES + 1, Line(numbers["MUG"], 1))
    return carts.value_of({line.number: line.quantity for line in cart.lines})


def _full(numbers: Numbers) -> str:
    mug = Line(numbers["MUG"], 1)
    lines = (*carts.cart_that_fills(BROWSER_LIMIT_BYTES, mug).lines, mug)
    return carts.value_of({line.number: line.quantity for line in lines})


def _asks_for_too_many(visitor: Visitor) -> None:
    visitor.page.get_by_label("Quantity").fill("2")
    visitor.page.get_by_role("button", name="Add to cart").click()


def _adds_here(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Add to cart").click()


def _types_a_hundred(visitor: Visitor) -> None:
    CartPage(visitor).sets_quantity("Everyday mug", "100")


def _adds_beside(visitor: Visitor) -> None:
    visitor.adds_here().says("Added to your cart: Everyday mug")


def _adds_from_a_list(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Add Everyday mug", exact=True).click()
    MiniCart(visitor).says("Added to your cart: Everyday mug")


def _adds_one_too_many_beside(visitor: Visitor) -> None:
    card = visitor.page.get_by_role("button", name="Add Last-one lamp", exact=True)
    card.click()
    MiniCart(visitor).says("Only 1 left")


def _removes(visitor: Visitor) -> None:
    CartPage(visitor).removes("Cedar pencil")


def _empties(visitor: Visitor) -> None:
    CartPage(visitor).empties()


def _looks_after_a_new_price(visitor: Visitor) -> None:
    shop = visitor.shop
    (product,) = shop.ask("SELECT number, price_minor FROM products WHERE sku = 'CLOTH-DISH'")
    shop.change("UPDATE prices SET since = 1 WHERE product_number = ?", product[0])
    shop.change(
        "INSERT INTO prices (product_number, price_minor, currency, since) VALUES (?, ?, 'GBP', ?)",
        product[0],
        int(str(product[1])) + 40,
        int(time.time()),
    )
    shop.change("UPDATE products SET price_minor = price_minor + 40 WHERE sku = 'CLOTH-DISH'")
    visitor.opens_cart()


def _reduces_again(visitor: Visitor) -> None:
    # So that there is an earlier price to state.
    shop = visitor.shop
    (product,) = shop.ask("SELECT number FROM products WHERE sku = 'BOX-BREAD'")
    shop.change(
        "INSERT INTO prices (product_number, price_minor, currency, since) "
        "SELECT ?, price_minor + 300, 'GBP', 1 FROM products WHERE sku = 'BOX-BREAD'",
        product[0],
    )
    visitor.page.reload()


def _looks_again(visitor: Visitor) -> None:
    # Now the browser has said that its scripts work, so it gets the public page.
    visitor.page.reload()


def _finds_a_message(visitor: Visitor) -> None:
    page = visitor.page
    # Or the page that is open would still ask for the count, and show the message itself.
    expect(page.get_by_role("link", name="Cart 0 items", exact=True)).to_be_visible()
    page.context.request.post(
        f"{visitor.url}/cart/lines",
        form={"sku": "MUG"},
        headers={"Origin": visitor.url},
        max_redirects=0,
    )
    page.reload()


def _with_photos(visitor: Visitor) -> None:
    photos.give(visitor.shop)
    visitor.page.reload()


def _uses(visitor: Visitor, code: str) -> None:
    page = visitor.page
    visitor.shop.change(
        "INSERT OR IGNORE INTO coupons (code, kind, basis_points, amount_minor, from_minor, "
        "currency, uses) VALUES ('SPRING10', 'percent', 1000, 0, 0, 'GBP', 0), "
        "('LARGE', 'amount', 0, 500, 6000, 'GBP', 0)"
    )
    page.reload()
    page.get_by_text("Do you have a code?").click()
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Use the code").click()


def _uses_a_code(visitor: Visitor) -> None:
    _uses(visitor, "spring10")


def _uses_a_wrong_code(visitor: Visitor) -> None:
    _uses(visitor, "SPRNG10")


def _uses_a_code_for_larger_carts(visitor: Visitor) -> None:
    _uses(visitor, "LARGE")


def _checks_out_with_a_code(visitor: Visitor) -> None:
    _uses(visitor, "SPRING10")
    expect(visitor.page.get_by_role("button", name="Remove the code SPRING10")).to_be_visible()
    visitor.page.get_by_role("main").get_by_role("link", name="Check out").click()


def _shared(lines: Mapping[str, int], *, aged_days: float = 0) -> Steps:
    def open_it(visitor: Visitor) -> None:
        numbers = {str(sku): int(str(n)) for n, sku in visitor.shop.ask(NUMBERS)}
        link = carts.link_of({numbers[sku]: n for sku, n in lines.items()}, aged_days=aged_days)
        visitor.visits(link)

    return open_it


def _forgets_the_form(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("Email").fill("ada")
    page.get_by_label("Country").select_option("US")
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")


def _orders_at_a_new_price(visitor: Visitor) -> None:
    checkout = CheckoutPage(visitor).fills_in()
    visitor.shop.change(
        "UPDATE products SET price_minor = price_minor + 1 WHERE sku = 'CLOTH-DISH'"
    )
    checkout.button.click()


def _orders(visitor: Visitor) -> None:
    CheckoutPage(visitor).fills_in().places_the_order()


def _orders_and_looks_again(visitor: Visitor) -> None:
    _orders(visitor)
    visitor.page.get_by_role("link", name="find your order").click()
    expect(visitor.page.get_by_role("heading", level=1, name="Find an order")).to_be_visible()


def _finds_no_order(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("Order reference").fill("AAAA-AAAA")
    page.get_by_role("textbox", name="Email").fill("ada@example.com")
    page.get_by_role("button", name="Find the order").click()
    expect(page.get_by_role("alert")).to_contain_text("no order with this reference")


def _meets_a_fault(visitor: Visitor) -> None:
    _orders(visitor)
    token = visitor.page.url.rpartition("/")[2]
    for status in ("nonsense", "placed"):  # as nothing but SQL by hand could make it
        visitor.shop.change("UPDATE orders SET status = ? WHERE token = ?", status, token)
        if status == "nonsense":
            visitor.page.reload()


def _is_keeper(visitor: Visitor, path: str) -> None:
    if not visitor.shop.ask("SELECT 1 FROM orders WHERE status = 'placed'"):
        _orders(visitor)
    keepers.sign_in(visitor.shop, visitor.page.context)
    visitor.visits(path)


def _sees_the_orders(visitor: Visitor) -> None:
    _is_keeper(visitor, "/admin/orders")


def _sees_an_order(visitor: Visitor) -> None:
    _is_keeper(visitor, "/admin/orders?status=placed")
    visitor.page.get_by_role("rowheader").get_by_role("link").first.click()
    expect(visitor.page.get_by_role("heading", level=2, name="History")).to_be_visible()


def _is_keeper_of_an_order(visitor: Visitor, *pressed: str) -> None:
    """With an order of its own, of which each of these steps was taken."""
    _orders(visitor)
    _sees_an_order(visitor)
    page = visitor.page
    for step in pressed:
        if step == SENT:
            page.get_by_label("Tracking").fill("RM 1234 5678 9 GB")
        page.get_by_label("Note on the").first.fill("As agreed on the phone")
        with page.expect_navigation():
            page.get_by_role("button", name=step, exact=True).click()


def _sees_a_sent_order(visitor: Visitor) -> None:
    _is_keeper_of_an_order(visitor, PAID, SENT)


def _sees_a_refunded_order(visitor: Visitor) -> None:
    _is_keeper_of_an_order(visitor, PAID, SENT, "Mark as refunded")


def _sees_a_cancelled_order(visitor: Visitor) -> None:
    _is_keeper_of_an_order(visitor, "Cancel the order")


def _learns_that_it_is_sent(visitor: Visitor) -> None:
    _sees_a_sent_order(visitor)
    visitor.page.get_by_role("link", name="as the shopper sees it").click()


def _sees_no_orders(visitor: Visitor) -> None:
    _is_keeper(visitor, "/admin/orders?status=sent&q=nobody")


def _looks_for_no_order(visitor: Visitor) -> None:
    _is_keeper(visitor, "/admin/orders/AAAA-AAAA")


def _mistypes_the_password(visitor: Visitor) -> None:
    page = visitor.page
    keepers.add_keeper(visitor.shop)
    page.reload()  # it has said that there is no keeper
    page.get_by_label("Email").fill(keepers.EMAIL)
    page.get_by_label("Password").fill("wrong horse")
    page.get_by_role("button", name="Sign in").click()


def _sees_a_packing_slip(visitor: Visitor) -> None:
    _sees_an_order(visitor)
    visitor.page.get_by_role("link", name="Packing slip", exact=True).click()


def _sees_an_invoice(visitor: Visitor) -> None:
    _sees_an_order(visitor)
    make = visitor.page.get_by_role("button", name="Make the invoice")
    if make.count():  # the first time
        make.click()
    else:
        visitor.page.get_by_role("link", name="Invoice").first.click()


def _sees_the_mail(visitor: Visitor) -> None:
    _is_keeper(visitor, "/admin/orders")
    visitor.shop.change(
        "UPDATE outbox SET attempts = 1, next_attempt_at = NULL, sent_at = NULL, sent_to = '', "
        "last_error = 'The mail server refused the message: 550 No such mailbox' "
        "WHERE kind = 'confirmation'"
    )
    visitor.page.get_by_role("navigation").get_by_role("link", name="Mail").click()
    expect(visitor.page.get_by_role("heading", level=2, name="Given up")).to_be_visible()


def _sees_a_message(visitor: Visitor) -> None:
    _sees_the_mail(visitor)
    visitor.page.get_by_role("link", name="Confirmation").first.click()


def _sees_the_products(visitor: Visitor) -> None:
    keepers.sign_in(visitor.shop, visitor.page.context)
    visitor.visits("/admin/products")


def _sees_a_product(visitor: Visitor) -> None:
    _sees_the_products(visitor)
    visitor.page.get_by_label("Search by").fill("BOX-BREAD")
    visitor.page.get_by_role("button", name="Search").click()
    visitor.page.get_by_role("rowheader").get_by_role("link").click()
    expect(visitor.page.get_by_role("button", name="Save")).to_be_visible()


def _sees_a_variant(visitor: Visitor) -> None:
    _sees_the_products(visitor)
    visitor.page.get_by_label("Search by").fill("POUCH-L-RUST")
    visitor.page.get_by_role("button", name="Search").click()
    visitor.page.get_by_role("rowheader").get_by_role("link").click()


def _mistypes_a_product(visitor: Visitor) -> None:
    _sees_a_product(visitor)
    visitor.page.get_by_label("Price in GBP").fill("cheap")
    visitor.page.get_by_label("Stock").fill("-1")
    visitor.page.get_by_role("button", name="Save").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("Nothing was saved")


def _saves_a_product_too_late(visitor: Visitor) -> None:
    _sees_a_product(visitor)
    visitor.page.get_by_label("Stock").fill("40")
    visitor.shop.change("UPDATE products SET stock = stock + 1 WHERE sku = 'BOX-BREAD'")
    visitor.page.get_by_role("button", name="Save").click()


def _sees_photos(visitor: Visitor) -> None:
    photos.give(visitor.shop)
    _sees_the_products(visitor)
    visitor.page.get_by_label("Search by").fill("APRON-LINEN")
    visitor.page.get_by_role("button", name="Search").click()
    visitor.page.get_by_role("rowheader").get_by_role("link").click()


def _says_too_much_of_a_photo(visitor: Visitor) -> None:
    _sees_photos(visitor)
    visitor.page.get_by_label("What photo 2 shows", exact=True).fill("A loaf of bread. " * 12)
    visitor.page.get_by_role("button", name="Save what photo 2 shows").click()


def _uploads_no_photo(visitor: Visitor) -> None:
    _sees_a_product(visitor)
    file = {"name": "mug.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}
    visitor.page.get_by_label("Add a photo").set_input_files(file)  # type: ignore[arg-type]
    visitor.page.get_by_role("button", name="Upload it").click()


def _begins_a_product(visitor: Visitor) -> None:
    _sees_the_products(visitor)
    visitor.page.get_by_role("link", name="Add a product").click()


def _makes_a_keeper(visitor: Visitor) -> None:
    keepers.add_keeper(visitor.shop)
    visitor.page.reload()


def _sees_the_own_sign_in(visitor: Visitor) -> None:
    keepers.ask_for_no_codes(visitor.shop)
    _is_keeper(visitor, "/admin/your-sign-in")


def _turns_codes_on(visitor: Visitor) -> None:
    keepers.ask_for_no_codes(visitor.shop)
    _is_keeper(visitor, "/admin/your-sign-in/codes")
    page = visitor.page
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_label("Your password").fill(keepers.PASSWORD)
    page.get_by_role("button", name="Turn codes on").click()


def _is_asked_for_a_code(visitor: Visitor) -> None:
    page = visitor.page
    keepers.ask_for_codes(visitor.shop)
    page.reload()  # it has said that there is no keeper
    page.get_by_label("Email").fill(keepers.EMAIL)
    page.get_by_label("Password").fill(keepers.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Your code")).to_be_visible()


def _sees_the_own_codes(visitor: Visitor) -> None:
    keepers.ask_for_codes(visitor.shop)
    _is_keeper(visitor, "/admin/your-sign-in")


def _presses(name: str, *then: str) -> Steps:
    def press(visitor: Visitor) -> None:
        for button in (name, *then):
            # The next page has the same button: a click on this page's would be lost.
            with visitor.page.expect_navigation():
                visitor.page.get_by_role("button", name=button, exact=True).click()

    return press


def _asks_the_browser(name: str, heading: str) -> Steps:
    def ask(visitor: Visitor) -> None:
        visitor.page.get_by_role("button", name=name, exact=True).click()
        report = visitor.page.get_by_role("heading", level=1, name=heading)
        expect(report).to_be_visible(timeout=A_MINUTE_MS)

    return ask


def _probes_the_way(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Probe the route", exact=True).click()
    report = visitor.page.get_by_role("table", name="Measured from this browser")
    expect(report).to_be_visible(timeout=A_MINUTE_MS)
    report.scroll_into_view_if_needed()


def _orders_without(cookie: str | None) -> Steps:
    def order(visitor: Visitor) -> None:
        checkout = CheckoutPage(visitor).fills_in()
        visitor.page.context.clear_cookies(name=cookie)
        checkout.button.click()

    return order


PAID, SENT = "Mark as paid", "Mark as sent"
NUMBERS = "SELECT number, sku FROM products"
ONE = {"MUG": 1}
THREE = {"MUG": 2, "NOTE-A5": 1, "CANDLE-PILLAR": 3}
LAMP = {"STATE-ONE-LEFT": 1}
TWENTY = {
    "MUG": 2,
    "MUG-OAT": 1,
    "CREPE-PAN": 1,
    "BOARD-BEECH": 3,
    "KNIFE-BREAD": 1,
    "TIN-LOAF": 2,
    "BOX-BREAD": 1,
    "SPOON-OLIVE": 12,
    "BRULEE-DISH": 6,
    "BOOK-BREAD": 1,
    "BOWL-CAFE": 4,
    "PLATE-SIDE": 6,
    "PLATE-DINNER": 6,
    "JUG-MILK": 1,
    "GLASS-TUMBLER": 8,
    "CUP-EGG": 4,
    "STATE-LONG-NAME": 1,
    "NOTE-A6": 10,
    "PENCIL": 99,
    "LAMP-DESK": 1,
}
TEXTILES = {"APRON-LINEN": 1, "NAPKIN-SET": 2, "THROW-WOOL": 1, "CURTAIN-CAFE": 1}
"""Three products with photos, once these are given, and one without."""
TROUBLED = {"MUG": 1, "STATE-SOLD-OUT": 2, "STATE-DISCONTINUED": 1, "STATE-ONE-LEFT": 3}

SUBJECTS = (
    Subject("home", "/"),
    Subject("list", "/products"),
    Subject("list-category", "/products?category=paper"),
    Subject("list-search", "/products?q=notebook"),
    Subject("list-nothing", "/products?q=zeppelin", "zeppelin"),
    Subject("list-later", "/products?page=3"),
    Subject("product", "/products/everyday-mug"),
    Subject("product-sold-out", "/products/sold-out-teapot", "Sold out"),
    Subject("product-discontinued", "/products/discontinued-diary", "No longer sold"),
    Subject("product-last-one", "/products/last-one-lamp", "Last one"),
    Subject("product-long-name", "/products/very-long-name-notebook"),
    Subject("product-reduced", "/products/enamel-bread-bin", "was", steps=_reduces_again),
    Subject("list-reduced", "/products?q=bread", "was"),
    Subject("product-photos", "/products/linen-apron", "Linen apron", steps=_with_photos),
    Subject("list-photos", "/products?category=textiles", "Linen apron", steps=_with_photos),
    Subject("variants", "/products/waxed-pouch", "in Large"),
    Subject("variants-sold-out", "/products/waxed-pouch-small-slate", "Sold out"),
    Subject("list-variants", "/products?q=pouch", "from"),
    Subject("product-dear", "/products/very-dear-chandelier", "12,499"),
    Subject(
        "product-wrong-quantity", "/products/last-one-lamp", "Only 1 left", steps=_asks_for_too_many
    ),
    Subject("public-expired", "/", "Restore it", holding(TWENTY, aged_days=31), _looks_again),
    Subject(
        "public-message", "/products", "Added to your", steps=_finds_a_message, needs_script=True
    ),
    Subject("german-home", "/de/", "Die Regale"),
    Subject("german-product", "/de/products/waxed-pouch", "MwSt"),
    Subject("german-expired", "/de/cart", "abgelaufen", holding(TWENTY, aged_days=31)),
    Subject("german-find-order", "/de/orders/find", "Bestellnummer"),
    Subject("german-error", "/de/nothing-here", "Hier ist nichts", status=404),
    Subject("german-list", "/de/products", "Alle Produkte"),
    Subject("german-cart", "/de/cart", "Zwischensumme", holding(TWENTY)),
    Subject("german-checkout", "/de/checkout", "zahlungspflichtig", holding(THREE)),
    Subject("arabic-home", "/ar/", "الرفوف"),
    Subject("arabic-list", "/ar/products", "1"),
    Subject("arabic-product", "/ar/products/waxed-pouch"),
    Subject("arabic-checkout", "/ar/checkout", "المجموع الفرعي", holding(THREE)),
    Subject("arabic-expired", "/ar/cart", "انتهت صلاحية سلتك", holding(TWENTY, aged_days=31)),
    Subject("arabic-find-order", "/ar/orders/find"),
    Subject("arabic-error", "/ar/nothing-here", status=404),
    Subject("arabic-cart", "/ar/cart", "المجموع الفرعي", holding(TWENTY)),
    Subject("cart-empty", "/cart", "There is nothing in your cart"),
    Subject("cart-1", "/cart", "Everyday mug", holding(ONE)),
    Subject("cart-3", "/cart", "Everyday mug", holding(THREE)),
    Subject("cart-photos", "/cart", "Linen apron", holding(TEXTILES), _with_photos),
    Subject("cart-20", "/cart", "Hinged desk lamp", holding(TWENTY)),
    Subject("cart-troubled", "/cart", "No longer sold", holding(TROUBLED)),
    Subject("cart-wrong-quantity", "/cart", "from 1 to 99", holding(ONE), _types_a_hundred),
    Subject("cart-expired", "/cart", "has expired", holding(TWENTY, aged_days=31)),
    Subject("cart-tampered", "/cart", "was not signed by this shop", _tampered),
    Subject("cart-newer-version", "/cart", "but we cannot show it", _of_newer_version),
    Subject(
        "cart-full", "/products/everyday-mug", "does not fit", _full_for_a_mug, steps=_adds_here
    ),
    Subject("cart-undo", "/cart", "Undo the last change", holding(TWENTY), _removes),
    Subject("cart-emptied", "/cart", "Undo the last change", holding(TWENTY), _empties),
    Subject(
        "cart-new-price",
        "/cart",
        "when you last looked",
        holding({"MUG": 2, "CLOTH-DISH": 1}, aged_days=0.5),
        _looks_after_a_new_price,
    ),
    Subject("cart-coupon", "/cart", "Remove the code SPRING10", holding(THREE), _uses_a_code),
    Subject("cart-coupon-refused", "/cart", "There is no code", holding(THREE), _uses_a_wrong_code),
    Subject(
        "cart-coupon-waits", "/cart", "applies from", holding(ONE), _uses_a_code_for_larger_carts
    ),
    Subject("checkout-coupon", "/cart", "Code SPRING10", holding(THREE), _checks_out_with_a_code),
    Subject(
        "mini-cart",
        "/products/everyday-mug",
        "Added to your cart",
        holding({"INK-BLUE": 1}),
        _adds_beside,
        needs_script=True,
    ),
    Subject("mini-cart-list", "/products", steps=_adds_from_a_list, needs_script=True),
    Subject(
        "mini-cart-refused",
        "/products?q=last-one",
        "Only 1 left",
        holding(LAMP),
        _adds_one_too_many_beside,
        needs_script=True,
    ),
    Subject("about", "/cart/about", "This is all of it", holding(TWENTY)),
    Subject("about-empty", "/cart/about", "There is no cart"),
    Subject("share", "/cart/share", "Point a phone", holding(TWENTY)),
    Subject("share-long", "/cart/share", "too long for a QR code", _full_for_a_mug),
    Subject("shared", "/cart", "Put this into my cart", steps=_shared(TWENTY)),
    Subject("shared-beside-mine", "/cart", "Merge with mine", holding(ONE), _shared(TROUBLED)),
    Subject("shared-same", "/cart", "the cart you already have", holding(ONE), _shared(ONE)),
    Subject("shared-expired", "/cart", "has expired", steps=_shared(ONE, aged_days=31)),
    Subject("shared-damaged", "/c/nothing", "does not lead to a cart", status=404),
    Subject("checkout", "/checkout", "Everyday mug", holding(ONE)),
    Subject("checkout-20", "/checkout", "Hinged desk lamp", holding(TWENTY)),
    Subject("checkout-wrong", "/checkout", "", holding(ONE), _forgets_the_form),
    Subject(
        "checkout-new-price",
        "/checkout",
        "nothing was ordered",
        holding({"CLOTH-DISH": 2}),
        _orders_at_a_new_price,
    ),
    Subject("order", "/checkout", "", holding({"MUG": 2, "PENCIL": 3}), _orders),
    Subject("order-sent", "/checkout", "RM 1234", holding({"MUG": 2}), _learns_that_it_is_sent),
    Subject("find-order", "/orders/find", "By reference and email"),
    Subject("find-order-wrong", "/orders/find", "", steps=_finds_no_order),
    Subject(
        "find-order-recent",
        "/checkout",
        "Ordered in this browser",
        holding({"MUG": 2, "PENCIL": 3}),
        _orders_and_looks_again,
    ),
    Subject("order-unknown", "/orders/nobody", "no order at this address", status=404),
    Subject("admin-sign-in", "/admin/sign-in", "For those who run", steps=_makes_a_keeper),
    Subject("admin-orders", "/checkout", "Your sign-in", holding({"MUG": 2}), _sees_the_orders),
    Subject("admin-order", "/checkout", "What comes next", holding({"MUG": 2}), _sees_an_order),
    Subject("admin-order-sent", "/checkout", "RM 1234", holding({"MUG": 2}), _sees_a_sent_order),
    Subject(
        "admin-order-refunded", "/checkout", "finished", holding({"MUG": 2}), _sees_a_refunded_order
    ),
    Subject(
        "admin-order-cancelled",
        "/checkout",
        "Cancelled",
        holding({"MUG": 2}),
        _sees_a_cancelled_order,
    ),
    Subject("admin-orders-none", "/checkout", "See all", holding({"MUG": 2}), _sees_no_orders),
    Subject(
        "admin-order-unknown", "/checkout", "no order", holding({"MUG": 2}), _looks_for_no_order
    ),
    Subject(
        "admin-sign-in-wrong", "/admin/sign-in", "Please check both", steps=_mistypes_the_password
    ),
    Subject("admin-slip", "/checkout", "in all", holding({"MUG": 2}), _sees_a_packing_slip),
    Subject("admin-invoice", "/checkout", "Payment:", holding({"MUG": 2}), _sees_an_invoice),
    Subject("admin-mail", "/checkout", "Given up", holding({"MUG": 2}), _sees_the_mail),
    Subject("admin-message", "/checkout", "Send it again", holding({"MUG": 2}), _sees_a_message),
    Subject("admin-own", "/checkout", "Whoever learns", holding({"MUG": 2}), _sees_the_own_sign_in),
    Subject("admin-codes", "/checkout", "not right", holding({"MUG": 2}), _turns_codes_on),
    Subject("admin-code", "/admin/sign-in", "shop keeper totp-off", steps=_is_asked_for_a_code),
    Subject("admin-own-codes", "/checkout", "Since", holding({"MUG": 2}), _sees_the_own_codes),
    Subject("admin-products", "/", "Add a product", steps=_sees_the_products),
    Subject("admin-product", "/", "as shoppers see it", steps=_sees_a_product),
    Subject("admin-product-wrong", "/", "Nothing was saved", steps=_mistypes_a_product),
    Subject("admin-product-conflict", "/", "Its stock was", steps=_saves_a_product_too_late),
    Subject("admin-product-variant", "/", "Variants of Waxed pouch", steps=_sees_a_variant),
    Subject("admin-product-photos", "/", "shown first", steps=_sees_photos),
    Subject("admin-product-photo-text", "/", "Please say in", steps=_says_too_much_of_a_photo),
    Subject("admin-product-no-photo", "/", "and not a photo", steps=_uploads_no_photo),
    Subject("admin-product-new", "/", "Add it", steps=_begins_a_product),
    Subject("limits-empty", "/limits", "There is no cart in this browser"),
    Subject("limits", "/limits", "Counted by a browser", holding(TWENTY)),
    Subject(
        "limits-full",
        "/limits",
        "does not fit",
        _full,
        _presses("One more"),
    ),
    Subject(
        "limits-probe",
        "/limits",
        "Copy the report",
        holding(TWENTY),
        _asks_the_browser("Probe this browser", "What this browser does with cookies"),
    ),
    Subject(
        "limits-conformance",
        "/limits",
        "RFC 6265bis",
        holding(TWENTY),
        _asks_the_browser("Run all cases", "How this browser follows the standard"),
    ),
    Subject(
        "limits-way",
        "/limits",
        "Measured from this browser",
        holding(TWENTY),
        _probes_the_way,
        needs_script=True,
    ),
    Subject(
        "limits-unguarded",
        "/limits/unguarded",
        "The browser kept the old cookie",
        steps=_presses(*["Add 40 lines unguarded"] * 4),
    ),
    Subject("lecture", "/limits/lecture", "Two shops keep the same cart"),
    Subject(
        "lecture-lost",
        "/limits/lecture",
        "nobody was told",
        steps=_presses(*LECTURE[:4]),
    ),
    Subject("lecture-end", "/limits/lecture", "What to remember", steps=_presses(*LECTURE)),
    Subject("museum", "/limits/museum/changed-price", "does", holding(ONE)),
    Subject("museum-refused", "/limits/museum/forged", "does", holding(ONE)),
    Subject("error-404", "/nothing-here", "There is nothing here", status=404),
    Subject("error-500", "/checkout", "mention this", holding(ONE), _meets_a_fault),
    Subject("error-cookies", "/cart?cookies", "cookie", status=400),
    Subject(
        "error-too-old", "/checkout", "open for too long", holding(ONE), _orders_without("session")
    ),
    Subject("error-no-cookie", "/checkout", "sent no cookie", holding(ONE), _orders_without(None)),
)

SUBJECT = {subject.name: subject for subject in SUBJECTS}
"""The subjects by name."""
MEASURED = ("home", "list", "product", "cart-20", "checkout-20", "limits")
"""The subjects whose speed and weight are measured."""


def reported(name: str, address: str) -> Subject:
    """A report that a run has led to: the subject of this name, opened at the report's address."""
    parts = urlsplit(address)
    return replace(SUBJECT[name], path=f"{parts.path}?{parts.query}", steps=None)


def chosen(patterns: tuple[str, ...]) -> list[Subject]:
    """The subjects whose name matches a pattern, such as `cart-*`; all without a pattern."""
    return [
        subject
        for subject in SUBJECTS
        if not patterns or any(fnmatchcase(subject.name, pattern) for pattern in patterns)
    ]
