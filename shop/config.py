"""Every setting of the shop: its environment variable, its default and its meaning.

`Settings.from_environ` reads them all and reports every problem at once. Nothing else in the
shop reads the environment.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shop.secret_keys import LEAST_CHARACTERS, file_in, kept_in, problems_of

SECONDS_A_DAY = 86_400
MAX_COOKIE_DAYS = 400
MOST_DAYS = 10_000
BROWSER_LIMIT_BYTES = 4096
SMALLEST_BUDGET_BYTES = 64
PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "::1/128"),
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    )
)
"""Loopback, and what no router of the internet forwards (RFC 1918, RFC 4193)."""
PAYMENT_CODES = ("invoice", "pretend-bank", "stripe")


class SettingsError(Exception):
    """The environment holds settings that the shop cannot run with; one sentence per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its default, its parser and its meaning to an operator."""

    variable: str
    default: str
    meaning: str
    parse: Callable[[str], Any]


def _listed(
    variable: str, default: str, meaning: str, parse: Callable[[str], Any]
) -> dict[str, Setting]:
    return {"setting": Setting(variable, default, meaning, parse)}


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path | None:
    return Path.cwd() / Path(value).expanduser() if value else None


def _days(value: str) -> int:
    try:
        seconds = Decimal(value) * SECONDS_A_DAY
    except ArithmeticError:
        raise ValueError("write a number of days, such as 30 or 0.5") from None
    if not seconds.is_finite() or not 0 <= seconds <= MOST_DAYS * SECONDS_A_DAY:
        raise ValueError(f"write a number of days from 0 to {MOST_DAYS}")
    return int(seconds)


def _seconds(value: str) -> float:
    if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", value, re.ASCII) is None or not float(value):
        raise ValueError("write a number of seconds, such as 5 or 0.5")
    return float(value)


def _life(value: str) -> int:
    seconds = _days(value)
    if not seconds:
        raise ValueError("write more than 0 days")
    return seconds


def _cart_life(value: str) -> int:
    seconds = _days(value)
    if seconds > MAX_COOKIE_DAYS * SECONDS_A_DAY:
        raise ValueError(
            f"at most {MAX_COOKIE_DAYS} days, because browsers shorten a longer one "
            "to that (RFC 6265bis, section 5.5)"
        )
    if not seconds:
        raise ValueError("a cart lives for at least a second")
    return seconds


def _whole(smallest: int, largest: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not smallest <= int(value) <= largest:
            raise ValueError(f"write a whole number from {smallest} to {largest}")
        return int(value)

    return parse


def _switch(value: str) -> bool:
    if value.lower() in ("on", "true", "yes", "1"):
        return True
    if value.lower() in ("off", "false", "no", "0"):
        return False
    raise ValueError("write on or off")


def _amount(value: str) -> Decimal:
    if re.fullmatch(r"\d{1,7}(\.\d{1,4})?", value, re.ASCII) is None:
        raise ValueError("write an amount such as 3.95")
    return Decimal(value)


def _threshold(value: str) -> Decimal | None:
    return None if value == "never" else _amount(value)


def _percent(value: str) -> int:
    if re.fullmatch(r"\d{1,2}(\.\d{1,2})?", value, re.ASCII) is None:
        raise ValueError("write a rate in percent, such as 20 or 5.5")
    return int(Decimal(value) * 100)


def _currency(value: str) -> str:
    if re.fullmatch(r"[A-Z]{3}", value, re.ASCII) is None:
        raise ValueError("write a currency code such as GBP")
    return value


def _countries(value: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(name.upper() for name in _names(value)))
    if not codes or any(re.fullmatch("[A-Z]{2}", code) is None for code in codes):
        raise ValueError("write two-letter country codes (ISO 3166), such as GB,IE")
    return codes


def _payments(value: str) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(_names(value)))
    if not set(codes) <= set(PAYMENT_CODES) or (value and not codes):
        raise ValueError(f"write some of {', '.join(PAYMENT_CODES)}, separated by commas")
    return codes


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _host(value: str) -> str:
    if value and not _is_host(value):
        raise ValueError("write a host name such as shop.example or shop.example:8443")
    return value.lower().removesuffix(":443").removesuffix(":80")


def _trusted_hosts(value: str) -> tuple[str, ...]:
    hosts = _names(value)
    if not hosts or not all(_is_host(host.removeprefix(".")) for host in hosts):
        raise ValueError("write host names, separated by commas, such as shop.example,127.0.0.1")
    return hosts


def _is_host(value: str) -> bool:
    """Whether this is a host name or IPv4 address, with or without a port."""
    name, _, port = value.partition(":")
    is_port = ":" not in value or (re.fullmatch(r"[1-9]\d{0,4}", port) and int(port) <= 65_535)
    return bool(_HOST_NAME.fullmatch(name) and is_port)


_LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"  # containers have names with underscores
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII | re.IGNORECASE)


def _address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        if _HOST_NAME.fullmatch(value) is None:
            raise ValueError("write an IP address or a host name, without a port") from None
    return value


def _private_address(value: str) -> tuple[str, int] | None:
    if not value:
        return None
    host, _, port = value.rpartition(":")
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        number = _whole(1, 65_535)(port)
    except ValueError:
        address, number = ipaddress.ip_address("0.0.0.0"), 0  # noqa: S104 - in no network below
    if not any(address in network for network in PRIVATE_NETWORKS):
        raise ValueError("write a loopback or private address and a port, such as 127.0.0.1:9464")
    return str(address), number


def _url(example: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and not _is_url(value):
            raise ValueError(f"write an address such as {example}")
        return value.rstrip("/")

    return parse


def _is_url(value: str) -> bool:
    if re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[^\s?#]*)?", value, re.ASCII) is None:
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that there is not, or half an IPv6 address
        return False


def _mailbox(value: str) -> str:
    name, _, host = value.partition("@")
    is_address = re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+", name) and _HOST_NAME.fullmatch(
        host
    )
    if value and not is_address:
        raise ValueError("write an email address such as orders@shop.example")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings, parsed. Times are seconds, rates basis points, amounts major units."""

    instance: Path = field(
        metadata=_listed(
            "SHOP_INSTANCE",
            "instance",
            "Folder for the database and the secret keys, relative to the working directory",
            Path,
        )
    )
    database_url: str = field(
        metadata=_listed(
            "SHOP_DATABASE_URL",
            "",
            "SQLAlchemy URL of a SQLite or PostgreSQL database; if empty, `shop.sqlite3` in the "
            "instance folder",
            _text,
        ),
        repr=False,  # either URL may hold a password
    )
    database_connections: int = field(
        metadata=_listed(
            "SHOP_DATABASE_CONNECTIONS",
            "10",
            "The most connections that each server process opens to PostgreSQL, not counting one "
            "that only watches for changes",
            _whole(1, 1000),
        )
    )
    database_wait_seconds: float = field(
        metadata=_listed(
            "SHOP_DATABASE_WAIT_SECONDS",
            "5",
            "How long a page waits for a lock in the database, or for a connection, before it says "
            "that the shop needs a moment",
            _seconds,
        )
    )
    database_statement_seconds: float = field(
        metadata=_listed(
            "SHOP_DATABASE_STATEMENT_SECONDS",
            "10",
            "How long PostgreSQL may take for one statement of a page",
            _seconds,
        )
    )
    secret_keys: tuple[str, ...] = field(
        metadata=_listed(
            "SHOP_SECRET_KEYS",
            "",
            "Secret keys, separated by commas: the first signs and must have at least "
            f"{LEAST_CHARACTERS} characters; all are accepted. If empty, they are read "
            "from the file `secret-keys` in the instance folder, which `make run` creates",
            _names,
        ),
        repr=False,
    )
    shop_file: Path | None = field(
        metadata=_listed(
            "SHOP_FILE",
            "",
            "File in which the shop says what is its own, such as its name; if empty, `shop.toml` "
            "in the instance folder, if there is one",
            _path,
        )
    )
    host: str = field(metadata=_listed("SHOP_HOST", "127.0.0.1", "Address to listen on", _address))
    port: int = field(metadata=_listed("SHOP_PORT", "8000", "Port to listen on", _whole(1, 65_535)))
    workers: int = field(
        metadata=_listed("SHOP_WORKERS", "2", "Number of server processes", _whole(1, 64))
    )
    metrics: tuple[str, int] | None = field(
        metadata=_listed(
            "SHOP_METRICS",
            "",
            "Loopback or private address and port where `shop serve` has metrics for Prometheus, "
            "such as `127.0.0.1:9464`; if empty, there are none; see `docs/operate.md`",
            _private_address,
        )
    )
    traces: str = field(
        metadata=_listed(
            "SHOP_TRACES",
            "",
            "Address of an OpenTelemetry collector that takes OTLP over HTTP, such as "
            "`http://127.0.0.1:4318`, to which `shop serve` sends traces; if empty, there are "
            "none; see `docs/operate.md`",
            _url("http://127.0.0.1:4318"),
        )
    )
    trusted_hosts: tuple[str, ...] = field(
        metadata=_listed(
            "SHOP_TRUSTED_HOSTS",
            "127.0.0.1,localhost",
            "Host names and IPv4 addresses that the shop responds to; any other gets 400",
            _trusted_hosts,
        )
    )
    canonical_host: str = field(
        metadata=_listed(
            "SHOP_CANONICAL_HOST",
            "",
            "The shop's only host name, instead of `SHOP_TRUSTED_HOSTS`: pages at any other name "
            "are redirected to it, and a cart there can be carried over; see below",
            _host,
        )
    )
    trusted_proxies: int = field(
        metadata=_listed(
            "SHOP_TRUSTED_PROXIES",
            "0",
            "Number of proxies in front of the shop whose X-Forwarded-For and X-Forwarded-Proto "
            "headers are trusted",
            _whole(0, 10),
        )
    )
    cart_max_age_seconds: int = field(
        metadata=_listed(
            "SHOP_CART_MAX_AGE_DAYS",
            "30",
            "How many days a cart lives after its last change or a later look at it, at most 400",
            _cart_life,
        )
    )
    cart_grace_seconds: int = field(
        metadata=_listed(
            "SHOP_CART_GRACE_DAYS",
            "3",
            "How many days an expired cart can still be restored",
            _days,
        )
    )
    cart_budget_bytes: int = field(
        metadata=_listed(
            "SHOP_CART_BUDGET_BYTES",
            "4096",
            "The most bytes of name + value that the cart cookie may take; lower it behind some "
            "proxies, see below",
            _whole(SMALLEST_BUDGET_BYTES, BROWSER_LIMIT_BYTES),
        )
    )
    max_quantity: int = field(
        metadata=_listed(
            "SHOP_MAX_QUANTITY",
            "99",
            "The most items of one product in a cart",
            _whole(1, 999_999),
        )
    )
    currency: str = field(
        metadata=_listed("SHOP_CURRENCY", "GBP", "The shop's only currency", _currency)
    )
    locale: str = field(
        metadata=_listed("SHOP_LOCALE", "en_GB", "Locale for money and dates", _text)
    )
    time_zone: str = field(
        metadata=_listed(
            "SHOP_TIME_ZONE", "Europe/London", "Time zone that dates are shown in", _text
        )
    )
    shipping: Decimal = field(
        metadata=_listed("SHOP_SHIPPING", "3.95", "Flat shipping price", _amount)
    )
    free_shipping_from: Decimal | None = field(
        metadata=_listed(
            "SHOP_FREE_SHIPPING_FROM",
            "40",
            "Subtotal from which shipping is free, or `never`",
            _threshold,
        )
    )
    vat_basis_points: int = field(
        metadata=_listed(
            "SHOP_VAT_RATE",
            "20",
            "VAT rate in percent, included in shipping and in products that state no rate",
            _percent,
        )
    )
    countries: tuple[str, ...] = field(
        metadata=_listed(
            "SHOP_COUNTRIES",
            "GB,AU,BE,CA,FR,DE,IE,IT,JP,NL,ES,US",
            "Countries that the shop delivers to, as ISO 3166 codes, in the order in which the "
            "checkout lists them; the first is preselected",
            _countries,
        )
    )
    payments: tuple[str, ...] = field(
        metadata=_listed(
            "SHOP_PAYMENTS",
            "",
            "How orders can be paid, in the order in which the checkout lists it: `invoice`, "
            "`pretend-bank`, `stripe`. If empty, `invoice`, and before it `pretend-bank` where "
            "only this machine reaches the shop",
            _payments,
        )
    )
    stripe_key: str = field(
        metadata=_listed(
            "SHOP_STRIPE_KEY", "", "Secret or restricted key of Stripe, for `stripe`", _text
        ),
        repr=False,
    )
    stripe_signing_secret: str = field(
        metadata=_listed(
            "SHOP_STRIPE_SIGNING_SECRET",
            "",
            "Signing secret of the endpoint to which Stripe sends its events",
            _text,
        ),
        repr=False,
    )
    stripe_url: str = field(
        metadata=_listed(
            "SHOP_STRIPE_URL",
            "https://api.stripe.com",
            "Where Stripe is asked; another address is for a stub of it",
            _text,
        )
    )
    unpaid_seconds: int = field(
        metadata=_listed(
            "SHOP_UNPAID_DAYS",
            "1",
            "After how many days an order is cancelled whose payment at a bank never came",
            _life,
        )
    )
    allow_test_email: bool = field(
        metadata=_listed(
            "SHOP_ALLOW_TEST_EMAIL",
            "off",
            "Whether to accept email addresses at domains for testing only, such as "
            "`example.test` or `localhost`",
            _switch,
        )
    )
    url: str = field(
        metadata=_listed(
            "SHOP_URL",
            "",
            "Address of the shop in its mail, such as `https://shop.example`; if empty, made of "
            "the canonical host, or of the first trusted host, and the port if no proxy is in "
            "front",
            _url("https://shop.example"),
        )
    )
    mail: str = field(
        metadata=_listed(
            "SHOP_MAIL",
            "",
            "Mail server, such as `smtp://user:password@mail.example:587` or `smtps://…`; if "
            "empty, mail is written to files in the folder `mail` of the instance folder",
            _text,
        ),
        repr=False,
    )
    send_mail: bool = field(
        metadata=_listed(
            "SHOP_SEND_MAIL",
            "on",
            "Whether `shop serve` sends mail and cancels unpaid orders by itself; without it, run "
            "`shop mail send` and `shop orders cancel-unpaid`",
            _switch,
        )
    )
    mail_from: str = field(
        metadata=_listed(
            "SHOP_MAIL_FROM", "shop@localhost", "Address that the shop's mail comes from", _mailbox
        )
    )
    mail_keeper: str = field(
        metadata=_listed(
            "SHOP_MAIL_KEEPER",
            "",
            "Address that learns of new orders; if empty, that of `SHOP_MAIL_FROM`",
            _mailbox,
        )
    )
    cache_seconds: int = field(
        metadata=_listed(
            "SHOP_CACHE_SECONDS",
            "0",
            "How many seconds a shared cache, such as nginx, may keep the home page, lists, "
            "products and legal pages; see below",
            _whole(0, 3600),
        )
    )
    page_size: int = field(
        metadata=_listed("SHOP_PAGE_SIZE", "12", "Products on each page of a list", _whole(1, 96))
    )
    form_max_age_seconds: int = field(
        metadata=_listed(
            "SHOP_FORM_MAX_AGE_DAYS",
            "1",
            "How many days a page may stay open before its form is refused",
            _life,
        )
    )
    ratelimit_enabled: bool = field(
        metadata=_listed(
            "SHOP_RATELIMIT_ENABLED", "on", "Whether POST requests are rate limited", _switch
        )
    )
    ratelimit: str = field(
        metadata=_listed(
            "SHOP_RATELIMIT", "120 per minute", "The most POST requests from one IP address", _text
        )
    )
    ratelimit_storage: str = field(
        metadata=_listed(
            "SHOP_RATELIMIT_STORAGE",
            "memory://",
            "Where requests are counted: `memory://`, separately in each process, or a server "
            "that they share, such as `redis://localhost:6379` or `valkey://localhost:6379`; see "
            "below",
            _text,
        ),
        repr=False,
    )
    test_mode: bool = field(
        metadata=_listed(
            "SHOP_TEST_MODE",
            "off",
            "Whether the shop is a target for tests: worlds, a clock that moves, faults and a JSON "
            "API, without rate limits; on a loopback address only, without https",
            _switch,
        )
    )
    admin: bool = field(
        metadata=_listed(
            "SHOP_ADMIN",
            "on",
            "Whether keepers can sign in at `/admin`, to see orders and move them on, and to edit "
            "products",
            _switch,
        )
    )
    limits_lab: bool = field(
        metadata=_listed(
            "SHOP_LIMITS_LAB",
            "on",
            "Whether the cookie-limits laboratory is served at `/limits`",
            _switch,
        )
    )
    limits_ratelimit: str = field(
        metadata=_listed(
            "SHOP_LIMITS_RATELIMIT",
            "6000 per minute",
            "The most requests from one IP address to the laboratory; a page view counts as "
            "20, and a run of all cases as about 900",
            _text,
        )
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Reads all settings. Raises SettingsError with a sentence for each that is wrong.

        An empty variable counts as missing. Secret keys that are not in the environment are read
        from the instance folder, where there may be none.
        """
        values: dict[str, Any] = {}
        problems = []
        for name, setting in SETTINGS.items():
            text = environ.get(setting.variable, "").strip() or setting.default
            try:
                values[name] = setting.parse(text)
            except ValueError as error:
                problems.append(f"{setting.variable}={text}: {error}.")
        values["instance"] = Path.cwd() / values["instance"].expanduser()
        values["shop_file"] = values["shop_file"] or _kept_file(values["instance"])
        file = None if values["secret_keys"] else file_in(values["instance"])
        values["secret_keys"] = values["secret_keys"] or kept_in(values["instance"])
        problems += problems_of(values["secret_keys"], file)
        if problems:
            raise SettingsError(problems)
        values["database_url"] = values["database_url"] or _sqlite_url(values["instance"])
        return cls(**values)


SETTINGS: dict[str, Setting] = {
    setting.name: setting.metadata["setting"] for setting in fields(Settings)
}
"""All settings, by the name of their field."""


def _kept_file(instance: Path) -> Path | None:
    file = instance / "shop.toml"
    return file if file.exists() else None


def _sqlite_url(instance: Path) -> str:
    return f"sqlite:///{instance / 'shop.sqlite3'}"
