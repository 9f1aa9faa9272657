"""What `shop demo` and `shop serve` say when they start, and who may sign in at the admin then."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from flask import Flask

from shop.cli import main
from shop.commands import demo_shop, serve
from shop.commands.demo_shop import KEEPER, PASSWORD
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


def test_a_demo_refuses_metrics_which_it_could_not_count(started: list[Flask]) -> None:
    result = CliRunner().invoke(main, ["demo"], env={"SHOP_METRICS": "127.0.0.1:9464"})
    assert (result.exit_code, started) == (1, [])
    assert "SHOP_METRICS does not go with `shop demo`" in result.output


def test_a_shop_without_a_keeper_says_how_to_add_one(shop: OpenShop, started: list[Flask]) -> None:
    environ = {"SHOP_INSTANCE": str(shop.folder), "SHOP_SECRET_KEYS": KEY}
    hint = "shop keeper add EMAIL"
    assert hint in start("serve", **environ)
    assert hint not in start("serve", SHOP_ADMIN="off", **environ)
    add_keeper(shop)
    assert hint not in start("serve", **environ)


def test_a_start_with_a_new_key_makes_the_old_one_dispensable_for_codes(
    shop: OpenShop, started: list[Flask]
) -> None:
    instance, new_key = str(shop.folder), "a newer key of the tests that is long enough too"
    with_codes(shop)
    complaint = f"shop keeper totp-off {EMAIL}"
    assert complaint in start("serve", SHOP_INSTANCE=instance, SHOP_SECRET_KEYS=new_key)
    for keys in (f"{new_key},{KEY}", new_key):
        assert complaint not in start("serve", SHOP_INSTANCE=instance, SHOP_SECRET_KEYS=keys)
