"""`shop coupons add`, `list` and `end`: the rules that make orders cheaper."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import click
from babel.numbers import get_currency_precision

from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence
from shop.config import Settings
from shop.core import money
from shop.core.cart import MAX_COUPON
from shop.core.coupons import Coupon, Kind, code_of
from shop.core.money import Money
from shop.storage import coupons
from shop.storage.engine import reading, writing

MOST_USES = 2**31 - 1
"""What an integer column of PostgreSQL holds."""


@click.group("coupons")
def coupon_commands() -> None:
    """Add, list and end coupons."""


@coupon_commands.command()
@click.argument("code")
@click.option("--percent", metavar="RATE", help="Takes off this share, such as 12.5.")
@click.option("--amount", metavar="PRICE", help="Takes this much off the goods.")
@click.option("--free-shipping", is_flag=True, help="Charges no shipping.")
@click.option("--from", "from_", metavar="PRICE", default="0", help="The subtotal that it needs.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Its last day.")
@click.option("--uses", type=click.IntRange(1, MOST_USES), help="How many orders may have it.")
def add(
    code: str,
    percent: str | None,
    amount: str | None,
    free_shipping: bool,
    from_: str,
    until: datetime | None,
    uses: int | None,
) -> None:
    """Add a coupon with a CODE for shoppers to type. It takes one of the three things off."""
    if [percent is not None, amount is not None, free_shipping].count(True) != 1:
        raise Sentence("Give one of --percent, --amount and --free-shipping.")
    settings = settings_of_environment()
    coupon = Coupon(
        number=0,
        code=_code(code),
        kind=_kind(percent, amount),
        basis_points=0 if percent is None else _basis_points(percent),
        amount=_price("--amount", amount or "0", settings),
        from_subtotal=_price("--from", from_, settings),
        ends_at=None if until is None else _day_after(until, settings),
        most_uses=uses,
        uses=0,
    )
    if amount is not None and not coupon.amount.minor:
        raise Sentence("--amount: a coupon takes something off.")
    with writing(migrated_database(settings)) as connection:
        added = coupons.add(connection, coupon)
        if added.number > MAX_COUPON:
            raise Sentence(f"A cart can name {MAX_COUPON:,} coupons, and no more.")
    click.echo(f"Added: {_described(added, settings)}.")


@coupon_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def list_(as_json: bool) -> None:
    """List all coupons, ended ones too."""
    settings = settings_of_environment()
    with reading(migrated_database(settings)) as connection:
        everything = coupons.everything(connection)
    if as_json:
        found = [_json(coupon) for coupon in everything]
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for coupon in everything:
        click.echo(_described(coupon, settings))
    if not everything:
        click.echo("There are no coupons. `shop coupons add` makes one.")


@coupon_commands.command()
@click.argument("code")
def end(code: str) -> None:
    """End the coupon with this CODE now. Orders that have it stay as they are."""
    settings = settings_of_environment()
    with writing(migrated_database(settings)) as connection:
        ended = coupons.end(connection, _code(code), now=int(time.time()))
    click.echo(f"Ended: {_described(ended, settings)}.")


def _code(text: str) -> str:
    try:
        return code_of(text)
    except ValueError as problem:
        raise Sentence(f"{problem} Nothing was changed.") from None


def _kind(percent: str | None, amount: str | None) -> Kind:
    if percent is not None:
        return Kind.PERCENT
    return Kind.AMOUNT if amount is not None else Kind.FREE_SHIPPING


def _basis_points(text: str) -> int:
    try:
        points = Decimal(text.rstrip("% ")) * 100
    except InvalidOperation:
        points = Decimal(0)
    if not points.is_finite() or points != int(points) or not 1 <= points <= 10_000:
        raise Sentence("--percent: write a share from 0.01 to 100, with at most two decimals.")
    return int(points)


def _price(option: str, text: str, settings: Settings) -> Money:
    try:
        return money.parse(text, settings.currency, get_currency_precision(settings.currency))
    except ValueError as problem:
        raise Sentence(f"{option}: {problem}.") from None


def _day_after(day: datetime, settings: Settings) -> int:
    """The first moment after a day in the shop's time zone, in Unix seconds."""
    zone = ZoneInfo(settings.time_zone)
    moment = int((day + timedelta(days=1)).replace(tzinfo=zone).timestamp())
    if moment <= time.time():
        raise Sentence("--until: that day is over. Nothing was added.")
    return moment


def _described(coupon: Coupon, settings: Settings) -> str:
    said = [coupon.code, _taken(coupon)]
    if coupon.from_subtotal.minor:
        said.append(f"from {_amount(coupon.from_subtotal)} on")
    if coupon.ends_at is not None:
        last = datetime.fromtimestamp(coupon.ends_at - 1, ZoneInfo(settings.time_zone))
        said.append(f"until {last:%Y-%m-%d %H:%M}")
    most = "" if coupon.most_uses is None else f" of {coupon.most_uses}"
    said.append(f"used {coupon.uses}{most} times")
    return ", ".join(said)


def _taken(coupon: Coupon) -> str:
    if coupon.kind is Kind.PERCENT:
        return f"{Decimal(coupon.basis_points) / 100} %"
    return _amount(coupon.amount) if coupon.kind is Kind.AMOUNT else "free shipping"


def _amount(amount: Money) -> str:
    return f"{money.plain(amount, get_currency_precision(amount.currency))} {amount.currency}"


def _json(coupon: Coupon) -> dict[str, object]:
    ends_at = coupon.ends_at
    return {
        "code": coupon.code,
        "kind": coupon.kind.value,
        "basis_points": coupon.basis_points,
        "amount_minor": coupon.amount.minor,
        "from_minor": coupon.from_subtotal.minor,
        "currency": coupon.amount.currency,
        "ends_at": None if ends_at is None else datetime.fromtimestamp(ends_at, UTC).isoformat(),
        "most_uses": coupon.most_uses,
        "uses": coupon.uses,
    }
