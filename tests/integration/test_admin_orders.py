"""Orders in the admin: found, shown, and moved on by a keeper."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import urlencode

import pytest

from shop.admin.orders import PAGE_SIZE
from shop.core.orders import Status
from shop.storage.orders.listing import MOST_WORDS
from tests.conftest import Opener, OpenShop
from tests.integration.checkouts import stock
from tests.integration.client import MARKUP, attributes, elements, parsed, text_of
from tests.integration.keepers import EMAIL, sends, signed_in
from tests.integration.test_migrations import insert
from tests.integration.test_orders import SKU, move, placed

ORDERS = "/admin/orders"


def references(html: str) -> list[str]:
    return [each.to_text().strip() for each in elements(parsed(html), "table th[scope=row]")]


def steps(html: str) -> list[str]:
    """The statuses that a page's forms lead to."""
    fields = elements(parsed(html), "main input[name=status]")
    return [str(attributes(field)["value"]) for field in fields]


def history(shop: OpenShop) -> list[tuple[str, str, str, str]]:
    query = "select status, made_by, note, tracking from order_events order by position"
    return [tuple(row) for row in shop.sql(query)]


def test_a_keeper_moves_an_order_on_and_the_shopper_reads_it(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    address = f"{ORDERS}/{reference}"
    assert references(visitor.get(ORDERS).text) == [reference]
    assert steps(visitor.get(address).text) == ["paid", "sent", "cancelled"]
    paid = sends(visitor, f"{address}/steps", status="paid", note=" by  bank ")
    assert (paid.status_code, paid.location) == (303, address)
    page = visitor.get(address).text
    assert text_of(page, ".notices") == f"Order {reference} is now paid."
    assert steps(page) == ["sent", "refunded"]
    sends(visitor, f"{address}/steps", status="sent", tracking="RM 1234 5678")
    assert history(shop) == [
        ("placed", "shopper", "", ""),
        ("paid", EMAIL, "by bank", ""),
        ("sent", EMAIL, "", "RM 1234 5678"),
    ]
    page = visitor.get(address).text
    assert f"by {EMAIL}" in text_of(page, "ol.admin-history")
    ((token,),) = shop.sql("select token from orders")
    assert "RM 1234 5678" in shop.visitor().get(f"/orders/{token}").text
    assert "by bank" not in shop.visitor().get(f"/orders/{token}").text


@pytest.mark.parametrize(
    ("tracking", "links"),
    [
        pytest.param("https://carrier.example/?p=1&q=2", 1, id="an address"),
        pytest.param("RM 1234 5678", 0, id="a number"),
        pytest.param("javascript:alert(1)", 0, id="a script"),
        pytest.param("https://carrier.example RM 1", 0, id="both"),
    ],
)
def test_the_address_of_a_parcel_is_a_link(shop: OpenShop, tracking: str, links: int) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    address = f"{ORDERS}/{reference}"
    sends(visitor, f"{address}/steps", status="sent", tracking=tracking)
    ((token,),) = shop.sql("select token from orders")
    for page in (visitor.get(address).text, shop.visitor().get(f"/orders/{token}").text):
        found = elements(parsed(page), "main bdi a")
        assert [attributes(link)["href"] for link in found] == [tracking] * links
        assert tracking in text_of(page, "main")


@pytest.mark.parametrize(
    ("steps_taken", "offered"),
    [
        pytest.param((), {"paid", "sent", "cancelled"}, id="placed, by invoice"),
        pytest.param((Status.PAID,), {"sent", "refunded"}, id="paid"),
        pytest.param((Status.SENT,), {"paid", "cancelled"}, id="sent before it was paid"),
        pytest.param((Status.SENT, Status.PAID), {"refunded"}, id="paid after it was sent"),
        pytest.param((Status.CANCELLED,), set(), id="cancelled"),
    ],
)
def test_an_order_offers_the_steps_that_can_be_next(
    shop: OpenShop, steps_taken: tuple[Status, ...], offered: set[str]
) -> None:
    reference = placed(shop)
    move(shop, reference, *steps_taken)
    page = signed_in(shop).get(f"{ORDERS}/{reference}").text
    assert set(steps(page)) == offered
    assert ("the order is finished" in page) == (not offered)


def test_an_order_that_was_sent_and_is_owed_says_so_until_it_is_paid(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    address = f"{ORDERS}/{reference}"
    sends(visitor, f"{address}/steps", status="sent")
    assert "not paid yet" in text_of(visitor.get(address).text, "p.lead")
    assert references(visitor.get(f"{ORDERS}?status=owed").text) == [reference]
    assert "not paid" in text_of(visitor.get(ORDERS).text, "td.admin-status")
    assert "count what comes back" in text_of(visitor.get(address).text, ".admin-step:last-of-type")
    sends(visitor, f"{address}/steps", status="paid")
    page = visitor.get(address).text
    assert text_of(page, ".notices") == f"Order {reference} is now paid."
    assert text_of(page, "p.lead").startswith("Sent since")
    assert "not paid yet" not in text_of(page, "p.lead")
    assert references(visitor.get(f"{ORDERS}?status=owed").text) == []


def test_a_cancelled_order_gives_its_stock_back(shop: OpenShop) -> None:
    reference = placed(shop)
    assert stock(shop, SKU) == 0
    sends(signed_in(shop), f"{ORDERS}/{reference}/steps", status="cancelled")
    assert stock(shop, SKU) == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        pytest.param({"status": "refunded"}, 409, "It can be paid or sent or", id="not its turn"),
        pytest.param({"status": "placed"}, 409, "is placed already", id="already"),
        pytest.param({"status": "eaten"}, 422, "did not say which step", id="no status"),
        pytest.param({}, 422, "did not say which step", id="nothing"),
        pytest.param({"status": "paid", "tracking": "RM"}, 422, "Only an order", id="tracking"),
        pytest.param({"status": "paid", "note": "x" * 501}, 422, "at most 500", id="a long note"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_in_a_sentence(
    shop: OpenShop, fields: dict[str, str], status: int, said: str
) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    response = sends(visitor, f"{ORDERS}/{reference}/steps", **fields)
    assert response.status_code == status
    assert said in text_of(response.text, "p[role=alert]")
    assert "Nothing was changed." in text_of(response.text, "p[role=alert]")
    assert history(shop) == [("placed", "shopper", "", "")]


def test_of_two_keepers_the_second_is_told(shop: OpenShop) -> None:
    reference = placed(shop)
    visitor = signed_in(shop)
    move(shop, reference, Status.PAID)
    response = sends(visitor, f"{ORDERS}/{reference}/steps", status="paid")
    assert response.status_code == 409
    assert "is paid already" in text_of(response.text, "p[role=alert]")
    assert steps(response.text) == ["sent", "refunded"]


def two_pages_of_orders(shop: OpenShop) -> None:
    """All but the fourth are Ada's, and the first three are paid."""
    for number in range(PAGE_SIZE + 2):
        insert(
            shop,
            token=f"token-{number}",
            once_key=f"key-{number}",
            reference=f"AAAA-{number:04}",
            name="Grace Hopper" if number == 3 else "Ada Lovelace",
            address="1 Lane",
        )
        if number < 3:
            move(shop, f"AAAA-{number:04}", Status.PAID)


def test_orders_are_searched_filtered_and_paged(shop: OpenShop) -> None:
    two_pages_of_orders(shop)
    visitor = signed_in(shop)
    first = visitor.get(ORDERS).text
    assert references(first)[0] == f"AAAA-{PAGE_SIZE + 1:04}"
    assert len(references(first)) == PAGE_SIZE
    (older,) = [attributes(each) for each in elements(parsed(first), ".admin-pages a")]
    second = visitor.get(str(older["href"])).text
    assert references(second) == ["AAAA-0001", "AAAA-0000"]
    assert references(visitor.get(f"{ORDERS}?q=hopper").text) == ["AAAA-0003"]
    paid = visitor.get(f"{ORDERS}?status=paid&q=ada").text
    assert references(paid) == ["AAAA-0002", "AAAA-0001", "AAAA-0000"]
    assert text_of(paid, ".chip[aria-current]") == "Paid"
    assert "No order was found." in visitor.get(f"{ORDERS}?q=babbage").text


@pytest.mark.parametrize(
    "search",
    [
        pytest.param("müller", id="small letters for capitals"),
        pytest.param("éMILE MÜller", id="capitals for small letters"),
        pytest.param("MU\u0308LLER", id="a letter in two characters"),
        pytest.param("Pot Jardin 2", id="an SKU with spaces"),
    ],
)
def test_a_search_finds_what_a_reader_takes_for_the_same(shop: OpenShop, search: str) -> None:
    shop.sql("update products set sku = 'POT JARDIN 2' where sku = 'POT-JARDIN'")
    reference = placed(shop, "POT JARDIN 2", name="Émile MÜLLER")
    placed(shop, name="Ada Lovelace")
    query = urlencode({"q": search})
    assert references(signed_in(shop).get(f"{ORDERS}?{query}").text) == [reference]
    listed = json.loads(shop.run("orders", "list", "--json", "--search", search))
    assert [order["reference"] for order in listed["orders"]] == [reference]


def test_a_search_looks_for_ten_words_at_most(shop: OpenShop) -> None:
    reference = placed(shop, name="Ada Lovelace")
    query = urlencode({"q": "ada " * MOST_WORDS + "babbage"})
    assert references(signed_in(shop).get(f"{ORDERS}?{query}").text) == [reference]


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=999999999999", "?status=eaten",
                                   "?q=%00", "?q=%25", "?q=" + "x" * 2000])  # fmt: skip
def test_no_query_breaks_the_list(shop: OpenShop, query: str) -> None:
    placed(shop)
    assert signed_in(shop).get(ORDERS + query).status_code == 200


def test_an_order_that_is_not_there(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    response = visitor.get(f"{ORDERS}/AAAA-AAAA")
    assert (response.status_code, text_of(response.text, "h1")) == (404, "There is nothing here")
    assert sends(visitor, f"{ORDERS}/AAAA-AAAA/steps", status="paid").status_code == 404


def test_what_people_write_is_text(shop: OpenShop) -> None:
    reference = placed(shop, name=MARKUP, note=MARKUP, line_1=MARKUP)
    visitor = signed_in(shop)
    sends(visitor, f"{ORDERS}/{reference}/steps", status="paid", note=MARKUP)
    page = visitor.get(f"{ORDERS}/{reference}").text  # the client fails on any markup
    assert text_of(page, "ol.admin-history").count("data-evil") == 2
    assert MARKUP in "".join(
        each.to_text() for each in elements(parsed(visitor.get(ORDERS).text), "td bdi")
    )


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_orders_of_a_list_are_downloaded_on_all_pages(shop: OpenShop) -> None:
    two_pages_of_orders(shop)
    visitor = signed_in(shop)

    def downloaded(query: str) -> list[str]:
        (link,) = elements(parsed(visitor.get(ORDERS + query).text), "a.admin-download")
        response = visitor.get(str(attributes(link)["href"]))
        assert response.mimetype == "text/csv"
        assert "no-store" in response.headers["Cache-Control"]
        return [row["reference"] for row in rows_of(response.text)]

    assert len(downloaded("?page=2")) == PAGE_SIZE + 2
    assert downloaded("?q=hopper") == ["AAAA-0003"]
    assert downloaded("?status=paid&q=ada") == ["AAAA-0000", "AAAA-0001", "AAAA-0002"]
    assert not elements(parsed(visitor.get(f"{ORDERS}?q=babbage").text), "a.admin-download")


def test_a_download_is_that_of_the_command_and_has_the_date(open_shop: Opener) -> None:
    shop = open_shop(SHOP_TIME_ZONE="Asia/Tokyo")  # where it is the 29th already
    placed(shop, "MUG", name="Zoë =1", note="x;=HYPERLINK(1)")
    response = signed_in(shop).get(f"{ORDERS}/export")
    assert response.text == "\ufeff" + shop.run("orders", "export", "-")
    assert rows_of(response.text)[0]["note"] == "x;'=HYPERLINK(1)"
    assert response.headers["Content-Disposition"] == "attachment; filename=orders-2026-05-29.csv"


def test_a_download_holds_few_orders_at_a_time(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = [placed(shop, "MUG") for _ in range(3)]
    monkeypatch.setattr("shop.storage.orders.lookup.BATCH", 1)
    monkeypatch.setattr("shop.admin.orders.LINES_AT_ONCE", 1)
    visitor = signed_in(shop)
    read = shop.statements()
    response = visitor.get(f"{ORDERS}/export", buffered=False)
    pieces = response.iter_encoded()
    begun = [next(pieces), next(pieces), next(pieces)]
    assert references[0].encode() in begun[-1]
    assert sum("FROM order_lines" in statement for statement in read) == 1
    rest = b"".join(pieces)
    assert all(reference.encode() in rest for reference in references[1:])
    response.close()
