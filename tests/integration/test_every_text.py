"""Every text that a shopper sees is in the catalogues.

The shop is opened in a language made for this test: its catalogue, made of the texts that are found
in the code, has each of them in brackets. What stands on a page outside brackets must be the shop's
own: products, its words, amounts, what a shopper typed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import write_po

from audit import translations
from shop.core.orders import Status
from shop.mail.composing import Sender, compose
from shop.shop_file.reading import demo_words
from shop.storage.orders import advancing, outbox
from shop.storage.orders.outbox import Message
from shop.web.languages import catalogues
from tests.conftest import DAY, START, Opener, OpenShop
from tests.integration.checkouts import FIELDS, once, place
from tests.integration.client import CUSTOMER, LintingClient, attributes, elements, parsed
from tests.integration.markup import Element
from tests.integration.test_outbox import mail

LANGUAGE = "eo"
OPENING, CLOSING = "⟦", "⟧"
SEEN = ("aria-label", "alt", "placeholder", "title")
FOR_SCRIPTS_AND_STYLES = (
    "data-each",
    "data-lost",
    "data-unseen",
    "data-nouns",
    "data-copied",
    "data-selected",
)
UNSEEN = ("script", "style", "template", "noscript")
NAMES = ("description", "og:title", "og:description", "og:image:alt")
"""The metadata with texts."""
LETTERS = re.compile(r"[^\W\d_]{2,}")
WORDS_OF_OURS = (
    "session", "undo", "orders", "script", "csrf_token",  # cookies, explained by name
    "Deutsch", "Français", "English", "Esperanto", "العربية",  # languages, by their own names
    "EXAMPLE", "one", "other",  # a code, and the categories of plural forms
)  # fmt: skip
SHOP_FILE = """
languages = ["en-GB", "de", "eo"]
vat_id = "GB 123 4567 89"
[contact]
email = "hello@loaf.example"
phone = "+44 20 7946 0000"
address = ["Loaf", "1 Mill Lane"]
[pages]
privacy = "privacy.md"
"""


@pytest.fixture
def shop(open_shop: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenShop:
    """A shop in the language of this test, among others."""
    folder = tmp_path / "translations"
    shutil.copytree(catalogues.FOLDER, folder)
    monkeypatch.setattr(catalogues, "FOLDER", folder)
    file = folder / LANGUAGE / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_po(stream, bracketed())
    (tmp_path / "privacy.md").write_text("# Privacy\n\nNothing is kept.\n", "utf-8")
    (tmp_path / "shop.toml").write_text(SHOP_FILE, "utf-8")
    return open_shop(SHOP_PAYMENTS="pretend-bank,invoice", SHOP_ALLOW_TEST_EMAIL="on")


def bracketed() -> Catalog:
    catalogue = Catalog(locale=LANGUAGE)
    for message in translations.extracted():
        if isinstance(message.id, str):
            catalogue.add(message.id, bracket(message.id))
        else:
            catalogue.add(message.id, tuple(map(bracket, message.id)))
    return catalogue


def bracket(text: str) -> str:
    return f"{OPENING}{text}{CLOSING}"


class Reader:
    """Reads pages in the language of the test, and collects what is in no brackets."""

    def __init__(self, shop: OpenShop) -> None:
        self.shop = shop
        self.faults: list[str] = []
        words = demo_words()
        columns = ("name", "description", "sku")
        rows = shop.sql(f"select {', '.join(columns)} from products")
        categories = shop.sql("select name from categories")
        known = {str(cell) for row in (*rows, *categories) for cell in row if cell}
        known |= {words.name, words.title, words.description, words.claim, words.welcome}
        known |= {words.search_example, words.preview_text, *CUSTOMER.values(), *FIELDS.values()}
        known |= {*Locale(LANGUAGE).territories.values(), *WORDS_OF_OURS, "Privacy"}
        known |= {*Locale(LANGUAGE).months["format"]["wide"].values(), "Nothing is kept."}
        known |= {
            "LONDON",
            "UNITED KINGDOM",
            "hello@loaf.example",
            "+44 20 7946 0000",
            "Loaf",
            "1 Mill Lane",
            "GB 123 4567 89",
        }
        self.known = sorted(known, key=len, reverse=True)

    def read(self, page: str, html: str) -> None:
        """Fails where something is in no brackets on this page."""
        self.collect(page, html)
        assert self.faults == []

    def collect(self, page: str, html: str) -> None:
        """Notes what is in no brackets."""
        tree = parsed(html)
        for text in self._texts(tree):
            self._check(page, text)
        for element in elements(tree, "*"):
            names = (*SEEN, *FOR_SCRIPTS_AND_STYLES)
            for name in names:
                self._check(f"{page} {element.name}[{name}]", attributes(element).get(name) or "")
        for meta in elements(tree, "meta"):
            its = attributes(meta)
            if its.get("name") in NAMES or its.get("property") in NAMES:
                text = (its.get("content") or "").removesuffix("…")  # a long one is cut short
                if not any(known.startswith(text) for known in self.known):
                    self._check(f"{page} meta", text)

    def plain(self, page: str, text: str) -> None:
        self._check(page, outside(text))
        assert self.faults == []

    def _texts(self, root: Element) -> Iterator[str]:
        yield outside("\n".join(self._pieces(root)))

    def _pieces(self, node: Element | str) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        elif node.name not in UNSEEN and not _is_a_cookie(node):
            for piece in node.pieces():
                yield from self._pieces(piece)

    def _check(self, page: str, text: str) -> None:
        text = outside(text)
        for known in self.known:
            text = text.replace(known, " ")
        self.faults += [f"{page}: {found}" for found in LETTERS.findall(text)]


def _is_a_cookie(node: Element) -> bool:
    return "code" in node.attrs.get("class", "")


def outside(text: str) -> str:
    """What stands in no brackets, which may be nested."""
    depth, kept = 0, []
    for sign in text:
        depth += (sign == OPENING) - (sign == CLOSING)
        kept.append(sign if depth == 0 and sign != CLOSING else " ")
    assert depth == 0, text
    return "".join(kept)


@pytest.fixture
def reader(shop: OpenShop) -> Reader:
    return Reader(shop)


@pytest.fixture
def visitor(shop: OpenShop) -> LintingClient:
    client = shop.visitor()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    return client


def test_the_test_sees_what_is_in_no_brackets(shop: OpenShop) -> None:
    reading = Reader(shop)
    reading.collect(
        "page", f"<p>{bracket('Sold <b>out</b>')}</p><p title='Hidden'>left <i>here</i></p>"
    )
    assert reading.faults == ["page: left", "page: here", "page p[title]: Hidden"]


@pytest.mark.parametrize(
    "address",
    [
        "/", "/products", "/products?category=kitchen", "/products?q=mug+nothing",
        "/products?q=xyz",
        "/products?q=xyz&category=kitchen", "/products?category=none", "/products?page=2",
        "/products/everyday-mug", "/products/last-one-lamp", "/cart", "/cart/about",
        "/cart/about?gone", "/orders/find", "/orders/none", "/nothing", "/c/none", "/privacy",
    ],
)  # fmt: skip
def test_pages_of_a_visitor(reader: Reader, visitor: LintingClient, address: str) -> None:
    reader.read(address, visitor.get(address).text)


STATES = {
    "sold out": "update products set stock = 0",
    "withdrawn": "update products set is_active = false",
    "few": "update products set stock = 3",
    "one": "update products set stock = 1",
    "reduced": "update products set compare_at_minor = price_minor + 100",
    "foreign": "update products set currency = 'EUR'",
    "unlimited": "update products set stock = null",
}


@pytest.mark.parametrize("state", STATES)
def test_products_and_carts_in_every_state(
    reader: Reader, shop: OpenShop, visitor: LintingClient, state: str
) -> None:
    for sku, quantity in (("MUG", 5), ("PENCIL", 2)):
        visitor.add(sku, quantity)
    shop.sql(STATES[state])
    for address in ("/products/everyday-mug", "/cart", "/checkout", "/cart/share", "/cart/about"):
        reader.read(f"{state} {address}", visitor.get(address, follow_redirects=True).text)
    shared = f"/c/{visitor.cart_value()}"
    reader.read(f"{state} mine", visitor.get(shared).text)
    visitor.add("PENCIL", 1)
    reader.read(f"{state} added", visitor.get("/cart").text)
    reader.read(f"{state} shared", visitor.get(shared).text)
    stranger = shop.visitor()
    stranger.environ_base["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    reader.read(f"{state} a stranger's", stranger.get(shared).text)


Act = Callable[[OpenShop, LintingClient], object]
CHANGES: dict[str, Act] = {
    "added": lambda _, it: it.add("PENCIL"),
    "removed": lambda shop, it: it.send(f"/cart/lines/{shop.number('MUG')}/remove"),
    "emptied": lambda _, it: it.send("/cart/clear"),
    "quantity": lambda shop, it: it.send(f"/cart/lines/{shop.number('MUG')}", quantity=3),
    "gone": lambda _, it: it.send("/cart/lines/9999", quantity=3),
    "undone": lambda shop, it: it.send("/cart/undo", cart=shop.cookie({"PENCIL": 1}), since="x"),
    "not undone": lambda _, it: it.send("/cart/undo", cart="x", since="x"),
    "merged": lambda shop, it: it.send("/cart/merge", cart=shop.cookie({"PENCIL": 1})),
    "replaced": lambda shop, it: it.send("/cart/replace", cart=shop.cookie({"PENCIL": 1})),
    "the same": lambda shop, it: it.send("/cart/merge", cart=shop.cookie({"MUG": 1})),
    "not merged": lambda _, it: it.send("/cart/merge", cart="x"),
    "restored": lambda shop, it: it.send(
        "/cart/restore", cart=shop.cookie({"PENCIL": 1}, age_seconds=31 * DAY)
    ),
    "not restored": lambda _, it: it.send("/cart/restore", cart="x"),
    "forgotten": lambda _, it: it.send("/orders/find/forget"),
    "nothing ordered": lambda _, it: (it.send("/cart/clear"), it.send("/checkout", once="x")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_messages_after_a_change(
    reader: Reader, shop: OpenShop, visitor: LintingClient, change: str
) -> None:
    visitor.add("MUG", 2)
    shop.sql("update products set price_minor = price_minor + 1 where sku = 'MUG'")
    CHANGES[change](shop, visitor)
    reader.read(change, visitor.get("/cart").text)


REFUSALS: dict[str, Act] = {
    "too many": lambda _, it: it.add("MUG", 1000),
    "no number": lambda _, it: it.add("MUG", "x"),
    "more than there are": lambda _, it: it.add("STATE-ONE-LEFT", 2),
    "sold out": lambda _, it: it.add("STATE-SOLD-OUT", 1),
    "withdrawn": lambda _, it: it.add("STATE-DISCONTINUED", 1),
    "too many in a line": lambda shop, it: it.send(
        f"/cart/lines/{shop.number('MUG')}", quantity=1000
    ),
    "a code that is none": lambda _, it: it.send("/cart/coupon", code="?"),
    "no such code": lambda _, it: it.send("/cart/coupon", code="SPRING"),
    "no token": lambda _, it: it.post("/cart/clear", data={}),
    "an old token": lambda _, it: it.post("/cart/clear", data={"csrf_token": "x"}),
    "no cookies": lambda shop, _: german(shop.visitor()).post(
        "/cart/clear", data={"csrf_token": "x"}
    ),
    "wrong method": lambda _, it: it.delete("/cart"),
    "too large": lambda _, it: it.post("/cart/lines", data={"sku": "x" * 100_000}),
    "wrong host": lambda _, it: it.get("/", headers={"Host": "elsewhere.example"}),
    "wrong form": lambda _, it: it.send(
        "/checkout", once=once(it), name="", email="x", country="x"
    ),
    "wrong address": lambda _, it: it.send(
        "/checkout", once=once(it), **(FIELDS | {"postcode": "x", "email": "a@b.test"})
    ),
    "no state": lambda _, it: it.send(
        "/checkout", once=once(it), **(FIELDS | {"country": "US", "town": "", "postcode": ""})
    ),
    "wrong state": lambda _, it: it.send(
        "/checkout", once=once(it), **(FIELDS | {"country": "US", "region": "Xyz"})
    ),
    "old page": lambda _, it: it.send("/checkout", once="x", **FIELDS),
    "another price": lambda shop, it: dearer(shop, it),
    "sold meanwhile": lambda shop, it: sold(shop, it),
    "nothing to find": lambda _, it: it.send("/orders/find", reference="", email=""),
    "nothing found": lambda _, it: it.send("/orders/find", reference="ABCD", email="a@b.example"),
    "no email": lambda _, it: it.send("/orders/find", reference="x" * 50, email="x"),
}  # fmt: skip


def german(client: LintingClient) -> LintingClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = LANGUAGE
    return client


def dearer(shop: OpenShop, visitor: LintingClient) -> object:
    token = once(visitor)
    shop.sql("update products set price_minor = price_minor + 1 where sku = 'MUG'")
    return place(visitor, token)


def sold(shop: OpenShop, visitor: LintingClient) -> object:
    token = once(visitor)
    shop.sql("update products set stock = 0 where sku = 'MUG'")
    return place(visitor, token)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusals(reader: Reader, shop: OpenShop, visitor: LintingClient, refusal: str) -> None:
    visitor.add("MUG", 2)
    response = REFUSALS[refusal](shop, visitor)
    assert isinstance(response.status_code, int)  # type: ignore[attr-defined]
    assert response.status_code >= 400  # type: ignore[attr-defined]
    reader.read(refusal, response.text)  # type: ignore[attr-defined]


COOKIES: dict[str, Callable[[OpenShop], str]] = {
    "expired": lambda shop: shop.cookie({"MUG": 1}, age_seconds=60 * DAY),
    "offered": lambda shop: shop.cookie({"MUG": 1}, age_seconds=31 * DAY),
    "tampered": lambda shop: shop.cookie({"MUG": 1}, key="another key, of somebody else"),
    "malformed": lambda _: "x",
}


@pytest.mark.parametrize("kind", COOKIES)
def test_carts_that_cannot_be_used(
    reader: Reader, shop: OpenShop, visitor: LintingClient, kind: str
) -> None:
    visitor.set_cookie("cart", COOKIES[kind](shop))
    with visitor.may_write_cart():
        reader.read(kind, visitor.get("/cart").text)
        visitor.add("MUG")
        reader.read(f"{kind}, replaced", visitor.get("/cart").text)
    reader.read(f"{kind}, as a link", visitor.get(f"/c/{COOKIES[kind](shop)}").text)


@pytest.mark.parametrize("payment", ["invoice", "pretend-bank"])
def test_orders_and_their_mail(
    reader: Reader, shop: OpenShop, visitor: LintingClient, payment: str
) -> None:
    visitor.add("MUG", 2)
    response = place(visitor, payment=payment)
    bank = response.location if payment == "pretend-bank" else ""
    if bank:
        reader.read("bank", visitor.get(bank).text)
    ((reference, token),) = shop.sql("select reference, token from orders")
    steps: tuple[tuple[Status, str], ...] = (
        (Status.PAID, ""), (Status.SENT, "RM 12"), (Status.REFUNDED, "")
    )  # fmt: skip
    for status, tracking in ((Status.PLACED, ""), *steps):
        if status is not Status.PLACED:
            advancing.advance(shop.engine, reference, status, by="Bea", at=START, tracking=tracking)
        reader.read(f"order {status}", visitor.get(f"/orders/{token}").text)
    reader.read("orders", visitor.get("/orders/find").text)
    for message in mail(shop):
        reader_of_mail(reader, shop, message)


def test_mail_of_a_cancelled_order(reader: Reader, shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG", 2)
    place(visitor, payment="invoice")
    ((reference,),) = shop.sql("select reference from orders")
    advancing.advance(shop.engine, reference, Status.CANCELLED, by="Bea", at=START)
    for message in mail(shop):
        reader_of_mail(reader, shop, message)


def reader_of_mail(reader: Reader, shop: OpenShop, message: Message) -> None:
    if message.recipient is not outbox.Recipient.SHOPPER:
        return
    sender = Sender("https://loaf.example", "shop@loaf.example", "bea@loaf.example")
    order = outbox.order_of(shop.engine, message)
    assert order.language == LANGUAGE
    octets = compose(shop.app, sender, message, order, START).as_bytes()
    email = message_from_bytes(octets, policy=SMTP)
    for kind in ("plain", "html"):
        part = email.get_body((kind,))
        assert part is not None
        text = re.sub(rf"https://[^\s\"{CLOSING}]+", "", str(part.get_content()))
        read = reader.plain if kind == "plain" else reader.read
        read(f"{message.kind} {kind}", text)
    reader.plain(f"{message.kind} subject", str(email["Subject"]))


def test_codes(reader: Reader, shop: OpenShop, visitor: LintingClient) -> None:
    shop.run("coupons", "add", "EXAMPLE", "--percent", "10")
    shop.run("coupons", "add", "EXAMPLE-HIGH", "--percent", "10", "--from", "4000")
    shop.run("coupons", "add", "EXAMPLE-FREE", "--free-shipping")
    visitor.add("MUG", 2)
    for code in ("EXAMPLE", "EXAMPLE-HIGH", "EXAMPLE-FREE"):
        visitor.send("/cart/coupon", code=code)
        reader.read(f"cart with {code}", visitor.get("/cart").text)
        reader.read(f"checkout with {code}", visitor.get("/checkout").text)
        reader.read(f"about {code}", visitor.get("/cart/about").text)
        visitor.send("/cart/coupon/remove")
        reader.read(f"cart after {code}", visitor.get("/cart").text)


def test_no_style_sheet_of_the_shop_has_a_text() -> None:
    sheets = (translations.SHOP / "static" / "css").glob("*.css")
    contents = re.findall(
        r"\bcontent:([^;}]*)", "".join(sheet.read_text("utf-8") for sheet in sheets)
    )
    assert contents
    texts = [quoted for each in contents for quoted in re.findall(r"""["']([^"']*)["']""", each)]
    assert not any(LETTERS.search(text) for text in texts)
