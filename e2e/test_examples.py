"""The reader of docs/examples, written from the description of the format alone, and the suites
that drive the shop with other tools, where these are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from e2e.support import browser
from e2e.support.server import RunningShop, free_port

PROJECT = Path(__file__).parents[1]
EXAMPLES = PROJECT / "docs" / "examples"
SUITE_SECONDS = 120
READER = (EXAMPLES / "read-cart.js").read_text("utf-8")
GOLDEN, WITH_COUPONS = (
    json.loads((PROJECT / "tests" / "golden" / name).read_text("utf-8"))
    for name in ("v2.json", "v3.json")
)
READ = """async ([module, value, secrets]) => {
    const address = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
    return (await import(address)).readCart(value, secrets);
}"""


@pytest.fixture
def reader(page: Page, shop: RunningShop) -> Page:
    """A page of a secure origin, which cryptography needs, without the shop's own policy."""
    page.route("**/reader", lambda route: route.fulfill(content_type="text/html", body="reader"))
    page.goto(f"{shop.url}/reader")
    return page


def read(reader: Page, value: str, *secrets: str) -> Any:
    return reader.evaluate(READ, [READER, value, secrets])


def test_every_golden_cart_is_read(reader: Page) -> None:
    for golden in GOLDEN["cookies"] + WITH_COUPONS["cookies"]:
        cart = read(reader, golden["value"], "another", GOLDEN["key"])
        lines = [[line["number"], line["quantity"]] for line in cart["lines"]]
        assert (cart["changedAt"], lines) == (golden["changed_at"], golden["lines"])
        assert cart["coupon"] == golden.get("coupon", 0)


def test_a_cart_of_another_key_is_refused(reader: Page) -> None:
    with pytest.raises(Error, match="not signed with one of these secrets"):
        read(reader, GOLDEN["cookies"][0]["value"], "another")


def run_suite(name: str, command: list[str], chromium: Path | None) -> None:
    """Runs a suite of docs/examples as its documentation says; it starts a shop of its own."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = os.environ | {"PATH": path, "PORT": str(free_port()), "SE_OFFLINE": "true"}
    if chromium:
        environ["CHROMIUM"] = str(chromium)
    ended = subprocess.run(
        command,
        cwd=EXAMPLES / name,
        env=environ,
        timeout=SUITE_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "4 passed" in ended.stdout


def test_the_suite_for_playwright_on_node(tmp_path: Path) -> None:
    if not (EXAMPLES / "playwright" / "node_modules" / "@playwright").is_dir():
        pytest.skip("needs `npm install` in docs/examples/playwright")
    command = ["npx", "playwright", "test", f"--output={tmp_path}"]
    run_suite("playwright", command, browser.ensure(os.environ).executable)


def test_the_suite_for_selenium() -> None:
    if not find_spec("selenium") or not shutil.which("chromedriver"):
        pytest.skip("needs `pip install selenium` and ChromeDriver")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_shop.py"]
    run_suite("selenium", command, None)
