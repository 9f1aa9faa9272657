"""The `shop` command."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
import secrets
import socket
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import click
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from tqdm import tqdm

from shop import __version__
from shop.config import Settings, SettingsError, secret_file
from shop.core import catalogue_file, cookie
from shop.core.cart import Cart, Line
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused, FileRefused, ShopError
from shop.factory import catalogue_defaults, create_app
from shop.lab.encodings import budget_plot, budget_report
from shop.lab.header_limits import client
from shop.lab.header_limits import report as header_limits_report
from shop.server import Server
from shop.storage import catalogue, catalogue_import, schema
from shop.storage.engine import connect_to, reading, writing

DEMO_CURRENCY = "GBP"
DEMO_CATALOGUE = Path(__file__).parent / "demo" / "catalogue.csv"
MEASURED_AT = cookie.EPOCH + 28_200_000
"""When the carts that are measured were last changed: always then, so that the same orders give
the same figures."""
STAND_IN_KEY = "a key that signs nothing but measurements"


class Sentence(click.ClickException):
    """What an operator is told; the command ends with exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=True)


class Commands(click.Group):
    """Turns what the layers below raise into sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, ShopError) as problem:
            raise Sentence(str(problem)) from None
        except ArgumentError:
            raise Sentence("SHOP_DATABASE_URL is not an SQLAlchemy address.") from None
        except SQLAlchemyError as problem:
            reason = str(getattr(problem, "orig", problem)).strip()
            raise Sentence(f"The database did not do that: {reason}") from None


@click.group(cls=Commands, help="Crumb: a shop whose whole cart lives in one small signed cookie.")
@click.version_option(__version__, prog_name="shop")
def main() -> None:
    pass


@main.command()
def init() -> None:
    """Prepare a shop: secret keys, database, demo catalogue. Changes nothing that is there."""
    settings = _settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    if not settings.secret_keys:
        _create_secret(settings)
    engine = connect_to(settings.database_url)
    schema.migrate(engine)
    with reading(engine) as connection:
        is_stocked = catalogue.count(connection) > 0
    if not is_stocked and settings.currency != DEMO_CURRENCY:
        click.echo(
            f"There are no products yet: the demo catalogue is in {DEMO_CURRENCY}, and this shop "
            f"sells in {settings.currency}. Bring your own: shop import-catalogue FILE.csv"
        )
    elif not is_stocked:
        _take_over(engine, settings, DEMO_CATALOGUE)


@main.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Instead of SHOP_PORT.")
def serve(port: int | None) -> None:
    """Serve the shop with a production server until stopped."""
    settings = _settings()
    port = port or settings.port
    create_app(settings)  # so that a wrong setting is told here, once, and not by each worker
    _ready(settings)
    _check_port(settings.host, port)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    click.echo(f"Crumb is open at http://{shown}:{port} (stop with Ctrl+C)")
    Server(create_app, host=settings.host, port=port, workers=settings.workers).run()


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    schema.migrate(connect_to(_settings().database_url))
    click.echo("The database is up to date.")


@main.command("import-catalogue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_catalogue(file: Path) -> None:
    """Add and change products from a CSV FILE, by SKU: all of them, or none.

    Columns: sku, name, price, currency; optionally slug, description, category, vat_rate,
    stock, image, active.
    """
    settings = _settings()
    _take_over(_ready(settings), settings, file)


@main.command("export-catalogue")
def export_catalogue() -> None:
    """Write all products to standard output, as import-catalogue takes them."""
    settings = _settings()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with reading(_ready(settings)) as connection:
        exponent = catalogue_defaults(settings).exponent
        writer.writerows(catalogue_file.write(catalogue.everything(connection), exponent))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help="Draw what was measured as well.",
)
@click.option(
    "--catalogue",
    "goods_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Names and prices of this file, as import-catalogue takes it, not of the shop.",
)
def budget(file: Path, as_json: bool, plot: Path | None, goods_file: Path | None) -> None:
    """Pack every order of a CSV FILE (order, sku, quantity; may be .gz) into a cart cookie.

    Beside the shop's own, six other ways of keeping a cart are measured. With a --catalogue no
    database is needed, and the figures are the same wherever they are made.
    """
    settings = _settings()
    with _opened(file) as lines:
        orders = budget_report.read_orders(lines)
    goods = _goods(settings, goods_file)
    keys = settings.secret_keys or (STAND_IN_KEY,)
    sizes = budget_report.measure(orders, goods, keys=keys, now=MEASURED_AT)
    measured = list(tqdm(sizes, total=len(orders), unit=" orders", disable=None, leave=False))
    report = budget_report.report(orders, measured, goods)
    if plot:
        _write(plot, budget_plot.picture(orders, measured))
    click.echo(budget_report.as_json(report) if as_json else budget_report.as_text(report))


@main.command("limits", epilog=f"It makes {client.MOST_REQUESTS} requests at most.")
@click.option("--url", required=True, help="Address of a shop, with its path if it has one.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@click.option("--insecure", is_flag=True, help="Whatever its certificate, for a test set-up.")
def measure_limits(url: str, as_json: bool, insecure: bool) -> None:
    """Measure how large a header passes on the way to a shop and back, from here.

    Takes a minute at most, once the name is resolved, and needs no settings: only that address
    is asked, over HTTP/1.1.
    """
    try:
        deployment = client.Deployment.of(url, is_insecure=insecure)
    except ValueError as problem:
        raise Sentence(f"{url} is no address of a shop: {problem}.") from None
    with tqdm(total=client.MOST_REQUESTS, unit=" requests", disable=None, leave=False) as bar:
        try:
            measured = client.measure(deployment, bar.update)
        except client.NotMeasured as problem:
            raise Sentence(str(problem)) from None
    report = header_limits_report.by_command(
        measured.found,
        budget_bytes=measured.budget_bytes,
        request_bytes=measured.request_bytes,
        failed=measured.failed,
    )
    if as_json:
        requests = measured.requests
        click.echo(
            header_limits_report.as_json(
                measured.found, report, url=str(deployment), requests=requests
            )
        )
    else:
        click.echo(
            f"{deployment}, {measured.requests} requests\n\n{header_limits_report.as_text(report)}"
        )


@main.group("cookie")
def cookie_commands() -> None:
    """Make and read cart cookies, for demonstrations, tests and bug reports."""


@cookie_commands.command("make")
@click.argument("lines", metavar='"SKU*2,SKU"')
@click.option("--secure", is_flag=True, help="With the __Host- name that https has.")
@click.option("--aged", "aged_days", type=float, default=0.0, help="Days since its last change.")
def cookie_make(lines: str, secure: bool, aged_days: float) -> None:
    """Print name=value for a cart."""
    settings = _settings()
    wanted = [_wanted(line) for line in lines.split(",")]
    with reading(_ready(settings)) as connection:
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
        raise Sentence(f"That is no cart: {problem}.") from None
    name = cookie.SECURE_NAME if secure else cookie.NAME
    limit = settings.cart_budget_bytes
    click.echo(f"{name}={cookie.encode(cart, _keys(settings), name=name, limit_bytes=limit)}")


@cookie_commands.command("read")
@click.argument("value")
def cookie_read(value: str) -> None:
    """Print what a cookie says, or why it is refused. VALUE may begin with its name and =."""
    settings = _settings()
    match = re.fullmatch(r"(__Host-cart|cart)=(.*)", value, re.DOTALL)
    name, value = (match[1], match[2]) if match else (cookie.NAME, value)
    now = int(time.time())
    try:
        cart = cookie.decode(
            value, _keys(settings), now=now, max_age_seconds=settings.cart_max_age_seconds
        )
    except Expired as refusal:
        _describe(settings, name, value, refusal.cart, now)
        _refuse(refusal)
    except CookieRefused as refusal:
        _refuse(refusal)
    else:
        _describe(settings, name, value, cart, now)


def _settings() -> Settings:
    return Settings.from_environ(os.environ)


def _keys(settings: Settings) -> tuple[str, ...]:
    if not settings.secret_keys:
        raise Sentence("There are no secret keys: set SHOP_SECRET_KEYS, or run `shop init`.")
    return settings.secret_keys


def _create_secret(settings: Settings) -> None:
    path = secret_file(settings.instance)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")


def _ready(settings: Settings) -> Engine:
    engine = connect_to(settings.database_url)
    if not schema.is_current(engine):
        raise Sentence("The database is not migrated: run `shop migrate` first.")
    return engine


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Sentence(
                f"Port {port} of {host} cannot be used ({problem.strerror}). "
                "Choose another: make run PORT=9000"
            ) from None


def _goods(settings: Settings, file: Path | None) -> budget_report.Goods:
    if file is None:
        with reading(_ready(settings)) as connection:
            return budget_report.goods_of_shop(catalogue.everything(connection))
    with _opened(file) as lines:
        return budget_report.goods_of_file(catalogue_file.read(lines, catalogue_defaults(settings)))


def _take_over(engine: Engine, settings: Settings, file: Path) -> None:
    defaults = catalogue_defaults(settings)
    with _opened(file) as lines:
        rows = catalogue_file.read(lines, defaults)
    with writing(engine) as connection:
        done = catalogue_import.import_rows(connection, rows, defaults, int(time.time()))
        for _ in tqdm(done, total=len(rows), unit=" products", disable=None, leave=False):
            pass
    click.echo(f"{len(rows)} products of {file.name} are in the catalogue.")


@contextmanager
def _opened(file: Path) -> Iterator[Iterator[str]]:
    try:
        with file.open("rb") as raw:
            octets = gzip.GzipFile(fileobj=raw) if file.suffix == ".gz" else raw
            yield io.TextIOWrapper(octets, "utf-8-sig", newline="")
    except UnicodeDecodeError as problem:
        raise FileRefused([f"{file.name} is not UTF-8 text: {problem.reason}."]) from None
    except (OSError, EOFError, zlib.error) as problem:
        raise Sentence(f"{file.name} cannot be read: {problem}") from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as problem:
        raise Sentence(f"{file} cannot be written: {problem.strerror}.") from None


def _wanted(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.+?)(?:\*(\d{1,6}))?", text.strip())
    if match is None:
        raise Sentence('Write a cart as SKU*quantity with commas between: "MUG*2,PENCIL".')
    return match[1], int(match[2] or 1)


def _refuse(refusal: CookieRefused) -> NoReturn:
    click.echo(f"{type(refusal).__name__}: {refusal.reason}")
    raise SystemExit(1)


def _describe(settings: Settings, name: str, value: str, cart: Cart, now: int) -> None:
    anatomy = cookie.dissect(value, _keys(settings))
    engine = _ready(settings)
    with reading(engine) as connection:
        products = catalogue.snapshot(connection, [line.number for line in cart.lines])
    for line in cart.lines:
        product = products.get(line.number)
        said = f"{product.sku}  {product.name}" if product else "no longer in the catalogue"
        click.echo(f"{line.quantity:>7} x #{line.number}  {said}")
    age_days, rest = divmod(max(0, now - cart.changed_at), 86_400)
    click.echo(f"age      {age_days} days {rest // 3600} h {rest % 3600 // 60} min {rest % 60} s")
    click.echo(f"JSON     {anatomy.json}")
    form = {"j": "packed", "u": "packed for a link", "z": "deflated"}[anatomy.form]
    parts = {
        "name": len(name),
        "form": 1,
        form: len(anatomy.packed),
        "dot": 1,
        "signature": len(anatomy.signature),
    }
    said = ", ".join(f"{part} {count}" for part, count in parts.items())
    click.echo(f"bytes    {sum(parts.values())} of {settings.cart_budget_bytes}: {said}")


if __name__ == "__main__":
    main()
