"""Checks of the settings that only a library, or the rest of the shop, can judge."""

from __future__ import annotations

import ipaddress
import zoneinfo
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import urlsplit

import limits
from babel.numbers import get_currency_precision, is_currency
from limits.errors import ConfigurationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shop.config import Settings, SettingsError
from shop.mail.smtp import mail_server
from shop.providers import stripe_checkout
from shop.providers.pretend_bank.method import PretendBank
from shop.providers.stripe_checkout import amounts
from shop.web.checkout import postal
from shop.web.site import rate_limits

PACKAGES_FOR_TRACES = ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http")
"""The extra `traces` of pyproject.toml."""
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def check(settings: Settings) -> None:
    """Checks what only a library can judge. Raises SettingsError."""
    exponent = get_currency_precision(settings.currency)
    prices = {
        "SHOP_SHIPPING": settings.shipping,
        "SHOP_FREE_SHIPPING_FROM": settings.free_shipping_from,
    }
    problems = [
        f"{name}={price}: {settings.currency} has {exponent} decimals."
        for name, price in prices.items()
        if price is not None and price != round(price, exponent)
    ]
    problems += [
        f"SHOP_INSTANCE={settings.instance}: {place} is not a folder."
        for place in (settings.instance, *settings.instance.parents)
        if place.exists() and not place.is_dir()
    ]
    if not _is_database(settings.database_url):  # it may hold a password, and is not repeated
        problems.append(
            "SHOP_DATABASE_URL: write the SQLAlchemy URL of a SQLite or PostgreSQL database, such "
            "as sqlite:////var/lib/crumb/shop.sqlite3 or postgresql+psycopg://user@host/name."
        )
    if not is_currency(settings.currency):
        problems.append(f"SHOP_CURRENCY={settings.currency}: there is no such currency.")
    problems += [
        f"SHOP_COUNTRIES={','.join(settings.countries)}: there is no country {code}."
        for code in settings.countries
        if not postal.is_known(code)
    ]
    if settings.time_zone not in _time_zones():
        problems.append(f"SHOP_TIME_ZONE={settings.time_zone}: there is no such time zone.")
    for name, ratelimit in (
        ("SHOP_RATELIMIT", settings.ratelimit),
        ("SHOP_LIMITS_RATELIMIT", settings.limits_ratelimit),
    ):
        try:
            limits.parse_many(ratelimit)
        except ValueError:
            problems.append(f"{name}={ratelimit}: write a limit such as 120 per minute.")
    try:
        rate_limits.check_store(settings.ratelimit_storage)
    except (ConfigurationError, ValueError):  # it may hold a password, and is not repeated
        problems.append(
            "SHOP_RATELIMIT_STORAGE: write memory://, or the address of a server such as "
            "redis://localhost:6379 or valkey://localhost:6379."
        )
    if settings.traces and not _has_packages_for_traces():
        problems.append(
            f"SHOP_TRACES={settings.traces}: traces need packages that are not installed. Install "
            "them with `pip install 'crumb[traces]'`, or see docs/operate.md."
        )
    if PretendBank.code in settings.payments and not is_tried(settings):
        problems.append(
            f"SHOP_PAYMENTS={','.join(settings.payments)}: the pretend bank is for a shop that "
            "only this machine reaches. Elsewhere anybody could order without paying."
        )
    if settings.mail:
        try:
            mail_server(settings.mail)
        except ValueError as problem:  # it holds a password, and is not repeated
            problems.append(f"SHOP_MAIL: {problem}")
    if stripe_checkout.CODE in settings.payments:
        problems += _problems_of_stripe(settings)
    if settings.test_mode:
        problems += _problems_of_test_mode(settings)
    if problems:
        raise SettingsError(problems)


def _is_database(url: str) -> bool:
    try:
        return make_url(url).drivername in DRIVERS
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        return False


def _has_packages_for_traces() -> bool:
    # By their metadata: they are imported by server processes only.
    try:
        return all(map(distribution, PACKAGES_FOR_TRACES))
    except PackageNotFoundError:
        return False


@cache
def _time_zones() -> set[str]:
    return zoneinfo.available_timezones()  # it looks at every file of the database


def is_tried(settings: Settings) -> bool:
    """Whether its settings say that the shop is reached from its own machine only, so that nobody
    is sold anything: there a shopper may pay at the pretend bank."""
    return not any(_reach(settings).values())


def _reach(settings: Settings) -> dict[str, bool]:
    """Settings with their values, and whether others could reach the shop by what each says."""
    names = [urlsplit(f"//{name}").hostname or "" for name in settings.trusted_hosts]
    url_host = urlsplit(settings.url).hostname
    return {
        f"SHOP_HOST={settings.host}": not _is_loopback(settings.host),
        f"SHOP_TRUSTED_HOSTS={','.join(settings.trusted_hosts)}": not all(map(_is_loopback, names)),
        f"SHOP_TRUSTED_PROXIES={settings.trusted_proxies}": settings.trusted_proxies > 0,
        f"SHOP_CANONICAL_HOST={settings.canonical_host}": bool(settings.canonical_host),
        f"SHOP_URL={settings.url}": bool(url_host) and not _is_loopback(url_host or ""),
    }


def _problems_of_stripe(settings: Settings) -> list[str]:
    # The values are secret, and are not repeated.
    problems = []
    for variable, value, beginnings in (
        ("SHOP_STRIPE_KEY", settings.stripe_key, ("sk_", "rk_")),
        ("SHOP_STRIPE_SIGNING_SECRET", settings.stripe_signing_secret, ("whsec_",)),
    ):
        if not value:
            problems.append(f"{variable}: SHOP_PAYMENTS has stripe, which needs it.")
        elif not value.startswith(beginnings):
            problems.append(f"{variable}: it begins with {' or '.join(beginnings)} at Stripe.")
    at = urlsplit(settings.stripe_url)
    if at.scheme != "https" and not (at.scheme == "http" and _is_loopback(at.hostname or "")):
        problems.append("SHOP_STRIPE_URL: write an https address.")
    try:
        amounts.check_currency(settings.currency)
    except ValueError as problem:
        problems.append(f"SHOP_CURRENCY={settings.currency}: {problem}")
    return problems


def _problems_of_test_mode(settings: Settings) -> list[str]:
    reasons = [given for given, is_reached in _reach(settings).items() if is_reached]
    if urlsplit(settings.url).scheme == "https" and not reasons:
        reasons.append(f"SHOP_URL={settings.url}")
    if not settings.database_url.startswith("sqlite"):
        reasons.append("SHOP_DATABASE_URL")
    return [
        f"SHOP_TEST_MODE=on does not go with {given}: a test target serves a loopback address, "
        "without a proxy or https, and keeps its worlds in SQLite."
        for given in reasons
    ]


def _is_loopback(host: str) -> bool:
    try:
        return f".{host}".endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
