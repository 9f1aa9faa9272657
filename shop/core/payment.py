"""How an order is paid. One way so far; another implements the same three members."""

from __future__ import annotations

from typing import Protocol

from shop.core.orders import Order


class Payment(Protocol):
    """A way to pay.

    `code` is what an order keeps; `label` is what a shopper chooses by.
    """

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    def instructions(self, order: Order) -> str:
        """What the shopper is told to do after the order was placed, in one or two sentences."""


class ByInvoice:
    """Goods first: an invoice comes with the parcel."""

    code = "invoice"
    label = "By invoice"

    def instructions(self, order: Order) -> str:
        return (
            f"Your invoice comes with the parcel. Please pay it within 14 days and quote "
            f"{order.reference}."
        )
