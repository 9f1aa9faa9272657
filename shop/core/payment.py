"""How an order is paid: the registered methods, and what each of them says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shop.core.orders import Order


class Payment(Protocol):
    """One way to pay.

    `code` is what an order keeps; `label` is what a shopper chooses by, and `note` a sentence
    beside it. `form_action_origins` are the origins outside the shop that the checkout form may
    lead to, such as `https://pay.example`; the pages' Content-Security-Policy allows them.
    """

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def note(self) -> str: ...

    @property
    def form_action_origins(self) -> tuple[str, ...]: ...

    def instructions(self, order: Order) -> str:
        """What the shopper should do once the order is placed, in one or two sentences."""


class ByInvoice:
    """Goods first: an invoice comes with the parcel."""

    code = "invoice"
    label = "By invoice"
    note = "The invoice comes with the parcel."
    form_action_origins: tuple[str, ...] = ()

    def instructions(self, order: Order) -> str:
        return (
            f"Your invoice comes with the parcel. Please pay it within 14 days and quote "
            f"{order.reference}."
        )


@dataclass(frozen=True, slots=True)
class Payments:
    """The payment methods of a shop, in the order they are offered; the first is preselected.

    Raises ValueError when there are none, or two with one code.
    """

    methods: tuple[Payment, ...]

    def __post_init__(self) -> None:
        codes = {method.code for method in self.methods}
        if not codes or len(codes) != len(self.methods):
            raise ValueError("a shop has payment methods, each with a code of its own")

    def get(self, code: str | None) -> Payment | None:
        """The method with this code, if it is registered."""
        return next((method for method in self.methods if method.code == code), None)

    def instructions(self, order: Order) -> str:
        """What an order's payment method says, even if the method has since been removed."""
        method = self.get(order.payment)
        if method is None:
            return f"Please write to us about the payment, and quote {order.reference}."
        return method.instructions(order)

    @property
    def default(self) -> Payment:
        return self.methods[0]

    @property
    def form_action_origins(self) -> tuple[str, ...]:
        """The origins of all methods, each once."""
        origins = (origin for method in self.methods for origin in method.form_action_origins)
        return tuple(dict.fromkeys(origins))
