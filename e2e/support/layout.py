"""What can be wrong with how a page is laid out, measured in the page itself.

No picture is compared with an earlier one, since fonts differ between machines: what is measured
are boxes, in CSS pixels, from the page's top left corner. Each function gives back one sentence
for each fault. While a dialog is open, it alone is looked at, because the rest is out of reach.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from playwright.sync_api import Page

SMALLEST_TEXT = 14
SMALLEST_TARGET = 44
"""Of WCAG 2.5.5, for what a finger is to hit."""
FOCUS_CONTRAST = 3
"""Of WCAG 1.4.11, for what is not text."""

# Shared by all measures. `texts` are the text nodes that are seen, with the box of each of their
# lines; a font may claim more height than its size, so `shrunk` leaves the size alone.
COMMON = r"""
const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
const dialog = document.querySelector("dialog[open]");
const root = dialog ?? document.body;
const found = [];

const styleOf = (element) => getComputedStyle(element);
const isInline = (element) => ["inline", "contents"].includes(styleOf(element).display);
const all = [...root.querySelectorAll("*")].filter((element) => !element.closest("svg *"));
const helpers = all.filter((element) => styleOf(element).clipPath === "inset(50%)");
const isSeen = (element) =>
    element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && !helpers.some((helper) => helper.contains(element))
    && !element.closest(".skip:not(:focus)");
const seen = all.filter(isSeen);
const controls = seen.filter((element) => element.matches(CONTROLS));

const boxOf = (element) => element.getBoundingClientRect();
const blockOf = (element) => {
    while (isInline(element)) element = element.parentElement;
    return element;
};

const common = (one, other) => ({
    left: Math.max(one.left, other.left), right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom),
});
const clipped = (box, element) => {
    for (; element !== root; element = element.parentElement)
        if (styleOf(element).overflow !== "visible") box = common(box, boxOf(element));
    return box;
};
const shrunk = ({ left, right, top, bottom }, element) => {
    const extra = Math.max(0, bottom - top - parseFloat(styleOf(element).fontSize)) / 2;
    return { left, right, top: top + extra, bottom: bottom - extra };
};

const boxesOf = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter(({ width }) => width > 0);
};
const texts = [];
const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !seen.includes(element)) continue;
    texts.push({ element, boxes: boxesOf(walker.currentNode) });
}

const named = (element) => {
    const marks = [element.localName, ...element.classList].join(".");
    const words = element.getAttribute("aria-label") || element.innerText || element.value
        || element.placeholder || element.getAttribute("src") || "";
    return `<${marks}> “${words.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
};
const figure = (pixels) => Math.round(pixels * 10) / 10;
const at = ({ left, top, right, bottom }) =>
    `[x ${figure(left)} to ${figure(right)}, y ${figure(top)} to ${figure(bottom)}]`;
"""

# When the page is first used. The browser's own first-input entry knows no field that is filled in
# by a test.
WATCH = r"""
for (const type of ["pointerdown", "keydown", "input"])
    addEventListener(type, () => { window.firstUsedAt ??= performance.now(); }, { capture: true });
"""

MOVEMENTS = r"""
const frame = () => new Promise(requestAnimationFrame);
const recorded = (type) => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type, buffered: true });
    return observer.takeRecords();
};
for (const picture of root.querySelectorAll("img")) {
    if (!isSeen(picture)) continue;
    picture.scrollIntoView();
    await picture.decode().catch(() => found.push(`${named(picture)} does not load`));
}
root.scrollTo(0, 0);
scrollTo(0, 0);
await frame();
await frame();
const elementOf = (node) => node?.localName ? node : node?.parentElement;
const moved = ({ node, previousRect, currentRect }) =>
    `${node ? named(elementOf(node)) : "what is gone"} ${at(previousRect)} to ${at(currentRect)}`;
const [{ domInteractive }] = performance.getEntriesByType("navigation");
const until = dialog ? Infinity : window.firstUsedAt ?? Infinity;
for (const { startTime, sources, value } of recorded("layout-shift"))
    if (startTime > domInteractive && startTime <= until)
        found.push(`moves by ${value.toFixed(4)}: ${sources.map(moved).join("; ")}`);

const [first, ...others] = root.querySelectorAll(".lines tbody tr");
const columns = () => [...(first?.cells ?? [])].map((cell) => at(boxOf(cell))).join(", ");
const among = columns();
for (const row of others) row.style.display = "none";
const alone = columns();
for (const row of others) row.style.display = "";
if (alone !== among) found.push(`lines that come later move ${alone} to ${among}`);
"""

PLACES = r"""
found.push(...seen.map((element) => `${named(element)} ${at(boxOf(element))}`));
"""

# Written into the page anew, with a pause between two frames, as if the line had stalled there, for
# a browser that does not know how to wait for the whole page.
IN_TWO_PARTS = r"""
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const html = (await (await fetch(location)).text()).replace(/<link rel="expect"[^>]*>/, "");
const cut = html.indexOf(after) + after.length;
document.open();
document.write(html.slice(0, cut));
const sheet = document.querySelector("link[rel=stylesheet]");
if (!sheet.sheet) await new Promise((done) => sheet.addEventListener("load", done));
await painted();
await painted();
document.write(html.slice(cut));
document.close();
"""

STICKING_OUT = r"""
const { clientWidth, scrollWidth } = document.documentElement;
if (scrollWidth > clientWidth) found.push(`the page is ${scrollWidth} wide in ${clientWidth}`);
if (root.scrollWidth > root.clientWidth)
    found.push(`${named(root)} is ${root.scrollWidth} wide in ${root.clientWidth}`);
const whole = seen.map((element) => ({ element, box: boxOf(element) }));
const lines = texts.flatMap(({ element, boxes }) =>
    boxes.map((box) => ({ element, box: clipped(box, element) })));
for (const { element, box } of [...whole, ...lines])
    if (box.left < -0.5 || box.right > clientWidth + 0.5)
        found.push(`${named(element)} sticks out of the ${clientWidth} wide: ${at(box)}`);
"""

# A name of a card ends after three lines; the last of the breadcrumbs and the link to a cart are
# shortened where they end.
CUT_OFF = r"""
const cuts = (overflow) => ["hidden", "clip"].includes(overflow);
const isMeant = (element) => {
    const { lineHeight, textOverflow } = styleOf(element);
    if (element.matches(".card-name")) return element.clientHeight > 3 * parseFloat(lineHeight) - 1;
    return element.matches(".crumbs [aria-current], #link") && textOverflow === "ellipsis";
};
const check = (element, box) => {
    const edges = boxOf(blockOf(element));
    const shown = clipped(box, element);
    if (shown.left < edges.left - 1 || shown.right > edges.right + 1)
        found.push(`text of ${named(element)} leaves its box: ${at(box)} of ${at(edges)}`);
    for (let outer = element; outer !== root; outer = outer.parentElement) {
        const { overflowX, overflowY } = styleOf(outer);
        const edge = boxOf(outer);
        const isCut = cuts(overflowX) && (box.left < edge.left - 1 || box.right > edge.right + 1)
            || cuts(overflowY) && (box.top < edge.top - 1 || box.bottom > edge.bottom + 1);
        if (isCut && !isMeant(outer))
            found.push(`${named(element)} ${at(box)} is cut off by ${named(outer)} ${at(edge)}`);
    }
};
for (const { element, boxes } of texts) {
    for (const box of boxes) check(element, shrunk(box, element));
}

const ARROW = 16;  // of a select, which may come to show any of its options
const pencil = document.createElement("canvas").getContext("2d");
const written = (field) => field.matches("select")
    ? [...field.options].map(({ text }) => text) : [field.value || field.placeholder];
for (const field of controls.filter((control) => control.matches("input, select"))) {
    const style = styleOf(field);
    pencil.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const wanted = Math.max(...written(field).map((text) => pencil.measureText(text).width));
    const arrow = field.matches("select") ? ARROW : 0;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
        - arrow;
    if (wanted > room + 1 && !isMeant(field))
        found.push(`${named(field)} needs ${figure(wanted)} for its text and has ${figure(room)}`);
}
for (const element of new Set([...texts.map(({ element }) => element), ...controls])) {
    const size = parseFloat(styleOf(element).fontSize);
    if (size < smallest) found.push(`${named(element)} is written in ${size} px`);
}
"""

# What is sticky lies above what is scrolled beneath it, which is no fault.
OVERLAPS = r"""
const layerOf = (element) => {
    while (element && !["sticky", "fixed"].includes(styleOf(element).position))
        element = element.parentElement;
    return element;
};
const thing = (element, boxes) => ({ element, boxes, layer: layerOf(element) });
const own = (element) => [...element.getClientRects()].map((box) =>
    isInline(element) ? shrunk(box, element) : box);
const pictures = seen.filter((element) => element.matches("img, svg"));
const things = [
    ...[...controls, ...pictures].map((element) => thing(element, own(element))),
    ...texts.map(({ element, boxes }) =>
        thing(element, boxes.map((box) => clipped(shrunk(box, element), element)))),
];
const meet = (one, other) => {
    const { left, right, top, bottom } = common(one, other);
    return right - left > 1 && bottom - top > 1;
};
things.forEach((one, index) => {
    for (const other of things.slice(index + 1)) {
        if (one.layer !== other.layer) continue;
        if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
        for (const box of one.boxes)
            for (const met of other.boxes.filter((another) => meet(box, another)))
                found.push(`${named(one.element)} ${at(box)} and `
                    + `${named(other.element)} ${at(met)} overlap`);
    }
});
"""

# Where a row of the cart is folded, its second column is as wide as its own figures: then the
# edges that are shared are the outer ones.
OUT_OF_LINE = r"""
const agree = (what, elements, measure) => {
    const [first, ...others] = elements;
    const told = (one) => `${named(one)} ${figure(measure(one))} ${at(boxOf(one))}`;
    for (const other of others)
        if (Math.abs(measure(first) - measure(other)) > 0.75)
            found.push(`${what} differs: ${told(first)}, ${told(other)}`);
};
const find = (selector, scope = root) =>
    [...scope.querySelectorAll(selector)].filter((element) => seen.includes(element));
const left = (element) => boxOf(element).left;
const right = (element) => boxOf(element).right;
const top = (element) => boxOf(element).top;
const width = (element) => boxOf(element).width;
const height = (element) => boxOf(element).height;

const startOf = (element) => left(element) + parseFloat(styleOf(element).paddingLeft);
const endOf = (element) => right(element) - parseFloat(styleOf(element).paddingRight);
agree("the left edge of the frame", find(".top, main, .bottom"), startOf);
agree("the right edge of the frame", find(".top, main, .bottom"), endOf);

for (const grid of find(".cards, .tiles")) {
    const columns = styleOf(grid).gridTemplateColumns.split(" ").length;
    const cards = [...grid.children];
    agree("the width of a card", cards, width);
    for (let start = 0; start < cards.length; start += columns) {
        const row = cards.slice(start, start + columns);
        const pictures = row.flatMap((card) => find("img", card));
        agree("the top of a card", row, top);
        agree("the top of a picture", pictures, top);
        agree("the width of a picture", pictures, width);
        agree("the height of a picture", pictures, height);
    }
    for (let column = 0; column < columns; column += 1)
        agree("the left edge of a card", cards.filter((_, at) => at % columns === column), left);
}

const table = find("table.lines")[0];
const isFolded = table && styleOf(table).display !== "table";
const edges = isFolded
    ? { product: [left, right], price: [right], quantity: [left], total: [right], remove: [left] }
    : { product: [left, right], price: [left, right], quantity: [left, right], total: [left, right],
        remove: [left, right] };
for (const [at, [column, shared]] of Object.entries(edges).entries()) {
    const head = find("thead th")[at];
    const cells = find(`.line-${column}`);
    for (const edge of shared)
        agree(`the ${edge.name} edge of ${column}`, head ? [head, ...cells] : cells, edge);
}

const endOfText = (element) => Math.max(...texts
    .filter((text) => element.contains(text.element))
    .flatMap(({ boxes }) => boxes.map((box) => box.right)));
const columns = {
    dd: ".totals", ".figure": ".summary", ".line-price": ".lines", ".line-total": ".lines",
};
for (const [cell, whole] of Object.entries(columns))
    for (const scope of find(whole)) {
        const written = find(cell, scope).filter((element) => element.innerText.trim());
        agree("the right edge of a figure", written, endOfText);
    }
"""

# A link is part of a sentence where it is inline and its block has text that is no control's.
SMALL_TARGETS = r"""
const isInSentence = (link) => link.matches("a") && isInline(link) && texts.some(({ element }) =>
    !element.closest(CONTROLS) && blockOf(element) === blockOf(link));
for (const control of controls) {
    const box = boxOf(control);
    if (box.bottom - box.top < smallest - 0.5 && !isInSentence(control))
        found.push(`${named(control)} is ${figure(box.bottom - box.top)} px high: ${at(box)}`);
}
"""

PALE = r"""
const { violations } = await axe.run(root, {
    runOnly: ["color-contrast"], resultTypes: ["violations"], iframes: false, preload: false,
});
for (const { any, target } of violations.flatMap(({ nodes }) => nodes)) {
    const element = document.querySelector(target.join(" "));
    found.push(`${named(element)} ${at(boxOf(element))}: ${any[0].message}`);
}
"""

# An element without a ring is given its chance to differ by its ground, its frame or its shadow.
FOCUS = r"""
const focused = document.activeElement;
const rgba = (colour) => [...colour.match(/[\d.]+/g).map(Number), 1].slice(0, 4);
const luminance = (colour) => rgba(colour).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
const groundOf = (element) => {
    while (element && !rgba(styleOf(element).backgroundColor)[3]) element = element.parentElement;
    return styleOf(element ?? document.body).backgroundColor;
};
const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
};
const hasRing = () => {
    const { outlineColor, outlineStyle, outlineWidth } = styleOf(focused);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && rgba(outlineColor)[3] > 0
        && contrast(outlineColor, groundOf(focused.parentElement)) >= least;
};
const look = () => {
    const { backgroundColor, borderColor, boxShadow } = styleOf(focused);
    return [backgroundColor, borderColor, boxShadow].join();
};
const changes = () => {
    const before = look();
    focused.blur();
    const isChanged = look() !== before;
    focused.focus();
    return isChanged;
};
const box = boxOf(focused);
const isThere = isSeen(focused) && box.right > 0 && box.bottom > 0 && box.top < innerHeight;
if (focused === document.body) found.push("the focus is nowhere");
else if (!isThere) found.push(`${named(focused)} has the focus out of sight: ${at(box)}`);
else if (!hasRing() && !changes())
    found.push(`${named(focused)} does not show its focus: ${at(box)}`);
"""


def watch(page: Page) -> None:
    """Lets `movements` know when the page is first used; comes before the page is opened."""
    page.add_init_script(WATCH)


def movements(page: Page) -> list[str]:
    """Layout shifts since the page was parsed, and pictures that do not load, lazy ones among them.

    What moves once a page is used is its answer and left out, except for a dialog that opens:
    nothing is to move beneath it. How far the page has come when it is first painted is chance:
    `comes_in_two_parts` decides it, and the columns of a cart's first line are compared with
    those that it has alone. Ends at the top of the page.
    """
    return _measure(page, MOVEMENTS)


def places(page: Page) -> list[str]:
    """What is seen and where: for parts that are exchanged, whose shifts no browser records."""
    return _measure(page, PLACES)


def comes_in_two_parts(page: Page, after: str) -> None:
    """Lets the page that is open come again, and stall after the first of these words."""
    page.evaluate(f"async (after) => {{ {IN_TWO_PARTS} }}", after)


def sticking_out(page: Page) -> list[str]:
    """What is wider than the window, or lies beside it."""
    return _measure(page, STICKING_OUT)


def cut_off(page: Page) -> list[str]:
    """Text that is larger than its box, or too small to be read."""
    return _measure(page, CUT_OFF, smallest=SMALLEST_TEXT)


def overlaps(page: Page) -> list[str]:
    """Controls, pictures and texts that lie on one another, of which none is in the other."""
    return _measure(page, OVERLAPS)


def out_of_line(page: Page) -> list[str]:
    """Edges and sizes that differ where they are to be the same."""
    return _measure(page, OUT_OF_LINE)


def small_targets(page: Page) -> list[str]:
    """Controls that are too low for a finger, except links within a sentence."""
    return _measure(page, SMALL_TARGETS, smallest=SMALLEST_TARGET)


def pale(page: Page) -> list[str]:
    """Text without contrast, as axe-core sees it, in light and then in dark."""
    # By `evaluate` and not as a script of the page: the shop's CSP lets no foreign one in.
    page.evaluate(_axe())
    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        faults += [f"{scheme}: {fault}" for fault in _measure(page, PALE)]
    return faults


def hidden_focus(page: Page) -> list[str]:
    """Whether what has the focus cannot be told from what has not."""
    return _measure(page, FOCUS, least=FOCUS_CONTRAST)


def _measure(page: Page, script: str, **limits: int) -> list[str]:
    names = ", ".join(limits)
    measured: list[str] = page.evaluate(
        f"async ({{ {names} }}) => {{ {COMMON} {script} return found; }}", limits
    )
    return measured


@cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
