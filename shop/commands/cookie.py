"""`shop cookie make` and `shop cookie read`."""

from __future__ import annotations

import re
import time
from typing import NoReturn

import click

from shop.commands.own_shop import migrated_database, secret_keys, settings_of_environment
from shop.commands.terminal import Sentence
from shop.config import Settings
from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused
from shop.core.packing import integers
from shop.storage import catalogue
from shop.storage.engine import reading


@click.group("cookie")
def cookie_commands() -> None:
    """Make and read cart cookies for demonstrations, tests and bug reports."""


@cookie_commands.command("make")
@click.argument("lines", metavar='"SKU*2,SKU"')
@click.option("--secure", is_flag=True, help="Use the __Host- name, as on https.")
@click.option("--aged", "aged_days", type=float, default=0.0, help="Days since its last change.")
def cookie_make(lines: str, secure: bool, aged_days: float) -> None:
    """Print name=value for a cart."""
    settings = settings_of_environment()
    wanted = [_wanted(line) for line in lines.split(",")]
    with reading(migrated_database(settings)) as connection:
        products = catalogue.by_skus(connection, [sku for sku, _ in wanted])
    unknown = [sku for sku, _ in wanted if sku not in products]
    if unknown:
        raise Sentence(f"No product has the SKU {unknown[0]}.")
    try:
        cart = Cart(
            tuple(Line(products[sku].number, quantity) for sku, quantity in wanted),
            int(time.time() - aged_days * 86_400),
        )
    except (ValueError, OverflowError) as problem:
        raise Sentence(f"This is not a cart: {problem}.") from None
    name = cookie.SECURE_NAME if secure else cookie.NAME
    limit = settings.cart_budget_bytes
    click.echo(f"{name}={cookie.encode(cart, secret_keys(settings), name=name, limit_bytes=limit)}")


@cookie_commands.command("read")
@click.argument("value")
def cookie_read(value: str) -> None:
    """Print what a cookie holds, or why it is refused. VALUE may start with its name and =."""
    settings = settings_of_environment()
    match = re.fullmatch(r"(__Host-cart|cart)=(.*)", value, re.DOTALL)
    name, value = (match[1], match[2]) if match else (cookie.NAME, value)
    now = int(time.time())
    try:
        cart = cookie.decode(
            value, secret_keys(settings), now=now, max_age_seconds=settings.cart_max_age_seconds
        )
    except Expired as refusal:
        _describe(settings, name, value, refusal.cart, now)
        _refuse(refusal)
    except CookieRefused as refusal:
        _refuse(refusal)
    else:
        _describe(settings, name, value, cart, now)


def _wanted(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.+?)(?:\*(\d{1,6}))?", text.strip())
    if match is None:
        raise Sentence('Write a cart as SKU*quantity, separated by commas: "MUG*2,PENCIL".')
    return match[1], int(match[2] or 1)


def _refuse(refusal: CookieRefused) -> NoReturn:
    click.echo(f"{type(refusal).__name__}: {refusal.reason}")
    raise SystemExit(1)


def _describe(settings: Settings, name: str, value: str, cart: Cart, now: int) -> None:
    anatomy = cookie.dissect(value, secret_keys(settings))
    engine = migrated_database(settings)
    with reading(engine) as connection:
        products = catalogue.snapshot(connection, [line.number for line in cart.lines])
    for line in cart.lines:
        product = products.get(line.number)
        said = f"{product.sku}  {product.name}" if product else "no longer in the catalogue"
        click.echo(f"{line.quantity:>7} x #{line.number}  {said}")
    age_days, rest = divmod(max(0, now - cart.changed_at), 86_400)
    click.echo(f"age      {age_days} days {rest // 3600} h {rest % 3600 // 60} min {rest % 60} s")
    click.echo(f"JSON     {anatomy.json}")
    is_deflated = anatomy.form in ("z", integers.DEFLATED)
    parts = {
        "name": len(name),
        "coupon": len(anatomy.coupon),
        "form": len(anatomy.form),
        "deflated" if is_deflated else "packed": len(anatomy.packed),
        "dot": len(anatomy.separator),
        "signature": len(anatomy.signature),
    }
    said = ", ".join(f"{part} {count}" for part, count in parts.items() if count)
    click.echo(f"bytes    {sum(parts.values())} of {settings.cart_budget_bytes}: {said}")
