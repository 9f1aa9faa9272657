"""The JSON that the API reads and writes. Amounts are in minor units, times in Unix seconds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from shop.core.cart import MAX_LINE_QUANTITY, MAX_NUMBER
from shop.core.cookie import MAX_VALUE_CHARACTERS

LONGEST_TEXT = 100
OLDEST_SECONDS = 10 * 366 * 86_400

State = Literal["for sale", "sold out", "discontinued"]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Model(BaseModel):
    """What is sent may hold nothing that is not described here."""

    model_config = ConfigDict(extra="forbid")


class Problem(Model):
    """Why a request was refused; nothing was changed."""

    error: str


class Price(Model):
    minor: int = Field(ge=0)
    currency: str


class GroupOut(Model):
    """What variants share: the name and the address of their page."""

    name: str
    path: str


class ProductOut(Model):
    """A product. `number` is the integer by which a cart's cookie knows it; `stock` is null where
    there is no limit. `path` is where its page is, with this variant chosen if it is one: then
    `group` is the page that it shares with others, and `options` has its values by name."""

    sku: str
    number: int = Field(ge=1, le=MAX_NUMBER)
    name: str
    description: str
    category: str
    price: Price
    vat_basis_points: int
    stock: int | None
    state: State
    path: str
    group: GroupOut | None
    options: dict[str, str]


class ProductsOut(Model):
    products: list[ProductOut]


class ProductsQuery(Model):
    """`q` searches as the shop's own search box does, and finds one variant of each group; `state`
    keeps products of one state."""

    q: Text = ""
    state: State | None = None


class LineIn(Model):
    """A quantity of a product, by its SKU or, for one that does not exist, by its number."""

    sku: Text | None = None
    number: int | None = Field(default=None, ge=1, le=MAX_NUMBER)
    quantity: int = Field(default=1, ge=1, le=MAX_LINE_QUANTITY)


class CartIn(Model):
    """The lines of a cart, in their order, and how long ago it was last changed."""

    lines: list[LineIn] = Field(min_length=1, max_length=5_000)
    aged_seconds: int = Field(default=0, ge=0, le=OLDEST_SECONDS)


class CartQuery(Model):
    """`value` is the cookie value to read instead of the request's own cookie."""

    value: Annotated[str, Field(max_length=2 * MAX_VALUE_CHARACTERS)] | None = None


class LineOut(Model):
    """A line; `sku` and `name` are null when there is no such product."""

    number: int
    sku: str | None
    name: str | None
    quantity: int


class CookieOut(Model):
    """The cart's cookie as a browser keeps it; `octets` counts name and value."""

    name: str
    value: str
    octets: int
    path: str
    max_age_seconds: int
    http_only: bool
    same_site: str
    secure: bool
    set_cookie: str


class CartOut(Model):
    """A cart. `document` is the JSON that its cookie packs: the format's version, seconds since the
    format's epoch, and two integers a line. An empty cart has no cookie; `refusal` says why a
    cookie that came was not read."""

    lines: list[LineOut]
    changed_at: int | None
    expires_at: int | None
    document: list[int]
    cookie: CookieOut | None
    refusal: str | None


class OrderLineOut(Model):
    sku: str
    name: str
    quantity: int
    unit_price: Price
    total: Price


class OrderOut(Model):
    """An order of this world. `path` is the address of its page."""

    reference: str
    status: str
    placed_at: int
    path: str
    customer: str
    email: str
    payment: str
    lines: list[OrderLineOut]
    subtotal: Price
    discount: Price
    coupon: str
    shipping: Price
    total: Price


class OrdersOut(Model):
    orders: list[OrderOut]
