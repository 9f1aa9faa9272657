"""Checks of a page's layout, measured in the page itself.

No screenshots are compared, since fonts differ between machines: the checks measure boxes, in CSS
pixels, from the page's top left corner. Each function returns one sentence per fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources

from playwright.sync_api import Page

from e2e.support.playwright_config import CONFIG
from e2e.support.scripts import script

REPORT_WIDTHS = (360, 1280)
"""The widths at which long reports are checked, which takes seconds."""
TOUCH_WIDTH = 360
PALE_WIDTHS = (360, 1280)
"""Colours only differ between a folded page and a wide one."""
AXE_WIDTH = 1280
"""Names, roles and structure are the same at every width."""
SMALLEST_TEXT = 14
SMALLEST_TARGET = 44
"""WCAG 2.5.5: the smallest target for a finger, in CSS pixels."""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHAPE_CONTRAST = 3
"""WCAG 1.4.11: the lowest contrast of what is not text."""


def faults(page: Page, widths: Iterable[int], show: Callable[[], object]) -> list[str]:
    """All that the checks below find in a watched page, which `show` opens anew at each width."""
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": CONFIG.viewport_height})
        page.emulate_media(color_scheme="light")
        show()
        page.wait_for_function("() => !document.getAnimations().length")  # such as a guard
        found += [f"at {width}: {fault}" for fault in _faults(page, width)]
    return found


def _faults(page: Page, width: int) -> list[str]:
    return [
        *movements(page),
        *sticking_out(page),
        *cut_off(page),
        *overlaps(page),
        *out_of_line(page),
        *(small_targets(page) if width <= TOUCH_WIDTH else []),
        *(pale(page) if width in PALE_WIDTHS else []),
        *(inaccessible(page) if width == AXE_WIDTH else []),
        *(same_names(page) if width == AXE_WIDTH else []),
        *unseen(page),
    ]


def watch(page: Page) -> None:
    """Prepares a new page for `faults`, once: it records for `movements` when it is first used, and
    loads its files anew each time, since those that it has at once cannot move it."""
    page.add_init_script(script("layout/watch"))
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})


def movements(page: Page) -> list[str]:
    """Layout shifts since the page was parsed, and pictures that do not load, lazy ones included.

    Shifts after the page is first used are reactions to the user and not reported, except beside
    an open mini-cart. How much of the page has arrived at the first paint is random, so
    `comes_in_two_parts` controls it, and the columns of a cart's first line are compared with
    those that it has alone. Ends at the top of the page.
    """
    return _measure(page, "movements")


def places(page: Page) -> list[str]:
    """What is visible, and where: for replaced elements, whose shifts browsers do not record."""
    return _measure(page, "places")


def comes_in_two_parts(page: Page, after: str) -> None:
    """Loads the open page again, so that it stalls after the first of these words."""
    page.evaluate(f"async (after) => {{ {script('layout/in-two-parts')} }}", after)


def sticking_out(page: Page) -> list[str]:
    """Elements that are wider than the window, or outside it."""
    return _measure(page, "sticking-out")


def cut_off(page: Page) -> list[str]:
    """Text that is larger than its box, or too small to read."""
    return _measure(page, "cut-off", smallest=SMALLEST_TEXT)


def overlaps(page: Page) -> list[str]:
    """Controls, pictures and texts that overlap without one being inside the other."""
    return _measure(page, "overlaps")


def out_of_line(page: Page) -> list[str]:
    """Edges and sizes that differ where they should be the same."""
    return _measure(page, "out-of-line")


def small_targets(page: Page) -> list[str]:
    """Controls that are too low for a finger, except links within a sentence."""
    return _measure(page, "small-targets", smallest=SMALLEST_TARGET)


def pale(page: Page) -> list[str]:
    """Text with too little contrast, and fields whose edge has too little, in light and then in
    dark.

    axe-core takes milliseconds for each text, so it is not asked about those that are plainly
    legible; all others are left to it.
    """
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = _measure(page, "pale", least=SHAPE_CONTRAST)
        if page.evaluate("window.doubtful.length"):
            _bring_axe(page)
            found += _measure(page, "doubtful", least=SHAPE_CONTRAST)
        faults += [f"{scheme}: {fault}" for fault in found]
    return faults


def unseen(page: Page) -> list[str]:
    """Controls and texts that nobody sees: transparent, clipped, without size, outside the page or
    behind something else. Ends at the top of the page."""
    return _measure(page, "unseen")


def unusable(page: Page) -> list[str]:
    """On a page without scripts: forms without a button to send them, such buttons that are not
    shown, and shown buttons that need a script. Opens what a shopper can open without one."""
    page.locator("details").evaluate_all(script("open-all"))
    return _measure(page, "unusable")


def inaccessible(page: Page) -> list[str]:
    """What axe-core finds in names, roles and structure; contrast is left to `pale`."""
    _bring_axe(page)
    return _measure(page, "inaccessible", tags=AXE_TAGS)


def same_names(page: Page) -> list[str]:
    """Controls with the role and the accessible name of another that does something else: nobody
    who goes by role and name, with a screen reader or in a test, could tell them apart."""
    _bring_axe(page)
    return _measure(page, "same-names")


def hidden_focus(page: Page) -> list[str]:
    """Focused elements that look the same as without focus."""
    return _measure(page, "focus", least=SHAPE_CONTRAST)


def backward_focus(page: Page) -> list[str]:
    """The focused element, if it stands above or before the one of the last call. WCAG 2.4.3."""
    return _measure(page, "backward-focus")


def _measure(page: Page, name: str, **limits: object) -> list[str]:
    names = ", ".join(limits)
    common, measure = script("layout/common"), script(f"layout/{name}")
    measured: list[str] = page.evaluate(
        f"async ({{ {names} }}) => {{ {common} {measure} return found; }}", limits
    )
    return measured


def _bring_axe(page: Page) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())


@cache
def _axe() -> str:
    # For `evaluate`, not a script of the page: the shop's CSP blocks foreign scripts.
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
