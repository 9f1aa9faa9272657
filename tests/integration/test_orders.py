"""Orders as a keeper sees them and moves them on, in a terminal and in the database."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shop.core.errors import OrderNotFound, TransitionRefused
from shop.core.orders import LONGEST_NOTE, Status, Step
from shop.storage.engine import reading
from shop.storage.orders import advancing, export, listing, lookup
from tests.conftest import OpenShop
from tests.integration.checkouts import place, stock
from tests.integration.client import text_of

SKU = "STATE-ONE-LEFT"


def placed(shop: OpenShop, sku: str = SKU, **fields: str) -> str:
    """The reference of an order that was just placed."""
    visitor = shop.visitor()
    visitor.add(sku)
    assert place(visitor, **fields).status_code == 303
    rows = shop.sql("select reference from orders order by number desc limit 1")
    return str(rows[0][0])


def move(shop: OpenShop, reference: str, *statuses: Status) -> None:
    for status in statuses:
        advancing.advance(shop.engine, reference, status, by="Bea", at=shop.clock.now)


def run(shop: OpenShop, *arguments: str | Path, exit_code: int = 0) -> str:
    return shop.run("orders", *arguments, exit_code=exit_code)


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        pytest.param((Status.CANCELLED,), 1, id="cancelled"),
        pytest.param((Status.PAID, Status.REFUNDED), 1, id="refunded before it was sent"),
        pytest.param((Status.PAID, Status.SENT, Status.REFUNDED), 0, id="refunded after that"),
        pytest.param((Status.SENT, Status.CANCELLED), 0, id="sent and never paid"),
    ],
)
def test_stock_comes_back_once(shop: OpenShop, steps: tuple[Status, ...], left: int) -> None:
    reference = placed(shop)
    assert stock(shop, SKU) == 0
    move(shop, reference, *steps)
    assert stock(shop, SKU) == left
    for status in Status:
        with pytest.raises(TransitionRefused):
            move(shop, reference, status)
    assert stock(shop, SKU) == left


def test_a_product_without_a_stock_keeps_none(shop: OpenShop) -> None:
    move(shop, placed(shop, "MUG"), Status.CANCELLED)
    assert shop.sql("select stock from products where sku = 'MUG'") == [(None,)]


def test_of_two_keepers_at_once_one_is_told(shop: OpenShop) -> None:
    reference = placed(shop)

    def cancel(by: str) -> bool:
        try:
            advancing.advance(shop.engine, reference, Status.CANCELLED, by=by, at=1)
        except TransitionRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(cancel, ["Ann", "Bea", "Cy", "Dan"])) == 1
    assert stock(shop, SKU) == 1
    assert shop.sql("select count(*) from order_events") == [(2,)]


def test_a_step_is_undone_with_the_transaction_that_it_belongs_to(shop: OpenShop) -> None:
    reference = placed(shop)
    before = shop.dump()
    with shop.engine.connect().execution_options(is_writer=True) as connection:
        advancing.take(connection, reference, Step(Status.CANCELLED, 1, "Bea"))
        connection.rollback()
    assert shop.dump() == before


def test_an_unknown_reference_is_said(shop: OpenShop) -> None:
    with pytest.raises(OrderNotFound, match="No order has the reference NONE"):
        move(shop, "NONE", Status.PAID)


def test_the_list_is_searched_filtered_and_paged_with_two_queries(shop: OpenShop) -> None:
    first = placed(shop, "MUG", name="Ada Lovelace")
    second = placed(shop, "PENCIL", name="100% Grace", email="grace@example.com")
    move(shop, second, Status.PAID)

    def found(**wanted: object) -> list[str]:
        with reading(shop.engine) as connection:
            page = listing.page(connection, **wanted)  # type: ignore[arg-type]
            return [order.reference for order in page.orders]

    statements = shop.statements()
    assert found() == [second, first]
    assert len(statements) == 2
    assert found(status=Status.PAID) == [second]
    assert found(status=Status.SENT) == []
    assert found(search="lovelace ADA") == [first]
    assert found(search="grace@") == [second]
    assert found(search="mug") == [first]
    assert found(search="mug grace") == []
    assert found(search=first.lower()) == found(search=first.replace("-", "")) == [first]
    assert found(search="%") == [second]
    assert found(size=1) == [second]
    assert found(size=1, number=2) == found(size=1, number=99) == [first]


def test_orders_are_read_in_batches(shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    references = [placed(shop, "MUG") for _ in range(3)]
    monkeypatch.setattr(lookup, "BATCH", 2)
    found = lookup.everything(shop.engine)
    assert [order.reference for order in found] == references
    assert all(len(order.lines) == len(order.history) == 1 for order in found)


def test_the_commands_show_and_move_orders_on(shop: OpenShop) -> None:
    assert run(shop, "list") == "There are no orders yet.\n"
    reference = placed(shop)
    assert reference in run(shop, "list", "--status", "placed")
    assert run(shop, "list", "--search", "nobody") == "No orders were found.\n"
    assert run(shop, "advance", reference.lower(), "paid") == f"Order {reference} is now paid.\n"
    refused = run(shop, "advance", reference, "cancelled", exit_code=1)
    assert "It can be sent or refunded." in refused
    assert "Nothing was changed" in run(
        shop, "advance", reference, "refunded", "--tracking", "x", exit_code=1
    )
    run(shop, "advance", reference, "sent", "--tracking", "RM 1", "--note", "late", "--by", "Bea")
    assert "sent by Bea, tracking RM 1: late" in run(shop, "show", reference)
    assert "No order has" in run(shop, "show", "NONE", exit_code=1)
    history = json.loads(run(shop, "show", reference, "--json"))["history"]
    assert [step["status"] for step in history] == ["placed", "paid", "sent"]
    assert history[2]["by"] == "Bea"
    listed = json.loads(run(shop, "list", "--json"))
    assert (listed["count"], listed["orders"][0]["status"]) == (1, "sent")


def test_an_invoice_is_paid_after_its_parcel_was_sent(shop: OpenShop) -> None:
    reference, paid, cancelled = placed(shop), placed(shop, "MUG"), placed(shop, "MUG")
    move(shop, paid, Status.PAID)
    move(shop, cancelled, Status.CANCELLED)

    def is_owed() -> bool:
        owed = json.loads(run(shop, "list", "--unpaid", "--json"))["orders"]
        assert [(order["reference"], order["is_owed"]) for order in owed] in (
            [(reference, True)],
            [],
        )
        assert json.loads(run(shop, "show", reference, "--json"))["is_owed"] == bool(owed)
        return bool(owed)

    assert is_owed()
    said = f"Order {reference} is now sent, not paid yet.\n"
    assert run(shop, "advance", reference, "sent", "--tracking", "RM 1") == said
    assert "sent, not paid yet" in run(shop, "list")
    assert is_owed()
    shop.clock.now += 60
    assert run(shop, "advance", reference, "paid") == f"Order {reference} is now sent.\n"
    assert not is_owed()
    assert run(shop, "list", "--unpaid") == "No orders were found.\n"
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(run(shop, "export", "-")))}
    assert (rows[reference]["status"], rows[cancelled]["paid_at"]) == ("sent", "")
    assert rows[reference]["status_since"] <= rows[reference]["paid_at"]


def test_the_list_says_that_there_are_more_pages(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.commands.orders.PAGE_SIZE", 1)
    first, second = placed(shop, "MUG"), placed(shop, "MUG")
    output = run(shop, "list", "--page", "2")
    assert (first in output, second in output) == (True, False)
    assert "Page 2 of 2, 2 orders in all" in output
    assert len(run(shop, "list", "--all").splitlines()) == 2


def test_an_export_has_every_order_and_no_formula(shop: OpenShop, tmp_path: Path) -> None:
    reference = placed(shop, "MUG", name="=HYPERLINK(1)", note="+1 more")
    file = tmp_path / "orders.csv"
    assert run(shop, "export", file) == "1 order in orders.csv.\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert run(shop, "export", "-") == file.read_text("utf-8")
    (row,) = csv.DictReader(io.StringIO(file.read_text("utf-8")))
    assert (row["reference"], row["name"], row["note"]) == (
        reference,
        "'=HYPERLINK(1)",
        "'+1 more",
    )
    assert (row["items"], row["total"], row["currency"]) == ("MUG*1", "13.45", "GBP")
    assert "cannot be written" in run(shop, "export", tmp_path / "no" / "file", exit_code=1)


def test_an_export_is_narrowed_down_and_may_be_json(shop: OpenShop, tmp_path: Path) -> None:
    assert run(shop, "export", "-", "--json") == "[]\n"
    references = [placed(shop, "MUG", name=name) for name in ("Ada", "Müller", "Grace")]
    advanced = json.loads(run(shop, "advance", references[1], "paid", "--by", "Bea", "--json"))
    assert advanced["history"][-1]["by"] == "Bea"
    file = tmp_path / "orders.json"
    assert run(shop, "export", file, "--json") == "3 orders in orders.json.\n"
    exported = json.loads(file.read_text("utf-8"))
    assert [order["reference"] for order in exported] == references
    assert exported[1] == advanced
    owed = list(csv.DictReader(io.StringIO(run(shop, "export", "-", "--unpaid"))))
    assert [row["name"] for row in owed] == ["Ada", "Grace"]
    for narrowed in (["--status", "paid"], ["--search", "MÜLLER"]):
        assert json.loads(run(shop, "export", "-", "--json", *narrowed)) == [advanced]
    assert run(shop, "export", file, "--search", "nobody") == "0 orders in orders.json.\n"


@pytest.mark.parametrize("option", ["--note", "--tracking", "--by"])
def test_what_a_step_says_is_short(shop: OpenShop, option: str) -> None:
    reference = placed(shop)
    said = run(shop, "advance", reference, "sent", option, "x" * (LONGEST_NOTE + 1), exit_code=1)
    assert said == f"{option} takes at most 500 characters. Nothing was changed.\n"
    assert f"Order {reference}, placed" in run(shop, "show", reference)


def test_an_argument_that_is_no_text_is_answered_in_a_sentence(shop: OpenShop) -> None:
    reference = placed(shop)
    assert "No order has" in run(shop, "show", "\udcffA", exit_code=1)
    run(shop, "advance", f"{reference}\udcff", "paid", "--note", "caf\udce9", "--by", "\udcffBea")
    assert "paid by Bea: caf\n" in run(shop, "show", reference)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("  @SUM(1)", "  '@SUM(1)", id="behind spaces"),
        pytest.param("＝1+1", "'＝1+1", id="in full width"),
        pytest.param("\t1", "'\t1", id="a tab"),
        pytest.param("Ada; =1+1;-2", "Ada; '=1+1;'-2", id="behind a semicolon"),
        pytest.param("Ring\n\n=1+1", "Ring\n\n'=1+1", id="behind a line break"),
        pytest.param("Ring, twice\n\nA=B + 1-2", "Ring, twice\n\nA=B + 1-2", id="no formula"),
    ],
)
def test_a_cell_of_an_export_is_no_formula(cell: str, written: str) -> None:
    assert export.harmless(cell) == written


def test_an_order_of_an_older_process_begins_with_its_placing_too(shop: OpenShop) -> None:
    """A worker that was started before the migration stores no history."""
    reference = placed(shop)
    shop.sql("delete from order_events")
    assert reference in run(shop, "export", "-")
    move(shop, reference, Status.PAID)
    with reading(shop.engine) as connection:
        history = lookup.by_reference(connection, reference).history
    assert [(step.status, step.by) for step in history] == [
        (Status.PLACED, "shopper"),
        (Status.PAID, "Bea"),
    ]


def test_the_columns_of_an_export_are_documented() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "keep.md").read_text("utf-8")
    cells = [line.split("|")[1] for line in guide.splitlines() if line.startswith("| ")]
    named = {name.strip() for cell in cells for name in cell.split(",")}
    assert named.issuperset(export.COLUMNS)


def test_the_shoppers_page_says_what_became_of_the_order(shop: OpenShop) -> None:
    reference = placed(shop)
    (token,) = shop.sql("select token from orders")[0]

    def texts() -> tuple[str, str, str]:
        page = shop.visitor().get(f"/orders/{token}").text
        heading, lead, status = (
            text_of(page, f"main {it}") for it in ("h1", ".lead", ".order-status")
        )
        return heading, lead, status

    heading, lead, status = texts()
    assert heading == "Thank you. Your order is placed."
    assert "Please pay" in lead
    assert "Status: placed since" in status

    move(shop, reference, Status.PAID)
    engine = shop.engine
    advancing.advance(engine, reference, Status.SENT, by="Bea", at=1_790_000_000, tracking="<RM 1>")
    heading, lead, status = texts()
    assert heading == "Your order is on its way."
    assert "pay" not in lead
    assert status == "Status: on its way since 21 September 2026. Tracking of your parcel: <RM 1>"


def test_the_shoppers_page_asks_for_the_money_until_it_comes(shop: OpenShop) -> None:
    reference = placed(shop)
    (token,) = shop.sql("select token from orders")[0]

    def lead() -> str:
        return text_of(shop.visitor().get(f"/orders/{token}").text, "main .lead")

    move(shop, reference, Status.SENT)
    assert "Please pay" in lead()
    move(shop, reference, Status.PAID)
    assert "Please pay" not in lead()
