"""`shop orders list`, `show`, `advance` and `export`: what a keeper does with orders."""

from __future__ import annotations

import getpass
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import click

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence, counted
from shop.core.money import Money
from shop.core.orders import LONGEST_NOTE, TRANSITIONS, Order, Status
from shop.core.text import tidy
from shop.factory import payments
from shop.storage.engine import reading
from shop.storage.orders import advancing, export, listing, lookup
from shop.storage.orders.listing import Conditions, Summary
from shop.storage.payments import attempts, unpaid
from shop.storage.payments.attempts import Kept

PAGE_SIZE = 50
STATUS = click.Choice([status.value for status in Status])
LATER_STATUS = click.Choice(
    [status.value for status in Status if any(status in after for after in TRANSITIONS.values())]
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group("orders")
def order_commands() -> None:
    """See orders, move them on and export them."""


def narrowing(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which orders a command is about."""
    for option in (
        click.option("--search", default="", help="Words of reference, name or email; or an SKU."),
        click.option("--unpaid", "is_owed", is_flag=True, help="Only those still to be paid."),
        click.option("--status", type=STATUS, help="Only orders of this status."),
    ):
        command = option(command)
    return command


@order_commands.command("list")
@narrowing
@click.option("--page", "number", type=click.IntRange(min=1), default=1, help="The page to show.")
@click.option("--all", "shows_all", is_flag=True, help="All orders on one page.")
@AS_JSON
def list_(
    status: str | None, is_owed: bool, search: str, number: int, shows_all: bool, as_json: bool
) -> None:
    """List the orders, newest first."""
    settings = settings_of_environment()
    with reading(migrated_database(settings)) as connection:
        page = listing.page(
            connection,
            number=number,
            size=None if shows_all else PAGE_SIZE,
            **_conditions(status, is_owed, search),
        )
    if as_json:
        _print_json(
            {
                "count": page.count,
                "page": page.number,
                "pages": page.pages,
                "orders": [_summary_json(order) for order in page.orders],
            }
        )
        return
    moment = _moments(settings.time_zone)
    for order in page.orders:
        total = _amount(order.total)
        said = f"{_standing(order):<18}  {total:>14}  {order.name} <{order.email}>"
        click.echo(f"{order.reference}  {moment(order.placed_at)}  {said}")
    if not page.count:
        is_narrow = status or is_owed or search
        click.echo("No orders were found." if is_narrow else "There are no orders yet.")
    elif page.pages > 1:
        click.echo(
            f"Page {page.number} of {page.pages}, {page.count:,} orders in all. "
            "--page N shows another, --all shows all."
        )


@order_commands.command()
@click.argument("reference")
@AS_JSON
def show(reference: str, as_json: bool) -> None:
    """Show an order and its history."""
    settings = settings_of_environment()
    with reading(migrated_database(settings)) as connection:
        order = lookup.by_reference(connection, tidy(reference))
        tried = attempts.of_order(connection, order.token)
    if as_json:
        _print_json(_order_json(order) | {"attempts": [_attempt_json(each) for each in tried]})
    else:
        _describe(order, tried, _moments(settings.time_zone))


@order_commands.command()
@click.argument("reference")
@click.argument("status", type=LATER_STATUS)
@click.option("--tracking", default="", help="The parcel's number or address at its carrier.")
@click.option("--note", default="", help="A note for other keepers.")
@click.option("--by", default="", help="Who does it; by default, who is logged in here.")
@AS_JSON
def advance(reference: str, status: str, tracking: str, note: str, by: str, as_json: bool) -> None:
    """Move an order on to its next STATUS.

    Cancelling or refunding an order that was not sent gives its stock back.
    """
    settings = settings_of_environment()
    if tracking and status != Status.SENT.value:
        raise Sentence("Only an order that is sent has a --tracking. Nothing was changed.")
    order = advancing.advance(
        migrated_database(settings),
        tidy(reference),
        Status(status),
        by=_short("by", by) or _who(),
        at=int(time.time()),
        note=_short("note", note),
        tracking=_short("tracking", tracking),
    )
    if as_json:
        _print_json(_order_json(order))
        return
    click.echo(f"Order {order.reference} is now {_standing(order)}.")


@order_commands.command("cancel-unpaid")
def cancel_unpaid() -> None:
    """Cancel orders whose payment at a bank never came, after SHOP_UNPAID_DAYS.

    Their goods can be sold again. `shop serve` does this by itself, unless SHOP_SEND_MAIL is off.
    """
    settings = settings_of_environment()
    now = int(time.time())
    cancelled = unpaid.cancel(
        migrated_database(settings),
        payments(settings).hosted_codes,
        before=now - settings.unpaid_seconds,
        at=now,
    )
    click.echo(f"{counted(len(cancelled), 'order')} cancelled.")
    for reference in cancelled:
        click.echo(reference)


@order_commands.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@narrowing
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of CSV.")
def export_(file: Path, status: str | None, is_owed: bool, search: str, as_json: bool) -> None:
    """Write orders, oldest first, to a FILE as CSV, or to standard output if it is -.

    docs/keep.md describes the columns. A file can be read by its owner only.
    """
    settings = settings_of_environment()
    with reading(migrated_database(settings)) as connection:
        orders = listing.each(connection, **_conditions(status, is_owed, search))
        lines = _json_lines(orders) if as_json else export.lines(orders)
        if str(file) == "-":
            sys.stdout.writelines(lines)
            return
        try:
            with _private(file) as stream:
                written = sum(1 for line in lines if stream.write(line))
        except OSError as problem:
            raise Sentence(f"{file} cannot be written: {problem.strerror}.") from None
    # One line is no order: the names of the columns, or the end of the JSON.
    click.echo(f"{counted(written - 1, 'order')} in {file.name}.")


def _conditions(status: str | None, is_owed: bool, search: str) -> Conditions:
    return {
        "status": Status(status) if status else None,
        "is_owed": is_owed,
        "search": tidy(search),
    }


def _short(option: str, typed: str) -> str:
    text = tidy(typed)
    if len(text) > LONGEST_NOTE:
        most = f"--{option} takes at most {LONGEST_NOTE} characters"
        raise Sentence(f"{most}. Nothing was changed.")
    return text


def _private(file: Path) -> IO[str]:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def _describe(order: Order, tried: list[Kept], moment: Callable[[int], str]) -> None:
    customer = order.customer
    click.echo(f"Order {order.reference}, {_standing(order)}")
    click.echo(f"{customer.name} <{customer.email}>")
    parts = [export.part(order, name) for name in ("town", "region", "postcode", "country")]
    click.echo(", ".join([*export.street(order), *filter(None, parts)]))
    if customer.note:
        click.echo(f"Their note: {customer.note}")
    click.echo()
    for line in order.lines:
        click.echo(f"{line.quantity:>5} x {line.sku}  {line.name}  {_amount(line.total)}")
    if order.sums.coupon:
        click.echo(f"Coupon {order.sums.coupon}: {_amount(order.sums.discount)} less")
    click.echo(f"Shipping {_amount(order.sums.shipping)}, total {_amount(order.sums.total)}")
    click.echo(f"Of this, VAT {_amount(export.vat(order))}. Payment: {order.payment}")
    for attempt in tried:
        since = moment(attempt.settled_at or attempt.begun_at)
        paid = f"{_amount(attempt.amount)} {attempt.state.value} since {since}"
        again = ": return the money" if attempt in attempts.surplus(order, tried) else ""
        click.echo(f"  {attempt.provider} {attempt.key}: {paid}{again}")
    click.echo()
    for step in order.history:
        said = "".join(
            [
                f", tracking {step.tracking}" if step.tracking else "",
                f": {step.note}" if step.note else "",
            ]
        )
        click.echo(f"{moment(step.at)}  {step.status.value} by {step.who}{said}")


def _order_json(order: Order) -> dict[str, Any]:
    customer = order.customer
    return {
        "reference": order.reference,
        "placed_at": export.utc(order.placed_at),
        "status": order.status.value,
        "is_owed": order.is_owed,
        "payment": order.payment,
        "name": customer.name,
        "email": customer.email,
        "address": export.street(order),
        **{name: export.part(order, name) for name in ("town", "region", "postcode", "country")},
        "note": customer.note,
        "currency": order.sums.total.currency,
        "subtotal_minor": order.sums.subtotal.minor,
        "discount_minor": order.sums.discount.minor,
        "coupon": order.sums.coupon,
        "shipping_minor": order.sums.shipping.minor,
        "total_minor": order.sums.total.minor,
        "vat_minor": export.vat(order).minor,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price.minor,
                "total_minor": line.total.minor,
            }
            for line in order.lines
        ],
        "history": [
            {
                "status": step.status.value,
                "at": export.utc(step.at),
                "by": step.by,
                "note": step.note,
                "tracking": step.tracking,
            }
            for step in order.history
        ],
    }


def _json_lines(orders: Iterable[Order]) -> Iterator[str]:
    # An array with one order in each line, so that a large shop's are never all in memory.
    before = "["
    for order in orders:
        yield f"{before}\n{json.dumps(_order_json(order), ensure_ascii=False)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _attempt_json(attempt: Kept) -> dict[str, Any]:
    return {
        "provider": attempt.provider,
        "key": attempt.key,
        "state": attempt.state.value,
        "amount_minor": attempt.amount.minor,
        "currency": attempt.amount.currency,
        "begun_at": export.utc(attempt.begun_at),
        "settled_at": export.utc(attempt.settled_at) if attempt.settled_at is not None else None,
    }


def _summary_json(order: Summary) -> dict[str, Any]:
    return {
        "reference": order.reference,
        "placed_at": export.utc(order.placed_at),
        "status": order.status.value,
        "is_owed": order.is_owed,
        "name": order.name,
        "email": order.email,
        "total_minor": order.total.minor,
        "currency": order.total.currency,
    }


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _standing(order: Order | Summary) -> str:
    is_sent_unpaid = order.status is Status.SENT and order.is_owed
    return "sent, not paid yet" if is_sent_unpaid else order.status.value


def _amount(amount: Money) -> str:
    return f"{export.decimal(amount)} {amount.currency}"


def _moments(time_zone: str) -> Callable[[int], str]:
    zone = ZoneInfo(time_zone)
    return lambda moment: datetime.fromtimestamp(moment, zone).strftime("%Y-%m-%d %H:%M")


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # there may be no name for the user of a container
        return "keeper"
