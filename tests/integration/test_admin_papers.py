"""Packing slips, and invoices that are numbered without gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shop.core.errors import InvoiceRefused, OrderNotFound
from shop.core.orders import Status
from shop.storage.orders import invoices
from tests.conftest import OpenShop
from tests.integration.client import elements, parsed, text_of
from tests.integration.keepers import EMAIL, sends, signed_in
from tests.integration.test_orders import move, placed


def made(shop: OpenShop, reference: str) -> invoices.Invoice:
    return invoices.make(shop.engine, reference, by="Bea", at=shop.clock.now)


def test_a_packing_slip_has_what_belongs_into_the_parcel_and_no_price(shop: OpenShop) -> None:
    reference = placed(shop, "MUG", note="Ring twice")
    page = signed_in(shop).get(f"/admin/orders/{reference}/packing-slip").text
    rows = [each.to_text() for each in elements(parsed(page), "table tbody tr")]
    assert rows == ["1 Everyday mug MUG"]
    paper = text_of(page, ".admin-paper")
    assert "SW1Y 4JH" in paper
    assert "Ring twice" in paper
    assert "£" not in paper


def test_an_invoice_is_made_once_and_says_what_is_owed(shop: OpenShop) -> None:
    reference = placed(shop, "MUG")
    visitor = signed_in(shop)
    address = f"/admin/orders/{reference}/invoice"
    assert visitor.get(address).location == f"/admin/orders/{reference}"
    assert sends(visitor, address).location == address
    shop.clock.now += 40 * 24 * 3600
    visitor = signed_in(shop, "ada@example.com")
    sends(visitor, address)
    assert shop.sql("select number, made_by from invoices") == [(1, EMAIL)]
    page = visitor.get(address).text
    assert text_of(page, "h1") == "Invoice 1"
    assert "28 May 2026" in text_of(page, ".admin-paper")
    assert "within 14 days" in text_of(page, ".admin-paper")
    assert "20%" in text_of(page, "table tbody")
    move(shop, reference, Status.PAID)
    assert "It has been paid." in text_of(visitor.get(address).text, ".admin-paper")
    assert "Invoice 1" in visitor.get(f"/admin/orders/{reference}").text


def test_a_cancelled_order_gets_no_invoice_and_uses_no_number(shop: OpenShop) -> None:
    cancelled, other = placed(shop, "MUG"), placed(shop, "PENCIL")
    move(shop, cancelled, Status.CANCELLED)
    visitor = signed_in(shop)
    response = sends(visitor, f"/admin/orders/{cancelled}/invoice")
    assert response.location == f"/admin/orders/{cancelled}"
    assert "needs no invoice" in text_of(visitor.get(response.location).text, ".notices")
    with pytest.raises(InvoiceRefused):
        made(shop, cancelled)
    assert made(shop, other).number == 1


def test_an_unknown_order_has_no_papers(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    for paper in ("packing-slip", "invoice"):
        assert visitor.get(f"/admin/orders/AAAA-AAAA/{paper}").status_code == 404
    with pytest.raises(OrderNotFound):
        made(shop, "AAAA-AAAA")


def test_invoices_made_at_once_are_numbered_without_gaps(shop: OpenShop) -> None:
    references = [placed(shop, "MUG") for _ in range(6)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda reference: made(shop, reference), references * 2))
    assert {each.number for each in found} == {1, 2, 3, 4, 5, 6}
    assert [each.number for each in found[:6]] == [each.number for each in found[6:]]
    assert shop.sql("select count(*), max(number) from invoices") == [(6, 6)]
