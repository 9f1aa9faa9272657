"""The tables. Amounts are minor units, times are Unix seconds, rates are basis points."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Table(DeclarativeBase):
    pass


class CategoryRow(Table):
    __tablename__ = "categories"

    number: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class GroupRow(Table):
    """Products under one page. `options` is a JSON array of the names of what they differ in."""

    __tablename__ = "product_groups"

    number: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(250), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    options: Mapped[str] = mapped_column(Text)


class ProductRow(Table):
    """`number` is the cookie number: AUTOINCREMENT never reuses a number, not even that of a
    deleted product. `search` makes what it is found and sorted by. `options` is a JSON array with
    a value for each option of its group, or empty."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_is_never_below_zero"),
        CheckConstraint("price_minor >= 0", name="price_is_not_negative"),
        Index("products_by_category", "category_number", "is_active", "group_number"),
        Index("products_by_name", "name_sort_key"),
        Index("products_by_group", "group_number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(250), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    category_number: Mapped[int] = mapped_column(ForeignKey("categories.number"))
    price_minor: Mapped[int]
    compare_at_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    vat_basis_points: Mapped[int]
    stock: Mapped[int | None]
    image: Mapped[str | None] = mapped_column(String(100))
    is_active: Mapped[bool]
    group_number: Mapped[int | None]
    options: Mapped[str] = mapped_column(Text, server_default="")
    name_words: Mapped[str] = mapped_column(Text)
    all_words: Mapped[str] = mapped_column(Text)
    name_sort_key: Mapped[bytes] = mapped_column(LargeBinary)


class FormerSlugRow(Table):
    """A slug that a product had before and that no product has now."""

    __tablename__ = "former_slugs"
    __table_args__ = (Index("former_slugs_by_product", "product_number"),)

    slug: Mapped[str] = mapped_column(String(250), primary_key=True)
    product_number: Mapped[int] = mapped_column(ForeignKey("products.number", ondelete="CASCADE"))


class PhotoRow(Table):
    """The photo at a `position` of a product's, counted from 1 without gaps. `widths` and `formats`
    are separated by commas. `source` says what the files were made from, and how. `text` is what
    this product's photo shows."""

    __tablename__ = "photos"
    __table_args__ = (Index("photos_by_source", "source"),)

    product_number: Mapped[int] = mapped_column(
        ForeignKey("products.number", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
    height: Mapped[int]
    widths: Mapped[str] = mapped_column(Text)
    formats: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(String(200), server_default="")


class PriceRow(Table):
    """A product's price from a moment on: one row for each change."""

    __tablename__ = "prices"
    __table_args__ = (
        Index("prices_by_product", "product_number", "since"),
        Index("prices_by_time", "since"),  # when any price last changed is asked after each commit
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    product_number: Mapped[int] = mapped_column(ForeignKey("products.number", ondelete="CASCADE"))
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    since: Mapped[int] = mapped_column(BigInteger)


class CouponRow(Table):
    """A rule that makes orders cheaper. Its number stands in carts, and is never given again."""

    __tablename__ = "coupons"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    basis_points: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    from_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    ends_at: Mapped[int | None] = mapped_column(BigInteger)
    most_uses: Mapped[int | None]
    uses: Mapped[int]


class OrderRow(Table):
    """`address` is the whole address of an order that was placed before its parts had columns of
    their own; such an order has no country, and any other has an empty `address`."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_by_reference", "reference"),
        Index("orders_by_status", "status", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    reference: Mapped[str] = mapped_column(String(16))
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    placed_at: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    address_line_1: Mapped[str] = mapped_column(Text, server_default="")
    address_line_2: Mapped[str] = mapped_column(Text, server_default="")
    town: Mapped[str] = mapped_column(Text, server_default="")
    region: Mapped[str] = mapped_column(Text, server_default="")
    postcode: Mapped[str] = mapped_column(Text, server_default="")
    country: Mapped[str] = mapped_column(String(2), server_default="")
    note: Mapped[str] = mapped_column(Text)
    payment: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    subtotal_minor: Mapped[int] = mapped_column(BigInteger)
    discount_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    coupon: Mapped[str] = mapped_column(String(20), server_default="")
    shipping_minor: Mapped[int] = mapped_column(BigInteger)
    total_minor: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(35), server_default="")


class OrderLineRow(Table):
    """A copy, not a reference: `product_number` may outlive its product."""

    __tablename__ = "order_lines"
    __table_args__ = (Index("order_lines_by_sku", "sku", "order_number"),)

    order_number: Mapped[int] = mapped_column(
        ForeignKey("orders.number", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    product_number: Mapped[int]
    sku: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit_price_minor: Mapped[int]
    vat_basis_points: Mapped[int]
    total_minor: Mapped[int] = mapped_column(BigInteger)


class OrderVatRow(Table):
    __tablename__ = "order_vat"

    order_number: Mapped[int] = mapped_column(
        ForeignKey("orders.number", ondelete="CASCADE"), primary_key=True
    )
    basis_points: Mapped[int] = mapped_column(primary_key=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class OrderEventRow(Table):
    """A step of an order's history; the one at position 0 is its placing."""

    __tablename__ = "order_events"

    order_number: Mapped[int] = mapped_column(
        ForeignKey("orders.number", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    at: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    tracking: Mapped[str] = mapped_column(Text, server_default="")


class OutboxRow(Table):
    """A message of one order to one recipient.

    `recipient` is who, not where: the address is looked up when the message is sent, and is then
    kept in `sent_to`. A message that is neither sent nor given up has a `next_attempt_at`.
    `claimed_until` is in the future while a sender is at work on it. `resends` counts how often a
    person asked for it again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_of_an_order", "order_number", "kind", "recipient", unique=True),
        Index("outbox_by_attempt", "next_attempt_at"),
        Index(
            "outbox_unsent",
            "number",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    recipient: Mapped[str] = mapped_column(String(20))
    written_at: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(server_default="0")
    resends: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[int | None] = mapped_column(BigInteger)
    sent_to: Mapped[str] = mapped_column(Text, server_default="")
    last_error: Mapped[str] = mapped_column(Text, server_default="")


class PaymentAttemptRow(Table):
    """A try to pay an order at a provider, whose `key` for it this is. `settled_at` is when the
    last notice changed its state."""

    __tablename__ = "payment_attempts"
    __table_args__ = (Index("payment_attempts_by_order", "order_number"),)

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number", ondelete="CASCADE"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[int] = mapped_column(BigInteger)
    settled_at: Mapped[int | None] = mapped_column(BigInteger)


class PaymentNoticeRow(Table):
    """A notice that has been taken, so that it is not taken again."""

    __tablename__ = "payment_notices"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    attempt_key: Mapped[str] = mapped_column(String(255))
    state: Mapped[str] = mapped_column(String(20))
    taken_at: Mapped[int] = mapped_column(BigInteger)


class KeeperRow(Table):
    """Somebody who may use the admin; `email` is in small letters."""

    __tablename__ = "keepers"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    added_at: Mapped[int] = mapped_column(BigInteger)


class KeeperSessionRow(Table):
    """A keeper who is signed in; `token_hash` is the SHA-256 of what their browser keeps."""

    __tablename__ = "keeper_sessions"
    __table_args__ = (Index("keeper_sessions_by_keeper", "keeper_number"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    keeper_number: Mapped[int] = mapped_column(ForeignKey("keepers.number", ondelete="CASCADE"))
    started_at: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[int] = mapped_column(BigInteger)


class KeeperCodeRow(Table):
    """The app whose codes a keeper enters after the password. `sealed_secret` is what the app knows
    too, encrypted; `last_step` is the step of 30 seconds whose code counted last; `refused` counts
    the codes that did not count since then."""

    __tablename__ = "keeper_codes"

    keeper_number: Mapped[int] = mapped_column(
        ForeignKey("keepers.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed_secret: Mapped[str] = mapped_column(Text)
    since: Mapped[int] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(server_default="0")


class KeeperRecoveryCodeRow(Table):
    """A recovery code that has not been used: its hash, and its position, which is its first
    digit."""

    __tablename__ = "keeper_recovery_codes"

    keeper_number: Mapped[int] = mapped_column(
        ForeignKey("keepers.number", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code_hash: Mapped[str] = mapped_column(Text)


class KeeperSignInRow(Table):
    """A sign-in whose password was right and whose code is still to come. It opens nothing."""

    __tablename__ = "keeper_sign_ins"
    __table_args__ = (Index("keeper_sign_ins_by_keeper", "keeper_number"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    keeper_number: Mapped[int] = mapped_column(ForeignKey("keepers.number", ondelete="CASCADE"))
    begun_at: Mapped[int] = mapped_column(BigInteger)


class InvoiceRow(Table):
    """The invoice of an order. Numbers have no gaps: each is one more than the last one."""

    __tablename__ = "invoices"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"), unique=True)
    made_at: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str] = mapped_column(Text)
