"""Fixtures: the browser configured by `playwright.config.py`, and one shop per worker."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from pytest_playwright import CreateContextCallback

from e2e.jar import Crumb, Jar
from e2e.support import browser, options
from e2e.support.firefox import MISSING, Firefox, Window, find, running_firefox
from e2e.support.lending import Lender
from e2e.support.pages import Shopper
from e2e.support.playwright_config import CONFIG, context_options
from e2e.support.proxy import tls_proxy
from e2e.support.server import RunningShop, World, prepare, running_shop, world_of

_NUMBERS = count(1)


def pytest_configure(config: pytest.Config) -> None:
    expect.set_options(timeout=CONFIG.expect_timeout)
    for name in options.not_given(config, ("tracing", "screenshot", "output")):
        setattr(config.option, name, getattr(CONFIG, name))
    if hasattr(config, "workerinput"):
        return  # the first process has looked for problems
    problem = options.problem_with(config.option, os.environ)
    if problem:
        raise pytest.UsageError(problem)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # pytest sets the tests without a browser apart, at the end: what a file's tests share would be
    # started again for them.
    items.sort(key=lambda item: item.path)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    screenshot = item.config.option.screenshot
    try:
        return (yield)
    finally:
        item.config.option.screenshot = screenshot


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    # The plugin takes a picture of every page, and then removes those of tests that have passed.
    report = yield
    if report.when == "call" and report.passed and item.config.option.screenshot != "on":
        item.config.option.screenshot = "off"
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_name: str, pytestconfig: pytest.Config
) -> dict[str, Any]:
    if browser_name != "chromium":
        return browser_type_launch_args
    is_headless = not pytestconfig.getoption("headed")
    executable = browser.ensure(os.environ, is_headless=is_headless).executable
    return browser_type_launch_args | ({"executable_path": executable} if executable else {})


@pytest.fixture(scope="session")
def whole_browser_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How to launch a browser that could have a window, for what a headless shell lacks."""
    found = browser.ensure(os.environ).executable
    chosen = {"executable_path": found} if found else {"channel": "chromium"}
    return {**browser_type_launch_args, **chosen}


@pytest.fixture(scope="session")
def whole_browser(
    browser_type: BrowserType, whole_browser_launch_args: dict[str, Any]
) -> Iterator[Browser]:
    """Such a browser, with the back/forward cache that Playwright turns off."""
    with browser_type.launch(
        **whole_browser_launch_args, ignore_default_args=["--disable-back-forward-cache"]
    ) as launched:
        yield launched


@pytest.fixture
def whole_page(whole_browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page of such a browser, without cookies."""
    with whole_browser.new_context(**browser_context_args) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return browser_context_args | {
        **context_options(),
        "ignore_https_errors": True,
    }


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a prepared shop, to be copied."""
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    """A prepared shop for one test, not yet served."""
    return _copy(prepared, tmp_path)


@pytest.fixture(scope="session")
def shop(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The shop that a worker's tests share; tests that change its stock use `world`."""
    folder = _copy(prepared, tmp_path_factory.mktemp("shared"))
    with running_shop(folder, SHOP_SEND_MAIL="on") as served:
        yield served


@pytest.fixture(scope="session")
def many_worlds(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """The shop in test mode that a worker's tests share, each in a world of its own."""
    folder = _copy(prepared, tmp_path_factory.mktemp("worlds"))
    with running_shop(folder, SHOP_TEST_MODE="on") as served:
        yield served


@pytest.fixture
def world(many_worlds: RunningShop) -> Iterator[World]:
    """A shop for one test, which may change its database, its clock and its faults.

    Its pages have the banner of the test mode. Only a browser that enters it, such as that of
    `own_shopper`, is in it.
    """
    with world_of(many_worlds, f"test-{next(_NUMBERS)}") as fresh:
        yield fresh


@pytest.fixture
def own_shopper(world: World, page: Page) -> Shopper:
    """A shopper with an empty cart in a world of their own."""
    world.enter(page.context)
    return Shopper(page, world.url)


@pytest.fixture
def jar(context: BrowserContext, world: World) -> Jar:
    """The cookies of the test's browser, which enters the world."""
    return Jar(context, Crumb(world.url, world.headers), timeout=CONFIG.expect_timeout)


@pytest.fixture(scope="session")
def https_url(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The https address of a shop behind a TLS proxy."""
    folder = _copy(prepared, tmp_path_factory.mktemp("https"))
    with (
        running_shop(folder, SHOP_TRUSTED_PROXIES="1") as served,
        tls_proxy(served.url) as address,
    ):
        yield address


def _copy(prepared: Path, folder: Path) -> Path:
    return Path(shutil.copytree(prepared, folder / "instance"))


@pytest.fixture(scope="session")
def lender(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Lender]:
    """Has the page that a worker's tests are lent, one after another."""
    lending = Lender(lambda: _patient(browser.new_context(**browser_context_args)))
    yield lending
    lending.close()


@pytest.fixture
def context(request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A browser context without cookies: a lent one, with a page, unless a trace or a video is
    recorded or the test is marked with options of its own."""
    option = request.config.option
    if option.tracing != "off" or option.video != "off" or _asks_for_options(request):
        yield _patient(request.getfixturevalue("new_context")())
        return
    recorder = request.getfixturevalue("_artifacts_recorder")
    lender: Lender = request.getfixturevalue("lender")
    lent = lender.lend().context
    yield lent
    if option.screenshot != "off":
        recorder.on_will_close_browser_context(lent)  # takes the screenshots
    lender.take_back()


def _asks_for_options(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("browser_context_args") is not None


def _patient(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(CONFIG.action_timeout)
    context.set_default_navigation_timeout(CONFIG.navigation_timeout)
    return context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The context's page. One that is lent shows a page of the shop without content."""
    return context.pages[0] if context.pages else context.new_page()


@pytest.fixture
def shopper(page: Page, shop: RunningShop) -> Shopper:
    """A shopper with an empty cart."""
    return Shopper(page, shop.url)


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def either(
    request: pytest.FixtureRequest, new_context: CreateContextCallback, shop: RunningShop
) -> Shopper:
    """A shopper, once with JavaScript and once without."""
    if request.param == "with JavaScript":
        return Shopper(request.getfixturevalue("page"), shop.url)
    return Shopper(new_context(java_script_enabled=False).new_page(), shop.url)


@pytest.fixture(scope="session")
def firefox_path() -> Path:
    """The installed Firefox; without one, the test is skipped."""
    path = find(os.environ)
    if path is None:
        pytest.skip(MISSING)
    return path


@pytest.fixture(scope="session")
def firefox_browser(
    firefox_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    """The Firefox that a worker's tests share."""
    with running_firefox(firefox_path, tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture
def firefox(firefox_browser: Firefox) -> Iterator[Window]:
    """A window of a Firefox without any cookies."""
    window = firefox_browser.new_window()
    yield window
    window.closes()
