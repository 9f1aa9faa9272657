"""How an order is paid: the registered methods, and what each of them says.

With a hosted method the shopper pays on the provider's own page. Each try is an attempt, and the
provider reports what became of it in notices. A notice may come late, twice or out of order, so
that what an attempt has come to does not depend on it: once paid, it stays paid.

    open   -> paid, failed
    failed -> paid
    paid: final
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from shop.core.money import Money
from shop.core.orders import Order
from shop.core.text import marked


class State(Enum):
    """What an attempt to pay has come to."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to pay an order: the provider's `key` for it, and the `address` of the page where the
    shopper pays."""

    key: str
    address: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider reports of an attempt, which is by now paid or failed. `key` is another for
    each notice, and the same when one is sent again."""

    key: str
    attempt: str
    state: State
    amount: Money

    def __post_init__(self) -> None:
        if self.state is State.OPEN:
            raise ValueError("a notice says that an attempt is paid or failed")


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute addresses at the shop: of its home page, of the order, which the shopper comes back
    to, and where notices of the provider go."""

    home: str
    order: str
    notices: str


class Payment(Protocol):
    """One way to pay.

    `code` is what an order keeps; `label` is what a shopper chooses by, and `note` a sentence
    beside it. `instructions` say in one or two sentences what to do once the order is placed; its
    reference is put in for `%(reference)s`. These texts are marked, and shown in the shopper's
    language. `form_action_origins` are the origins outside the shop that the checkout form may
    lead to, such as `https://pay.example`; the pages' Content-Security-Policy allows them.
    """

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def note(self) -> str: ...

    @property
    def instructions(self) -> str: ...

    @property
    def form_action_origins(self) -> tuple[str, ...]: ...


@runtime_checkable
class Hosted(Payment, Protocol):
    """A method whose provider asks for the money on a page of its own.

    `provider` is what keepers call it, in English and as after “by”. The step of an order that it
    paid says so.
    """

    @property
    def provider(self) -> str: ...

    def begin(self, order: Order, key: str, places: Places, now: int) -> Attempt:
        """A new attempt; `key` is unguessable, for a provider that has no keys of its own.

        Raises ProviderUnavailable when the provider cannot be asked.
        """

    def notice(self, body: bytes, headers: Mapping[str, str], now: int) -> Notice | None:
        """The notice in a request to the shop, or None when it reports something else.

        Raises NoticeRefused when the provider did not sign it, or not recently.
        """


class ByInvoice:
    """Goods first: an invoice comes with the parcel."""

    code = "invoice"
    label = marked("By invoice")
    note = marked("The invoice comes with the parcel.")
    form_action_origins: tuple[str, ...] = ()
    instructions = marked(
        "Your invoice comes with the parcel. Please pay it within 14 days and quote %(reference)s."
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

    def instructions(self, code: str) -> str:
        """What the method with this code says, even if it has since been removed."""
        method = self.get(code)
        if method is None:
            return marked("Please write to us about the payment, and quote %(reference)s.")
        return method.instructions

    def hosted(self, code: str | None) -> Hosted | None:
        """The method with this code, if it is registered and hosted."""
        method = self.get(code)
        return method if isinstance(method, Hosted) else None

    @property
    def hosted_codes(self) -> tuple[str, ...]:
        """The codes of the hosted methods."""
        return tuple(method.code for method in self.methods if isinstance(method, Hosted))

    @property
    def default(self) -> Payment:
        return self.methods[0]

    @property
    def form_action_origins(self) -> tuple[str, ...]:
        """The origins of all methods, each once."""
        origins = (origin for method in self.methods for origin in method.form_action_origins)
        return tuple(dict.fromkeys(origins))


def after(state: State, notice: State) -> State:
    """What an attempt has come to after a notice."""
    return State.PAID if State.PAID in (state, notice) else notice
