"""Assembles the app: the one place that knows the settings, the database and the pages."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision
from flask import Flask, request
from flask_babel import Babel
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from shop import secret_keys, setting_checks
from shop.config import Settings, SettingsError
from shop.core.money import Money
from shop.core.payment import ByInvoice, Payment, Payments
from shop.core.pricing import Rules
from shop.mail.composing import Sender
from shop.pdf.process import typesetter
from shop.providers import stripe_checkout
from shop.providers.pretend_bank import pages as pretend_bank
from shop.providers.pretend_bank.method import PretendBank
from shop.shop_file import reading as shop_file
from shop.shop_file.charges import Sale
from shop.shop_file.reading import ShopFile
from shop.storage.cached_catalogue import CachedCatalogue
from shop.storage.catalogue_files.rows import Defaults
from shop.storage.engine import Limits, connect_to
from shop.web.frame import canonical, errors, kept_responses, layout, seo, skeletons
from shop.web.frame.public_pages import Compressed
from shop.web.languages import addressing, catalogues, texts
from shop.web.languages.addressing import Languages
from shop.web.languages.language import language_of
from shop.web.pages import (
    about,
    cart,
    checkout,
    coupon,
    health,
    legal,
    order,
    other_carts,
    payment,
    personal,
    product,
    share,
)
from shop.web.site import assets, logs, security
from shop.web.site import shop as site_shop
from shop.web.site.shop import Shop

STATIC = Path(__file__).with_name("static")
DEFAULT_CATEGORY = "Everything else"


class ShopApp(Flask):
    """Flask, given that every view is a plain function."""

    def log_exception(self, exc_info: Any, *_: Any) -> None:
        """Logs an exception with its endpoint only: a path can hold the key to an order."""
        logging.getLogger("shop.errors").error(
            "broken", extra={"endpoint": request.endpoint}, exc_info=exc_info
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func  # Flask would check eight times a request whether it is a coroutine


def create_app(
    config: Settings | None = None, *, now: Callable[[], int] = lambda: int(time.time())
) -> Flask:
    """The shop as a WSGI application; `now` gives Unix seconds.

    Without a config it reads the environment. Raises SettingsError when a setting is wrong, or
    when there are no secret keys: a shop must not sign with a key that others know.
    """
    settings = config or Settings.from_environ(os.environ)
    if not settings.secret_keys:
        raise SettingsError(
            [
                "SHOP_SECRET_KEYS is not set and the instance folder holds no secret keys: "
                "set it to a key that `shop secret` prints, or run `shop init`, which keeps one."
            ]
        )
    setting_checks.check(settings)
    logs.register()
    if settings.test_mode:
        from shop.test_mode import joining  # loaded only where it is on

        app, limiter = _joined(settings, _shop(settings, joining.clock(now)))
        joining.join(app, settings.instance / "worlds")
    else:
        app, limiter = _joined(settings, _shop(settings, now))
    if settings.admin:
        from shop.admin import blueprints as admin  # loaded only where it is on

        admin.register(
            app,
            limiter,
            sender=mail_sender(settings),
            is_mail_in_files=not settings.mail,
            typesetter=typesetter(),
        )
    if settings.limits_lab:
        from shop.lab import blueprints  # half of the product's code: loaded only where it is on

        blueprints.register(app, limiter, settings.limits_ratelimit, partial(_unlimited, settings))
    if settings.metrics:
        from shop.metrics import counting  # loaded only where it is on

        counting.register(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.wsgi_app = logs.identifying(  # type: ignore[method-assign,assignment]
        app.wsgi_app,
        new_id=lambda: secrets.token_hex(16),  # as long as nginx's $request_id
        is_behind_proxy=settings.trusted_proxies > 0,
    )
    return app


def _joined(settings: Settings, shop: Shop) -> tuple[Flask, Limiter]:
    app = ShopApp("shop", static_folder=None, instance_path=str(settings.instance))
    app.config.update(_flask_config(settings))
    if not settings.traces:  # each trace shows the way of its own request
        kept_responses.register(app)
    site_shop.register(app, shop)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["shop_name"] = shop.words_in[shop.languages.own.tag].name
    Babel(
        app,
        default_timezone=settings.time_zone,
        locale_selector=lambda: texts.current().locale,
    )
    addressing.register(app, shop.languages)
    names_of_worlds = (".localhost",) if settings.test_mode else ()
    canonical.register(
        app,
        canonical_host=settings.canonical_host,
        trusted_hosts=(*settings.trusted_hosts, *names_of_worlds),
    )
    limiter = security.register(
        app,
        ratelimit=settings.ratelimit,
        ratelimit_storage=settings.ratelimit_storage,
        form_action_origins=shop.payments.form_action_origins,
    )
    errors.register(app)
    layout.register(app)
    skeletons.register(app)
    assets.register(app, STATIC, shop.words_in[shop.languages.own.tag].look)
    for module in (
        product,
        cart,
        other_carts,
        personal,
        share,
        about,
        legal,
        checkout,
        order,
        payment,
        seo,
        health,
    ):
        app.register_blueprint(module.blueprint)
    limiter.limit(order.FINDING_RATELIMIT, methods=["POST"])(order.finding)
    limiter.limit(coupon.RATELIMIT, methods=["POST"])(coupon.blueprint)
    for blueprint in (order.finding, coupon.blueprint):
        app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(payment.take)  # a provider signs its notices
    limiter.exempt(payment.take)
    if shop.payments.get(PretendBank.code):
        app.register_blueprint(pretend_bank.blueprint)
    return app, limiter


def _unlimited(settings: Settings, shop: Shop) -> Flask:
    # The shop's pages for the museum's own requests: without the laboratory and rate limits.
    app, _ = _joined(replace(settings, ratelimit_enabled=False), shop)
    return app


def rules(settings: Settings) -> Rules:
    """How the shop charges where its own file says nothing else, from its settings."""
    threshold = settings.free_shipping_from
    return Rules(
        currency=settings.currency,
        shipping=_money(settings.shipping, settings),
        free_shipping_from=None if threshold is None else _money(threshold, settings),
        shipping_vat_basis_points=settings.vat_basis_points,
        max_quantity=settings.max_quantity,
    )


def payments(settings: Settings) -> Payments:
    """The payment methods that the shop offers; register another one here."""
    if PretendBank.code in settings.payments or (
        not settings.payments and setting_checks.is_tried(settings)
    ):
        bank: tuple[Payment, ...] = (PretendBank(_strong(settings.secret_keys)),)
    else:
        bank = ()
    cards = (_stripe(settings),) if stripe_checkout.CODE in settings.payments else ()
    known = {method.code: method for method in (*bank, *cards, ByInvoice())}
    return Payments(tuple(known[code] for code in settings.payments or known))


def _stripe(settings: Settings) -> Payment:
    from shop.providers.stripe_checkout.method import StripeCheckout  # only where it is used

    return StripeCheckout(settings.stripe_key, settings.stripe_signing_secret, settings.stripe_url)


def mail_sender(settings: Settings) -> Sender:
    """Where the shop's mail comes from."""
    is_behind_proxy = settings.trusted_proxies > 0
    scheme = "https" if is_behind_proxy else "http"
    host = next(iter(settings.trusted_hosts), settings.host)
    if not is_behind_proxy:  # where nobody sees the port
        host = f"{host}:{settings.port}"
    host = settings.canonical_host or host
    own = settings.mail_from
    return Sender(settings.url or f"{scheme}://{host}", own, settings.mail_keeper or own)


def catalogue_defaults(settings: Settings) -> Defaults:
    """What an empty cell of a catalogue file means in this shop."""
    return Defaults(
        currency=settings.currency,
        exponent=get_currency_precision(settings.currency),
        category=DEFAULT_CATEGORY,
        vat_basis_points=settings.vat_basis_points,
    )


def database_limits(settings: Settings) -> Limits:
    """How much of the database a server process uses."""
    return Limits(
        wait_seconds=settings.database_wait_seconds,
        statement_seconds=settings.database_statement_seconds,
        connections=settings.database_connections,
    )


def _shop(settings: Settings, now: Callable[[], int]) -> Shop:
    engine = connect_to(settings.database_url, database_limits(settings))
    own = own_shop_file(settings)
    return Shop(
        words_in=own.words_in,
        engine=engine,
        catalogue=CachedCatalogue(engine),
        defaults=catalogue_defaults(settings),
        keys=settings.secret_keys,
        strong_keys=_strong(settings.secret_keys),
        rules_to=own.rules_to,
        payments=payments(settings),
        unpaid_seconds=settings.unpaid_seconds,
        languages=_languages(own),
        cart_max_age_seconds=settings.cart_max_age_seconds,
        cart_grace_seconds=settings.cart_grace_seconds,
        cart_budget_bytes=settings.cart_budget_bytes,
        countries=settings.countries,
        allow_test_email=settings.allow_test_email,
        page_size=settings.page_size,
        form_max_age_seconds=settings.form_max_age_seconds,
        cache_seconds=0 if settings.test_mode else settings.cache_seconds,  # whose pages change
        now=now,
        new_id=lambda: secrets.token_urlsafe(16),
    )


def own_shop_file(settings: Settings) -> ShopFile:
    """What the shop says of itself. Raises SettingsError with a sentence for each mistake."""
    exponent = get_currency_precision(settings.currency)
    try:
        return shop_file.read(
            settings.shop_file,
            Sale(rules(settings), exponent, settings.countries),
            language_of(_locale(settings)),
        )
    except shop_file.ShopFileRefused as refused:
        raise SettingsError(refused.problems) from None


def _languages(own: ShopFile) -> Languages:
    try:
        for language in own.languages:  # here once, and not in a page
            catalogues.read(language.catalogue)
    except catalogues.CatalogueRefused as refused:
        raise SettingsError([str(refused)]) from None
    return Languages(own.languages)


def _strong(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if secret_keys.weakness(key) is None)


def _locale(settings: Settings) -> Locale:
    try:
        return Locale.parse(settings.locale)
    except (UnknownLocaleError, ValueError):
        raise SettingsError(
            [f"SHOP_LOCALE={settings.locale}: write a locale such as en_GB or de_DE."]
        ) from None


def _flask_config(settings: Settings) -> dict[str, object]:
    first, *older = _strong(settings.secret_keys)
    return {
        "SECRET_KEY": first,
        "SECRET_KEY_FALLBACKS": older,
        # Flask-WTF knows of no older keys, but hands this to itsdangerous, which accepts several
        # and signs with the last: a form that is open while keys change still works.
        "WTF_CSRF_SECRET_KEY": [*reversed(older), first],
        "MAX_CONTENT_LENGTH": security.BODY_LIMIT_BYTES,
        "MAX_FORM_MEMORY_SIZE": security.BODY_LIMIT_BYTES,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_PATH": "/",
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_MIN_SIZE": 150,  # the smallest script gains from it, at 189 bytes
        "COMPRESS_ALGORITHM_STREAMING": ["br", "gzip"],
        "COMPRESS_STREAMING_ENDPOINT_CONDITIONAL": ["assets.show", "assets.favicon"],
        "COMPRESS_CACHE_BACKEND": Compressed,
        "COMPRESS_CACHE_KEY": Compressed.key,
        "WTF_CSRF_TIME_LIMIT": settings.form_max_age_seconds
        + security.LONGEST_TOKEN_AGE_SECONDS,  # so that a page with an old token has its whole life
        "WTF_CSRF_SSL_STRICT": False,  # some people send no Referer; the token is enough
        "RATELIMIT_ENABLED": settings.ratelimit_enabled and not settings.test_mode,
    }


def _money(amount: Decimal, settings: Settings) -> Money:
    minor = amount.scaleb(get_currency_precision(settings.currency))
    return Money(int(minor.to_integral_value()), settings.currency)
