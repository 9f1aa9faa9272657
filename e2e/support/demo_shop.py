"""A browser at a running shop, and subjects arranged in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from e2e.support import browser, carts, layout
from e2e.support.playwright_config import CONFIG, context_options
from e2e.support.scripts import script
from e2e.support.server import RunningShop
from e2e.support.subjects import Numbers, Subject, Visitor


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is viewed; `density` is screen pixels per CSS pixel."""

    width: int = CONFIG.viewport_width
    scheme: Literal["light", "dark"] = "light"
    has_script: bool = True
    density: int = 1

    def __str__(self) -> str:
        return f"{self.width} {self.scheme}"


@dataclass(frozen=True, slots=True)
class Stage:
    """A browser and the shop that it visits."""

    browser: Browser
    shop: RunningShop
    numbers: Numbers

    @contextmanager
    def page(self, look: Look) -> Iterator[Page]:
        """An empty page of a new browser context, without animations."""
        context = self.browser.new_context(
            **context_options()
            | {"viewport": {"width": look.width, "height": CONFIG.viewport_height}},
            device_scale_factor=look.density,
            color_scheme=look.scheme,
            reduced_motion="reduce",
            java_script_enabled=look.has_script,
        )
        try:
            yield context.new_page()
        finally:
            context.close()

    def arrange(self, page: Page, subject: Subject) -> None:
        """Brings a page into the subject's state. Raises Failed when that does not succeed."""
        try:
            if subject.cookie:
                carts.put(page.context, self.shop.url, subject.cookie(self.numbers))
            answer = page.goto(self.shop.url + subject.path)
            assert answer is not None
            assert answer.status == subject.status, f"status {answer.status}"
            if subject.steps:
                subject.steps(Visitor(page, self.shop.url, self.shop))
            _expect_shown(page, subject)
        except (Error, AssertionError) as problem:
            reason = str(problem).strip().split("\n", 1)[0]
            raise Failed(f"could not be arranged: {reason}") from problem

    def faults(self, subject: Subject, widths: Sequence[int]) -> list[str]:
        """What is wrong with the subject's layout at these widths: it is arranged at each."""
        with self.page(Look(widths[0])) as page:
            layout.watch(page)
            return layout.faults(page, widths, lambda: self.arrange(page, subject))

    def reload(self, page: Page, subject: Subject) -> None:
        """Loads a page in the subject's state again, which must not change that."""
        page.reload()
        _expect_shown(page, subject)


def _expect_shown(page: Page, subject: Subject) -> None:
    if subject.shows:
        expect(page.get_by_text(subject.shows).first).to_be_visible()


@contextmanager
def opened(shop: RunningShop) -> Iterator[tuple[Stage, Path]]:
    """A browser at this shop, and its path: the browser of the end-to-end tests."""
    found = browser.ensure(os.environ).executable
    with sync_playwright() as playwright:
        expect.set_options(timeout=CONFIG.expect_timeout)
        own = Path(playwright.chromium.executable_path)
        with playwright.chromium.launch(executable_path=found) as launched:
            yield Stage(launched, shop, numbers_of(shop)), found or own


def load_pictures(page: Page) -> None:
    """Also loads pictures that wait for the page to be scrolled to them."""
    page.evaluate(script("load-pictures"))


class Failed(Exception):
    """A subject could not be brought into its state; the text says why."""


def numbers_of(shop: RunningShop) -> Numbers:
    """The cookie numbers of all products."""
    rows = shop.ask("SELECT sku, number FROM products")
    return {str(sku): int(str(number)) for sku, number in rows}
