"""What `shop demo` and `shop serve` say when they start, and who may sign in at the admin then."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from shop.cli import main
from shop.commands import demo_shop, serve
from shop.commands.demo_shop import KEEPER, PASSWORD
from shop.config import SETTINGS
from tests.conftest import KEY, OpenShop
from tests.integration.client import LintingClient
from tests.integration.keepers import EMAIL, add_keeper, signs_in, with_codes


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Flask]]:
    """The apps of the servers that a test starts, which serve nobody."""
    apps: list[Flask] = []

    class Server:
        def __init__(self, create_app: Callable[[], Flask], **_: object) -> None:
            self._create_app = create_app

        def run(self) -> None:
            apps.append(self._create_app())

    for module in (demo_shop, serve):
        monkeypatch.setattr(module, "Server", Server)
        monkeypatch.setattr(module, "check_port", lambda *_: None)
    yield apps
    for app in apps:
        app.extensions["shop"].engine.dispose()  # what is in memory would stay for the next test


def start(command: str, **environ: str) -> str:
    result = CliRunner().invoke(main, [command], env=environ)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("mode", ["off", "on"])
def test_the_demo_has_a_keeper_whom_its_first_words_name(started: list[Flask], mode: str) -> None:
    said = start("demo", SHOP_TEST_MODE=mode)
    assert KEEPER in said
    assert f"“{PASSWORD}”" in said
    assert signs_in(LintingClient(started[0]), KEEPER, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({"SHOP_HOST": "0.0.0.0"}, id="on every address"),  # noqa: S104
        pytest.param({"SHOP_TRUSTED_HOSTS": "localhost,shop.example"}, id="by a name"),
        pytest.param({"SHOP_TRUSTED_PROXIES": "1"}, id="behind a proxy"),
    ],
)
def test_a_demo_that_others_can_reach_has_no_keeper(
    started: list[Flask], environ: dict[str, str]
) -> None:
    assert PASSWORD not in start("demo", **environ)
    assert "shop keeper add" in LintingClient(started[0]).get("/admin/sign-in").text


def test_a_demo_without_the_admin_says_nothing_of_it(started: list[Flask]) -> None:
    assert "admin" not in start("demo", SHOP_ADMIN="off")


def test_a_demo_refuses_a_wrong_setting_before_it_says_where_it_is(started: list[Flask]) -> None:
    public = {"SHOP_HOST": "0.0.0.0"}  # noqa: S104
    result = CliRunner().invoke(main, ["demo", "--test-mode"], env=public)
    assert (result.exit_code, started) == (1, [])
    assert result.output.startswith("SHOP_TEST_MODE=on does not go with SHOP_HOST=0.0.0.0")


def test_a_demo_refuses_metrics_which_it_could_not_count(started: list[Flask]) -> None:
    result = CliRunner().invoke(main, ["demo"], env={"SHOP_METRICS": "127.0.0.1:9464"})
    assert (result.exit_code, started) == (1, [])
    assert "SHOP_METRICS does not go with `shop demo`" in result.output


WITH_STRIPE = {
    "SHOP_PAYMENTS": "stripe",
    "SHOP_STRIPE_KEY": "sk_a",
    "SHOP_STRIPE_SIGNING_SECRET": "whsec_b",
}
WRONG: dict[str, list[str]] = {
    "SHOP_INSTANCE": ["/dev/null", "/dev/null/shop"],
    "SHOP_DATABASE_URL": ["shop.sqlite3", "mysql://hush@host/shop", "postgresql://u:hush@host:x/y"],
    "SHOP_DATABASE_CONNECTIONS": ["0"],
    "SHOP_DATABASE_WAIT_SECONDS": ["0"],
    "SHOP_DATABASE_STATEMENT_SECONDS": ["a minute"],
    "SHOP_SECRET_KEYS": ["hush"],
    "SHOP_FILE": ["/dev/null/shop.toml"],
    "SHOP_HOST": ["127.0.0.1:80", "two words", "http://shop.example"],
    "SHOP_PORT": ["0"],
    "SHOP_WORKERS": ["0"],
    "SHOP_METRICS": ["9464"],
    "SHOP_TRACES": ["localhost:4318", "http://[::1", "http://localhost:99999"],
    "SHOP_TRUSTED_HOSTS": [",", "https://shop.example", "shop.example/", "*", "shop.example:0"],
    "SHOP_CANONICAL_HOST": ["-", "shop.example:99999", "shop..example"],
    "SHOP_TRUSTED_PROXIES": ["-1"],
    "SHOP_CART_MAX_AGE_DAYS": ["401"],
    "SHOP_CART_GRACE_DAYS": ["-1"],
    "SHOP_CART_BUDGET_BYTES": ["5000"],
    "SHOP_MAX_QUANTITY": ["0"],
    "SHOP_CURRENCY": ["ZZZ"],
    "SHOP_LOCALE": ["english"],
    "SHOP_TIME_ZONE": ["London"],
    "SHOP_SHIPPING": ["3.955"],
    "SHOP_FREE_SHIPPING_FROM": ["sometimes"],
    "SHOP_VAT_RATE": ["100"],
    "SHOP_COUNTRIES": ["GB,QQ"],
    "SHOP_PAYMENTS": ["cash", ","],
    "SHOP_STRIPE_KEY": ["pk_hush"],
    "SHOP_STRIPE_SIGNING_SECRET": ["sk_hush"],
    "SHOP_STRIPE_URL": ["http://stripe.example"],
    "SHOP_UNPAID_DAYS": ["0"],
    "SHOP_ALLOW_TEST_EMAIL": ["maybe"],
    "SHOP_URL": ["shop.example", "https://:", "https://shop.example:99999"],
    "SHOP_MAIL": ["mail.example", "smtp://user:hush@"],
    "SHOP_SEND_MAIL": ["maybe"],
    "SHOP_MAIL_FROM": ["Bea <bea@shop.example>", "bea@shop..example"],
    "SHOP_MAIL_KEEPER": ["bea"],
    "SHOP_CACHE_SECONDS": ["-1"],
    "SHOP_PAGE_SIZE": ["0"],
    "SHOP_FORM_MAX_AGE_DAYS": ["0"],
    "SHOP_RATELIMIT_ENABLED": ["maybe"],
    "SHOP_RATELIMIT": ["lots"],
    "SHOP_RATELIMIT_STORAGE": ["memcached://hush@localhost"],
    "SHOP_TEST_MODE": ["maybe"],
    "SHOP_ADMIN": ["maybe"],
    "SHOP_LIMITS_LAB": ["maybe"],
    "SHOP_LIMITS_RATELIMIT": ["many"],
}
"""Wrong values of every setting."""


def test_every_setting_has_a_wrong_value() -> None:
    assert list(WRONG) == [setting.variable for setting in SETTINGS.values()]


@pytest.mark.parametrize(
    ("variable", "value"),
    [pytest.param(name, value, id=f"{name}={value}") for name in WRONG for value in WRONG[name]],
)
def test_a_shop_with_a_wrong_setting_says_so_in_a_sentence_and_does_not_start(
    started: list[Flask], tmp_path: Path, variable: str, value: str
) -> None:
    stripe = WITH_STRIPE if variable.startswith("SHOP_STRIPE") else {}
    environ = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY, **stripe, variable: value}
    result = CliRunner().invoke(main, ["serve"], env=environ)
    assert (result.exit_code, started) == (1, [])
    assert result.output.startswith((variable, value))  # of a file, its name says more
    assert len(result.output.splitlines()) == 1
    assert "hush" not in result.output
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_links_in_mail_have_the_port_that_was_given(
    shop: OpenShop, started: list[Flask], command: str
) -> None:
    environ = {"SHOP_INSTANCE": str(shop.folder), "SHOP_SECRET_KEYS": KEY}
    result = CliRunner().invoke(main, [command, "--port", "8123"], env=environ)
    assert " at http://127.0.0.1:8123 (stop" in result.output
    (app,) = started
    assert app.extensions["mail sender"].url == "http://127.0.0.1:8123"


def test_a_shop_without_a_keeper_says_how_to_add_one(shop: OpenShop, started: list[Flask]) -> None:
    environ = {"SHOP_INSTANCE": str(shop.folder), "SHOP_SECRET_KEYS": KEY}
    hint = "shop keeper add EMAIL"
    assert hint in start("serve", **environ)
    assert hint not in start("serve", SHOP_ADMIN="off", **environ)
    add_keeper(shop)
    assert hint not in start("serve", **environ)


def test_the_command_that_it_names_is_one_that_a_terminal_finds(
    shop: OpenShop, started: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"SHOP_INSTANCE": str(shop.folder), "SHOP_SECRET_KEYS": KEY}
    beside = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(beside))
    assert "yet: shop keeper add EMAIL" in start("serve", **environ)
    monkeypatch.setenv("PATH", "/nowhere")
    assert f"yet: {beside}/shop keeper add EMAIL" in start("serve", **environ)


def test_a_start_with_a_new_key_makes_the_old_one_dispensable_for_codes(
    shop: OpenShop, started: list[Flask]
) -> None:
    instance, new_key = str(shop.folder), "a newer key of the tests that is long enough too"
    with_codes(shop)
    complaint = f"shop keeper totp-off {EMAIL}"
    assert complaint in start("serve", SHOP_INSTANCE=instance, SHOP_SECRET_KEYS=new_key)
    for keys in (f"{new_key},{KEY}", new_key):
        assert complaint not in start("serve", SHOP_INSTANCE=instance, SHOP_SECRET_KEYS=keys)
