"""The errors of the shop, from general to specific.

Bad input from a browser is expected: those errors derive from `CookieRefused`. Misuse by our own
code raises a plain `ValueError` and is a bug.
"""

from __future__ import annotations

from collections.abc import Mapping


class ShopError(Exception):
    """An error to report to a shopper or an operator."""


class CookieRefused(ShopError):
    """A cart cookie that cannot be used. `reason` is for logs and never holds the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Malformed(CookieRefused):
    """Not the shape of a cart cookie: length, characters, structure or content."""


class Tampered(CookieRefused):
    """No accepted key signed this value as a cart."""


class UnknownVersion(CookieRefused):
    """Signed by us, in a format version that this code does not know."""

    def __init__(self, version: int | str) -> None:
        super().__init__(f"format version {version}")
        self.version = version


class CartTooLarge(ShopError):
    """The cookie of this cart would be longer than a browser keeps; nothing was written.

    Both figures are octets of name + value.
    """

    def __init__(self, needed_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"the cart needs {needed_bytes} bytes, the limit is {limit_bytes}")
        self.needed_bytes = needed_bytes
        self.limit_bytes = limit_bytes


class CartOfNewerVersion(ShopError):
    """A change would overwrite a cart of this shop in a format version that this code does not
    know; nothing was written."""


class QuantityRefused(ShopError):
    """A quantity outside 1 to `maximum`; `held` is what the cart already has of the product."""

    def __init__(self, quantity: int, maximum: int, held: int = 0) -> None:
        super().__init__(f"quantity {quantity} is not between 1 and {maximum}")
        self.quantity = quantity
        self.maximum = maximum
        self.held = held


class TransitionRefused(ShopError):
    """An order cannot go from its status to the one asked for."""


class InvoiceRefused(ShopError):
    """An order cannot have an invoice, in a sentence for a keeper."""


class OrderNotFound(ShopError):
    """No order has this reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"No order has the reference {reference}.")


class MailRefused(ShopError):
    """A message of the outbox that cannot be sent again, in a sentence for a keeper."""


class KeeperRefused(ShopError):
    """A keeper cannot be added or changed like that, in a sentence for an operator."""


class OutOfStock(ShopError):
    """Too little of a product is left for an order; nothing of the order was stored."""

    def __init__(self, number: int) -> None:
        super().__init__(f"product {number} has too few pieces left")
        self.number = number


class CouponRefused(ShopError):
    """What cannot be done to a coupon, in a sentence for a keeper; nothing was changed."""


class CouponUsedUp(ShopError):
    """The coupon of an order ended, or was used up by others, before it was placed; nothing of the
    order was stored."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the coupon {code} does not apply any more")
        self.code = code


class NoticeRefused(ShopError):
    """A notice that is not a payment provider's, or that does not fit what it is about. The text is
    for the provider's log and ours, and holds nothing of a shopper."""


class ProviderUnavailable(ShopError):
    """A payment provider cannot be asked at the moment; nothing was paid. The text is for logs."""


class BackupRefused(ShopError):
    """A backup that cannot be written or restored, in a sentence for an operator; nothing that was
    there has been changed."""


class CopyRefused(ShopError):
    """A database that was not copied, in sentences for an operator; the one that it was to be
    copied to is as it was."""


class PhotoRefused(ShopError):
    """A file that is not kept as a photo: `what` is wrong with it and the `advice` what to do, each
    in whole sentences for a keeper. Nothing was stored."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what} {advice}")
        self.what = what
        self.advice = advice


class ProductRefused(ShopError):
    """A product that cannot be kept as it was written; nothing was changed. `mistakes` has a clause
    for each column that is wrong, such as `price`."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{column}: {reason}" for column, reason in mistakes.items()))
        self.mistakes = mistakes


class ProductChanged(ShopError):
    """A product is no longer as whoever changes it has seen it; nothing was changed."""


class ProductNotFound(ShopError):
    """No product has this number any more."""


class DatabaseUnavailable(ShopError):
    """The database is busy or down, and did not do what was asked. `reason` is for logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The database refused: {reason}")
        self.reason = reason


class FileRefused(ShopError):
    """A file that was not imported; `problems` are sentences naming row, column and reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class UnknownSkus(ShopError):
    """SKUs that no product has; nothing was changed."""

    def __init__(self, skus: list[str]) -> None:
        listed = ", ".join(skus)
        super().__init__(f"No product has the SKU {listed}, so nothing was changed.")
        self.skus = skus
