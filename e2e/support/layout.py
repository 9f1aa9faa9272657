"""What can be wrong with how a page is laid out, measured in the page itself.

No picture is compared with an earlier one, since fonts differ between machines: what is measured
are boxes, in CSS pixels, from the page's top left corner. Each function gives back one sentence
for each fault. While a dialog is open, it alone is looked at, because the rest is out of reach.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from playwright.sync_api import Page

from e2e.support.scripts import script

SMALLEST_TEXT = 14
SMALLEST_TARGET = 44
"""Of WCAG 2.5.5, for what a finger is to hit."""
FOCUS_CONTRAST = 3
"""Of WCAG 1.4.11, for what is not text."""


def watch(page: Page) -> None:
    """Lets `movements` know when the page is first used; comes before the page is opened."""
    page.add_init_script(script("layout/watch"))


def movements(page: Page) -> list[str]:
    """Layout shifts since the page was parsed, and pictures that do not load, lazy ones among them.

    What moves once a page is used is its answer and left out, except for a dialog that opens:
    nothing is to move beneath it. How far the page has come when it is first painted is chance:
    `comes_in_two_parts` decides it, and the columns of a cart's first line are compared with
    those that it has alone. Ends at the top of the page.
    """
    return _measure(page, "movements")


def places(page: Page) -> list[str]:
    """What is seen and where: for parts that are exchanged, whose shifts no browser records."""
    return _measure(page, "places")


def comes_in_two_parts(page: Page, after: str) -> None:
    """Lets the page that is open come again, and stall after the first of these words."""
    page.evaluate(f"async (after) => {{ {script('layout/in-two-parts')} }}", after)


def sticking_out(page: Page) -> list[str]:
    """What is wider than the window, or lies beside it."""
    return _measure(page, "sticking-out")


def cut_off(page: Page) -> list[str]:
    """Text that is larger than its box, or too small to be read."""
    return _measure(page, "cut-off", smallest=SMALLEST_TEXT)


def overlaps(page: Page) -> list[str]:
    """Controls, pictures and texts that lie on one another, of which none is in the other."""
    return _measure(page, "overlaps")


def out_of_line(page: Page) -> list[str]:
    """Edges and sizes that differ where they are to be the same."""
    return _measure(page, "out-of-line")


def small_targets(page: Page) -> list[str]:
    """Controls that are too low for a finger, except links within a sentence."""
    return _measure(page, "small-targets", smallest=SMALLEST_TARGET)


def pale(page: Page) -> list[str]:
    """Text without contrast, as axe-core sees it, in light and then in dark."""
    # By `evaluate` and not as a script of the page: the shop's CSP lets no foreign one in.
    page.evaluate(_axe())
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults += [f"{scheme}: {fault}" for fault in _measure(page, "pale")]
    return faults


def hidden_focus(page: Page) -> list[str]:
    """Whether what has the focus cannot be told from what has not."""
    return _measure(page, "focus", least=FOCUS_CONTRAST)


def _measure(page: Page, name: str, **limits: int) -> list[str]:
    names = ", ".join(limits)
    common, measure = script("layout/common"), script(f"layout/{name}")
    measured: list[str] = page.evaluate(
        f"async ({{ {names} }}) => {{ {common} {measure} return found; }}", limits
    )
    return measured


@cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
