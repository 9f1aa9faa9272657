"""What a page of the shop shows about a cart, from the context that the page was rendered with.

It does not parse HTML, so the markup may change. Messages come from the page's frame and context,
and lines from its quote, in the words of the cart page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shop.core.money import Money
from shop.core.pricing import Quote, QuoteLine, Sums
from shop.web.cart.line_views import line_view
from shop.web.cart.price_notices import earlier_prices
from shop.web.site import wording
from shop.web.site.addresses import addresses

MOST_LINES = 3
"""How many lines of a cart are described; the others are counted."""


@dataclass(frozen=True, slots=True)
class LineText:
    """A line as the cart page shows it; `note` is what stands below its name, if anything."""

    name: str
    note: str
    price: str
    quantity: str
    total: str


@dataclass(frozen=True, slots=True)
class PageText:
    """Notices, alerts, the offer and the word on a coupon of a page, its first lines, how many
    lines there are in all, and the sums with their names."""

    messages: tuple[str, ...] = ()
    lines: tuple[LineText, ...] = ()
    line_count: int = 0
    sums: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> PageText:
        """The text of a page with this context; for use while its request is handled."""
        quote: Quote | None = context.get("quote")
        lines = quote.lines if quote else ()
        earlier = earlier_prices(context["visit"].cart) if lines else {}
        return cls(
            messages=tuple(_messages(context)),
            lines=tuple(
                _line_text(line, earlier.get(line.line.number)) for line in lines[:MOST_LINES]
            ),
            line_count=len(lines),
            sums=_sums(quote.sums) if quote and lines else (),
        )

    @property
    def lines_left_out(self) -> int:
        return self.line_count - len(self.lines)

    def says(self, words: str) -> bool:
        return any(words in message for message in self.messages)

    def line_of(self, name: str) -> LineText | None:
        """The line with this name, if it is described."""
        return next((line for line in self.lines if line.name == name), None)


def _messages(context: Mapping[str, Any]) -> Iterator[str]:
    frame = context["frame"]
    yield from (notice.text for notice in frame.notices)
    if frame.offer:
        yield frame.offer.title
    texts = (context.get(name) for name in ("alert", "error", "coupon_message"))
    yield from filter(None, texts)
    if text := context.get("error_text"):
        yield f"{text.title}. {text.happened}"


def _line_text(quoted: QuoteLine, earlier: Money | None) -> LineText:
    view = line_view(quoted, addresses(), earlier=earlier)
    return LineText(
        name=view.name,
        note=" ".join(filter(None, (view.message, view.price_notice))),
        price=wording.money(quoted.product.price) if quoted.product else "",
        quantity=view.quantity,
        total=wording.money(quoted.total) if quoted.is_charged else wording.NOT_CHARGED,
    )


def _sums(sums: Sums) -> tuple[tuple[str, str], ...]:
    amounts = {"Subtotal": sums.subtotal, "Shipping": sums.shipping, "Total": sums.total}
    return tuple((name, wording.money(amount)) for name, amount in amounts.items())
