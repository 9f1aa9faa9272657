from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from shop.config import SETTINGS, Settings, SettingsError
from shop.factory import create_app
from shop.secret_keys import file_in
from tests.conftest import KEY

DAY = 86_400


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environ({"SHOP_INSTANCE": str(tmp_path), **environ})


def test_every_setting_is_read_from_its_own_variable() -> None:
    assert list(SETTINGS) == [field.name for field in fields(Settings)]
    assert len({setting.variable for setting in SETTINGS.values()}) == len(SETTINGS)


def test_an_empty_environment_gives_the_defaults(tmp_path: Path) -> None:
    assert settings(tmp_path) == Settings(
        instance=tmp_path,
        database_url=f"sqlite:///{tmp_path}/shop.sqlite3",
        database_connections=10,
        database_wait_seconds=5,
        database_statement_seconds=10,
        secret_keys=(),
        shop_file=None,
        host="127.0.0.1",
        port=8000,
        workers=2,
        metrics=None,
        traces="",
        trusted_hosts=("127.0.0.1", "localhost"),
        canonical_host="",
        trusted_proxies=0,
        cart_max_age_seconds=30 * DAY,
        cart_grace_seconds=3 * DAY,
        cart_budget_bytes=4096,
        max_quantity=99,
        currency="GBP",
        locale="en_GB",
        time_zone="Europe/London",
        shipping=Decimal("3.95"),
        free_shipping_from=Decimal("40"),
        vat_basis_points=2000,
        countries=("GB", "AU", "BE", "CA", "FR", "DE", "IE", "IT", "JP", "NL", "ES", "US"),
        payments=(),
        stripe_key="",
        stripe_signing_secret="",
        stripe_url="https://api.stripe.com",
        unpaid_seconds=DAY,
        allow_test_email=False,
        url="",
        mail="",
        send_mail=True,
        mail_from="shop@localhost",
        mail_keeper="",
        cache_seconds=0,
        page_size=12,
        form_max_age_seconds=DAY,
        ratelimit_enabled=True,
        ratelimit="120 per minute",
        ratelimit_storage="memory://",
        test_mode=False,
        admin=True,
        limits_lab=True,
        limits_ratelimit="6000 per minute",
    )


@pytest.mark.parametrize(
    ("variable", "text", "field", "value"),
    [
        pytest.param(
            "SHOP_CART_MAX_AGE_DAYS", "400", "cart_max_age_seconds", 400 * DAY, id="the longest"
        ),
        pytest.param(
            "SHOP_CART_MAX_AGE_DAYS", "0.5", "cart_max_age_seconds", DAY // 2, id="half a day"
        ),
        pytest.param("SHOP_CART_GRACE_DAYS", "0", "cart_grace_seconds", 0, id="no grace"),
        pytest.param("SHOP_CART_BUDGET_BYTES", "64", "cart_budget_bytes", 64, id="least budget"),
        pytest.param(
            "SHOP_MAX_QUANTITY", "999999", "max_quantity", 999_999, id="the largest quantity"
        ),
        pytest.param("SHOP_SHIPPING", "0", "shipping", Decimal(0), id="no shipping"),
        pytest.param("SHOP_FREE_SHIPPING_FROM", "never", "free_shipping_from", None, id="never"),
        pytest.param("SHOP_VAT_RATE", "5.5", "vat_basis_points", 550, id="a fractional rate"),
        pytest.param("SHOP_RATELIMIT_ENABLED", "Off", "ratelimit_enabled", False, id="off"),
        pytest.param("SHOP_RATELIMIT_ENABLED", "1", "ratelimit_enabled", True, id="on"),
        pytest.param("SHOP_ADMIN", "off", "admin", False, id="no admin"),
        pytest.param("SHOP_LIMITS_LAB", "off", "limits_lab", False, id="no laboratory"),
        pytest.param("SHOP_COUNTRIES", "ie, GB,,ie", "countries", ("IE", "GB"), id="countries"),
        pytest.param("SHOP_ALLOW_TEST_EMAIL", "on", "allow_test_email", True, id="test domains"),
        pytest.param("SHOP_SECRET_KEYS", f" {KEY}, b ,,", "secret_keys", (KEY, "b"), id="two keys"),
        pytest.param(
            "SHOP_CANONICAL_HOST",
            "Shop.Example:8443",
            "canonical_host",
            "shop.example:8443",
            id="a host with a port",
        ),
        pytest.param(
            "SHOP_CANONICAL_HOST",
            "shop.example:443",
            "canonical_host",
            "shop.example",
            id="a host with the usual port",
        ),
        pytest.param("SHOP_PORT", "  ", "port", 8000, id="empty counts as absent"),
        pytest.param("SHOP_DATABASE_URL", "sqlite://", "database_url", "sqlite://", id="database"),
    ],
)
def test_a_variable_is_parsed(
    tmp_path: Path, variable: str, text: str, field: str, value: object
) -> None:
    assert getattr(settings(tmp_path, **{variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        pytest.param("SHOP_CART_MAX_AGE_DAYS", "400.01", id="longer than browsers keep"),
        pytest.param("SHOP_CART_MAX_AGE_DAYS", "0", id="no lifetime"),
        pytest.param("SHOP_CART_MAX_AGE_DAYS", "0.000001", id="less than a second"),
        pytest.param("SHOP_CART_MAX_AGE_DAYS", "-1", id="a negative lifetime"),
        pytest.param("SHOP_CART_GRACE_DAYS", "three", id="days in words"),
        pytest.param("SHOP_URL", "shop.example", id="an address without a scheme"),
        pytest.param("SHOP_MAIL_FROM", "Bea <bea@shop.example>", id="a name in an address"),
        pytest.param("SHOP_CART_GRACE_DAYS", "nan", id="not a number of days"),
        pytest.param("SHOP_CART_GRACE_DAYS", "inf", id="days without end"),
        pytest.param("SHOP_CART_BUDGET_BYTES", "4097", id="more than browsers keep"),
        pytest.param("SHOP_CART_BUDGET_BYTES", "63", id="less than a cart"),
        pytest.param("SHOP_CANONICAL_HOST", "https://shop.example", id="an address as a host"),
        pytest.param("SHOP_CANONICAL_HOST", "shop.example/", id="a host with a slash"),
        pytest.param("SHOP_DATABASE_WAIT_SECONDS", "0", id="no wait for the database"),
        pytest.param("SHOP_DATABASE_STATEMENT_SECONDS", "a minute", id="seconds in words"),
        pytest.param("SHOP_DATABASE_CONNECTIONS", "0", id="no connection to the database"),
        pytest.param("SHOP_PORT", "0", id="port 0"),
        pytest.param("SHOP_PORT", "65536", id="port too high"),
        pytest.param("SHOP_PORT", "８０", id="digits of another script"),
        pytest.param("SHOP_PORT", "9" * 5000, id="5000 digits"),
        pytest.param("SHOP_MAX_QUANTITY", "1000000", id="more than a cart can express"),
        pytest.param("SHOP_CURRENCY", "gbp", id="currency in lower case"),
        pytest.param("SHOP_SHIPPING", "3,95", id="amount with a comma"),
        pytest.param("SHOP_SHIPPING", "-1", id="negative amount"),
        pytest.param("SHOP_FREE_SHIPPING_FROM", "always", id="no threshold"),
        pytest.param("SHOP_VAT_RATE", "100", id="VAT of 100 %"),
        pytest.param("SHOP_RATELIMIT_ENABLED", "maybe", id="neither on nor off"),
        pytest.param("SHOP_COUNTRIES", "GB,Ireland", id="a country by name"),
        pytest.param("SHOP_COUNTRIES", ",", id="no country"),
        pytest.param("SHOP_ALLOW_TEST_EMAIL", "sometimes", id="neither on nor off for email"),
        pytest.param("SHOP_LIMITS_LAB", "perhaps", id="neither on nor off"),
    ],
)
def test_an_invalid_value_is_reported_with_its_variable(
    tmp_path: Path, variable: str, text: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, **{variable: text})
    [problem] = refused.value.problems
    assert problem.startswith(f"{variable}={text}: ")


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SHOP_PORT=x: .*\nSHOP_CURRENCY=y: "):
        settings(tmp_path, SHOP_CURRENCY="y", SHOP_PORT="x")


def test_keys_are_read_from_the_instance_folder_without_the_variable(tmp_path: Path) -> None:
    other = KEY[::-1]
    file_in(tmp_path).write_text(f"{other}\n\n old \n", "ascii")
    assert settings(tmp_path).secret_keys == (other, "old")
    assert settings(tmp_path, SHOP_SECRET_KEYS=KEY).secret_keys == (KEY,)


def test_a_weak_signing_key_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, SHOP_SECRET_KEYS=f"hush-hush,{KEY}")
    [problem] = refused.value.problems
    assert "SHOP_SECRET_KEYS: the first key, which signs, has 9 characters." in problem
    assert "at least 32 characters" in problem
    assert "`shop secret`" in problem
    assert "hush" not in problem
    assert KEY not in problem


def test_a_weak_signing_key_in_the_instance_folder_is_refused(tmp_path: Path) -> None:
    file_in(tmp_path).write_text("k" * 43, "ascii")
    with pytest.raises(SettingsError, match=r"secret-keys: the first key.*on a line above"):
        settings(tmp_path)


def test_secrets_are_not_in_the_repr(tmp_path: Path) -> None:
    given = settings(
        tmp_path,
        SHOP_SECRET_KEYS=KEY,
        SHOP_DATABASE_URL="postgresql+psycopg://shop:hush@localhost/shop",
        SHOP_RATELIMIT_STORAGE="redis://:hush@localhost:6379",
    )
    assert KEY not in repr(given)
    assert "hush" not in repr(given)


@pytest.mark.parametrize(
    ("text", "instance"),
    [
        pytest.param("", Path.cwd() / "instance", id="default"),
        pytest.param("elsewhere", Path.cwd() / "elsewhere", id="below the working directory"),
        pytest.param("~/shop", Path.home() / "shop", id="below home"),
    ],
)
def test_instance_folder_paths(text: str, instance: Path) -> None:
    environ = {"SHOP_INSTANCE": text, "SHOP_SECRET_KEYS": KEY}
    assert Settings.from_environ(environ).instance == instance


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SHOP_TIME_ZONE", "Nope/Nowhere"),
        ("SHOP_RATELIMIT", "lots"),
        ("SHOP_LIMITS_RATELIMIT", "many"),
        ("SHOP_RATELIMIT_STORAGE", "foo://"),
        ("SHOP_SHIPPING", "3.955"),
        ("SHOP_CURRENCY", "ZZZ"),
        ("SHOP_LOCALE", "xx-nope"),
        ("SHOP_COUNTRIES", "GB,ZZ"),
        ("SHOP_COUNTRIES", "QQ"),
        ("SHOP_SECRET_KEYS", ","),
    ],
)
def test_values_that_only_a_library_can_check_are_refused_at_startup(
    tmp_path: Path, variable: str, value: str
) -> None:
    environ = {"SHOP_SECRET_KEYS": KEY, "SHOP_INSTANCE": str(tmp_path), variable: value}
    with pytest.raises(SettingsError, match=variable):
        create_app(Settings.from_environ(environ))
