"""Scripts and style sheets say the same to a browser once they are minified (ADR 35)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import CDPSession, Page

from e2e.support.scripts import script
from e2e.support.server import PROJECT, RunningShop

STATIC = PROJECT / "shop" / "static"
SCRIPTS, SHEETS = (
    sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob(pattern))
    for pattern in ("*.js", "*.css")
)
COMMENT = re.compile(r"/\*.*?\*/|(?<=\s)// .*?$", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r'"[^"\n]*"|`[^`]*`')
WORD = re.compile(r"\w+")


def written(name: str) -> str:
    return (STATIC / name).read_text("utf-8")


def served(page: Page, name: str) -> str:
    response = page.request.get(page.url.replace("/cart", f"/static/served/{name}"))
    assert response.ok
    return response.text()


@pytest.fixture
def here(page: Page, shop: RunningShop) -> Page:
    """A page from which scripts can be imported."""
    page.goto(f"{shop.url}/cart")
    return page


def run(page: Page, debugger: CDPSession, name: str, kind: str, text: str) -> list[list[str]]:
    """What a module of this text exports, and the words at which the engine could halt in it: where
    statements and calls begin."""
    address = page.url.replace("/cart", f"/static/{kind}/{name}")
    page.route(address, lambda route: route.fulfill(body=text, content_type="text/javascript"))
    ids: dict[str, str] = {}
    debugger.on(
        "Debugger.scriptParsed", lambda event: ids.update({event["url"]: event["scriptId"]})
    )
    exports = page.evaluate(script("exports"), address)
    debugger.send("Runtime.getIsolateId")  # what it says comes in order: the script was told before
    start = {"scriptId": ids[address], "lineNumber": 0, "columnNumber": 0}
    places = debugger.send("Debugger.getPossibleBreakpoints", {"start": start})["locations"]
    lines = text.split("\n")
    words = [
        (each.get("type"), WORD.match(lines[each["lineNumber"]], each["columnNumber"]))
        for each in places
    ]
    # The end of a function is where whatever comes next begins.
    return [exports, [it[0] for kind, it in words if it and (kind != "return" or it[0] == kind)]]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_minified_script_is_the_same_program(here: Page, name: str) -> None:
    one, other = written(name), served(here, name)
    assert len(other) < len(one)
    assert QUOTED.findall(COMMENT.sub("", one)) == QUOTED.findall(other)
    debugger = here.context.new_cdp_session(here)
    debugger.send("Debugger.enable")
    before = run(here, debugger, name, "written", one)
    # A statement's end, where the engine may halt too, must not be where the next one begins.
    after = run(here, debugger, name, "spaced", " " + re.sub(r";(?=\w)", "; ", other))
    assert before[1]
    assert "does not provide an export" not in before[0]  # what it imports is there
    assert before == after


@pytest.mark.parametrize("name", SHEETS)
def test_a_minified_style_sheet_has_the_same_rules(here: Page, name: str) -> None:
    one, other = written(name), served(here, name)
    assert len(other) < len(one) or "\n" not in one.strip()
    before, after = (here.evaluate(script("rules"), text) for text in (one, other))
    assert before
    assert before == after


def test_the_style_sheet_of_all_pages_has_the_rules_of_its_parts_layers_first(here: Page) -> None:
    parts = [name for name in SHEETS if re.fullmatch(r"css/[^/]+", name)]
    rules = [rule for name in parts for rule in here.evaluate(script("rules"), served(here, name))]
    together = here.evaluate(script("rules"), served(here, "css/shop.css"))
    assert sorted(together) == sorted(rules)
    assert together[0].startswith("@layer tokens, base, ")
