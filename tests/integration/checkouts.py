"""Orders in tests: the checkout's form, sent and looked at, and what the database has then."""

from __future__ import annotations

from werkzeug.test import TestResponse

from tests.conftest import OpenShop
from tests.integration.client import (
    CUSTOMER,
    LintingClient,
    attributes,
    elements,
    field_value,
    parsed,
    text_of,
)

FIELDS = CUSTOMER | {"note": "Ring twice"}
"""What a valid checkout form says, with a note."""


def once(visitor: LintingClient) -> str:
    return field_value(visitor.get("/checkout").text, "once")


def place(visitor: LintingClient, token: str | None = None, **changed: str) -> TestResponse:
    return visitor.send("/checkout", once=token or once(visitor), **(FIELDS | changed))


def orders(shop: OpenShop) -> int:
    return int(shop.sql("select count(*) from orders")[0][0])


def stock(shop: OpenShop, sku: str) -> int:
    return int(shop.sql("select stock from products where sku = ?", sku)[0][0])


def alert(response: TestResponse) -> str:
    return text_of(response.text, "p[role=alert]")


def typed(html: str) -> dict[str, str]:
    """What the checkout form holds, by the names of its visible fields."""
    fields = elements(parsed(html), "main .field input, main .field textarea")
    texts = {
        str(attributes(field)["name"]): attributes(field).get("value") or field.to_text().strip()
        for field in fields
    }
    chosen = elements(parsed(html), "select[name=country] option[selected]")
    return texts | {"country": "".join(str(attributes(option)["value"]) for option in chosen)}
