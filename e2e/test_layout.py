"""The layout of the pages, from a narrow phone to a wide screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.support import layout, subjects
from e2e.support.demo_shop import Look, Stage, numbers_of
from e2e.support.server import PROJECT, RunningShop
from e2e.support.subjects import SUBJECTS, TROUBLED, Subject, holding

WIDTHS = (360, 768, 1280, 1920)
REPORTS = ("limits-probe", "limits-conformance", "limits-way")
"""Reports of runs that take seconds: the tests of these runs check them, with `layout.faults`."""
RELOADED = (
    "product-photos",
    "public-expired",
    "shared-beside-mine",
    "checkout-wrong",
    "order",
    "admin-product-photo-text",
    "admin-mail",
    "admin-order",
    "admin-invoice",
    "admin-codes",
    "admin-code",
    "limits-full",
    "limits-unguarded",
    "museum",
    "museum-refused",
)
"""Pages that are the same when they are loaded again, and so are arranged once for all widths."""
WITHOUT_SCRIPT = [
    subject
    for subject in SUBJECTS
    if not subject.needs_script and subject.name not in (*REPORTS, "cart-full")
]
"""Without the cart of a thousand lines, whose forms are those of any other."""
UNAVAILABLE = PROJECT / "deploy" / "unavailable.html"
"""What nginx shows while it cannot reach the shop."""
DARK_PAPER = "rgb(25, 20, 16)"
STOPS = 15
STALLS = (
    ">Search</button>",
    'aria-label="Quantity of Everyday mug">',
    'aria-label="Remove Bread knife">Remove</button>',
)
"""Where the download of a cart stalls: in the header, within a line, and at the end of a line."""

NAMES = (
    "home",
    "list",
    "list-nothing",
    "product",
    "product-long-name",
    "product-photos",
    "variants",
    "product-wrong-quantity",
    "public-expired",
    "public-message",
    "cart-20",
    "cart-empty",
    "cart-wrong-quantity",
    "mini-cart",
    "mini-cart-list",
    "about",
    "share",
    "shared-beside-mine",
    "checkout-wrong",
    "order",
    "admin-sign-in",
    "admin-orders",
    "admin-products",
    "admin-product-photo-text",
    "admin-mail",
    "admin-order",
    "admin-order-sent",
    "admin-invoice",
    "admin-codes",
    "admin-code",
    "admin-own-codes",
    "error-404",
    "error-500",
    "limits",
    "limits-full",
    "limits-unguarded",
    "museum",
    "museum-refused",
)
SUBJECT = subjects.SUBJECT | {
    "cart-troubled": Subject(
        "cart-troubled", "/cart", "No longer sold", holding({**TROUBLED, "STATE-LONG-NAME": 1})
    )
}


@pytest.fixture(scope="module")
def stage(browser: Browser, shop: RunningShop) -> Stage:
    return Stage(browser, shop, numbers_of(shop))


@pytest.fixture(scope="module")
def watched(stage: Stage) -> Iterator[Page]:
    """A page for one subject after another, since a new one takes as long as all checks."""
    with stage.page(Look(WIDTHS[0])) as page:
        layout.watch(page)
        yield page


@pytest.fixture(scope="module")
def scriptless(stage: Stage) -> Iterator[Page]:
    """A page without scripts, for one subject after another."""
    with stage.page(Look(layout.TOUCH_WIDTH, has_script=False)) as page:
        yield page


@pytest.mark.parametrize("name", [*NAMES, "cart-troubled"])
def test_a_page_has_no_layout_faults(stage: Stage, watched: Page, name: str) -> None:
    subject = SUBJECT[name]
    is_shown = False

    def show() -> None:
        nonlocal is_shown
        if is_shown and name in RELOADED:
            stage.reload(watched, subject)
        else:
            watched.context.clear_cookies()
            stage.arrange(watched, subject)
        is_shown = True

    faults = layout.faults(watched, WIDTHS, show)
    assert not faults, "\n".join(faults)


def test_the_page_of_the_test_mode_has_no_layout_faults(
    browser: Browser, many_worlds: RunningShop
) -> None:
    stage = Stage(browser, many_worlds, {})
    subject = Subject("test", "/test", "Reset this world")
    faults = stage.faults(subject, WIDTHS)
    with stage.page(Look(layout.TOUCH_WIDTH, has_script=False)) as page:
        stage.arrange(page, subject)
        faults += [*layout.unusable(page), *layout.unseen(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("fault", ["", "database-down"])
def test_pages_of_a_shop_that_is_away_have_no_layout_faults(
    browser: Browser, many_worlds: RunningShop, fault: str
) -> None:
    address = f"{many_worlds.url}/cart" if fault else UNAVAILABLE.as_uri()
    with Stage(browser, many_worlds, {}).page(Look(WIDTHS[0])) as page:
        layout.watch(page)
        if fault:
            page.context.set_extra_http_headers({"Shop-World": "away", "Shop-Fault": fault})
        faults = layout.faults(page, WIDTHS, lambda: page.goto(address))
        expect(page.get_by_role("heading", level=1)).to_have_text("The shop needs a moment")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("name", [subject.name for subject in WITHOUT_SCRIPT])
def test_without_javascript_every_button_works(stage: Stage, scriptless: Page, name: str) -> None:
    scriptless.context.clear_cookies()
    stage.arrange(scriptless, SUBJECT[name])
    faults = [
        *layout.unusable(scriptless),
        *layout.unseen(scriptless),
        *layout.same_names(scriptless),
    ]
    assert not faults, "\n".join(faults)


def test_colours_and_motion_follow_the_shoppers_settings(stage: Stage) -> None:
    with stage.page(Look(scheme="dark")) as page:
        stage.arrange(page, SUBJECT["mini-cart"])
        panel = page.get_by_role("region", name="Your cart")
        expect(panel).to_have_css("background-color", DARK_PAPER)
        expect(panel).to_have_css("animation-name", "none")


@pytest.mark.parametrize(
    "look", [pytest.param(Look(360), id="360"), pytest.param(Look(1280, "dark"), id="1280 dark")]
)
@pytest.mark.parametrize("name", ["home", "cart-20"])
def test_the_focus_is_visible(stage: Stage, name: str, look: Look) -> None:
    faults: list[str] = []
    with stage.page(look) as page:
        stage.arrange(page, SUBJECT[name])
        for stop in range(1, STOPS + 1):
            page.keyboard.press("Tab")
            faults += [f"stop {stop}: {fault}" for fault in layout.hidden_focus(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("name", ["home", "arabic-home", "admin-orders", "admin-own-codes"])
def test_the_focus_follows_the_header_as_it_is_read(stage: Stage, name: str, width: int) -> None:
    faults: list[str] = []
    with stage.page(Look(width)) as page:
        stage.arrange(page, SUBJECT[name])
        header = page.get_by_role("banner")
        header.get_by_role("link").first.focus()
        for _ in range(header.locator("a, button, input:visible").count()):
            expect(header.locator(":focus")).to_have_count(1)
            faults += layout.backward_focus(page)
            page.keyboard.press("Tab")
        expect(header.locator(":focus")).to_have_count(0)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_moves_when_a_cart_page_arrives_in_two_parts(stage: Stage, width: int) -> None:
    with stage.page(Look(width)) as page:
        stage.arrange(page, SUBJECT["cart-20"])
        for words in STALLS:
            layout.comes_in_two_parts(page, after=words)
        faults = layout.movements(page)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_when_the_cart_is_refreshed(stage: Stage, width: int) -> None:
    with stage.page(Look(width)) as page:
        stage.arrange(page, SUBJECT["cart-20"])
        before = layout.places(page)
        page.evaluate("document.querySelector('table.lines').dataset.before = ''")
        page.evaluate("new BroadcastChannel('crumb cart').postMessage(null)")
        expect(page.locator("[data-before]")).to_have_count(0)

        assert layout.places(page) == before
