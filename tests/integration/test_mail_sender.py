"""The process beside `shop serve` that sends mail: started, restarted, and ended with it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from click.testing import CliRunner

from e2e.support.server import RunningShop, free_port, running_shop
from e2e.support.waiting import until
from shop.cli import main
from shop.mail.watching import PAUSE_SECONDS, ROUND_SECONDS, watch
from shop.side_process import RESTART_SECONDS, SideProcess
from tests.conftest import KEY
from tests.integration.test_import_beside_orders import Buyer

SETTINGS = {"SHOP_SEND_MAIL": "on", "SHOP_PAYMENTS": "invoice"}


@pytest.fixture
def instance(stocked: Path, tmp_path: Path) -> Path:
    shutil.copy(stocked, tmp_path / "shop.sqlite3")
    return tmp_path


def senders(shop: RunningShop) -> list[psutil.Process]:
    """The processes of the shop that send mail."""
    family = psutil.Process(shop.process_id).children(recursive=True)
    return [it for it in family if it.is_running() and "keep-sending" in _command(it)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def files(instance: Path) -> list[str]:
    """The kinds of the messages in the folder."""
    names = (it.stem for it in instance.glob("mail/*.eml"))
    return sorted(name.split("-", 2)[2] for name in names)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_an_order_s_mail_is_sent_and_no_process_is_left(
    instance: Path, ending: signal.Signals
) -> None:
    with running_shop(instance, **SETTINGS) as shop:
        until(lambda: len(senders(shop)) == 1)
        if ending is signal.SIGINT:  # once is enough
            first = senders(shop)[0]
            first.kill()
            until(lambda: [it.pid for it in senders(shop)] not in ([], [first.pid]))
        Buyer(shop).buys()
        until(lambda: files(instance) == ["confirmation", "new-order"])
        assert shop.url in next(instance.glob("mail/*-confirmation.eml")).read_text("utf-8")
        everybody = psutil.Process(shop.process_id).children(recursive=True)
        assert len(senders(shop)) == 1
        os.kill(shop.process_id, ending)
        try:
            until(lambda: not any(it.is_running() for it in everybody))
        finally:
            for left in filter(psutil.Process.is_running, everybody):
                left.kill()  # or it would go on after the tests


@pytest.mark.parametrize(
    ("environ", "sends"),
    [
        pytest.param({}, True, id="usually"),
        pytest.param({"SHOP_SEND_MAIL": "off"}, False, id="turned off"),
        pytest.param({"SHOP_TEST_MODE": "on"}, False, id="test mode"),
    ],
)
def test_who_sends_mail_by_itself(
    instance: Path, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], sends: bool
) -> None:
    made: list[SideProcess | None] = []

    def server(*_: object, beside: SideProcess | None, **__: object) -> Mock:
        made.append(beside)
        return Mock()

    monkeypatch.setattr("shop.commands.serve.Server", server)
    own = {"SHOP_INSTANCE": str(instance), "SHOP_SECRET_KEYS": KEY, "SHOP_PORT": str(free_port())}
    result = CliRunner().invoke(main, ["serve"], env=own | environ)
    assert result.exit_code == 0, result.output
    assert [it is not None for it in made] == [sends]


def test_a_sender_that_cannot_run_is_restarted_once_a_minute(tmp_path: Path) -> None:
    now = 0.0
    log = tmp_path / "log"
    log.touch()
    beside = SideProcess(["/bin/sh", "-c", f"echo >> {log}"], {}, clock=lambda: now)

    def starts_after_keeping_up() -> int:
        beside.keep_up()
        beside.wait()
        return log.stat().st_size

    assert [starts_after_keeping_up() for _ in range(3)] == [1, 2, 2]
    now = RESTART_SECONDS - 1
    assert starts_after_keeping_up() == 2
    now = RESTART_SECONDS
    assert starts_after_keeping_up() == 3
    beside.stop()


def test_a_failure_ends_no_watch() -> None:
    outcomes: Iterator[Exception | None] = iter([OSError("no database"), None])
    pauses: list[float] = []

    def send() -> None:
        problem = next(outcomes)
        if problem:
            raise problem

    def has_ended(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 2

    watch(send, has_ended)
    assert pauses == [PAUSE_SECONDS, ROUND_SECONDS]
