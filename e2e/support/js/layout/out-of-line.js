/* In a folded cart row, the second column is as wide as its own figures, so only the outer edges must align. */
const agree = (what, elements, measure) => {
    const [first, ...others] = elements;
    const told = (one) => `${named(one)} ${figure(measure(one))} ${at(boxOf(one))}`;
    for (const other of others)
        if (Math.abs(measure(first) - measure(other)) > 0.75)
            found.push(`${what} differs: ${told(first)}, ${told(other)}`);
};
const find = (selector, scope = root) =>
    [...scope.querySelectorAll(selector)].filter((element) => seen.includes(element));
/* From right to left, the sides are seen in a mirror: a line begins at the "left". */
const isMirrored = styleOf(document.documentElement).direction === "rtl";
const left = (element) => isMirrored ? -boxOf(element).right : boxOf(element).left;
const right = (element) => isMirrored ? -boxOf(element).left : boxOf(element).right;
const top = (element) => boxOf(element).top;
const width = (element) => boxOf(element).width;
const height = (element) => boxOf(element).height;

const startOf = (element) => left(element) + parseFloat(styleOf(element).paddingInlineStart);
const endOf = (element) => right(element) - parseFloat(styleOf(element).paddingInlineEnd);
agree("the left edge of the frame", find(".top, main, .bottom"), startOf);
agree("the right edge of the frame", find(".top, main, .bottom"), endOf);
for (const frame of find(".top, .bottom"))
    for (const element of find("*", frame))
        if (left(element) < startOf(frame) - 1 || right(element) > endOf(frame) + 1)
            found.push(`${named(element)} ${at(boxOf(element))} leaves the frame ${at(boxOf(frame))}`);
const middle = (element) => (boxOf(element).top + boxOf(element).bottom) / 2;
/* A long name has a row to itself on a phone. */
const isShort = (element) => width(element) < innerWidth / 2 || element.matches(".top-links");
agree("the middle of the header's first row", find(".top-brand, .top-links").filter(isShort), middle);

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

for (const state of find(".admin-state"))
    if (state.getClientRects().length > 1) found.push(`${named(state)} takes two lines ${at(boxOf(state))}`);

for (const pair of find(".admin-pair")) {
    const labels = find("label", pair);
    for (let first = 0; first < labels.length; first += 2) {
        const row = labels.slice(first, first + 2);
        if (new Set(row.map(left)).size === row.length) agree("the top of a paired label", row, top);
    }
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

const edgesOf = (element, edge) => texts.filter((text) => element.contains(text.element))
    .flatMap(({ boxes }) => boxes.map(edge));
/* Amounts run from left to right in every language, so columns of them share the right edge. */
const endOfText = (element) => Math.max(...edgesOf(element,
    isMirrored && isFolded && element.matches("td") ? ({ left }) => -left : ({ right }) => right));
const startOfText = (element) =>
    Math.min(...edgesOf(element, ({ left, right }) => isMirrored ? -right : left));
agree("the left edge of a name", find(".line-what a"), startOfText);
const columns = {
    dd: ".totals", ".figure": ".summary", ".line-price": ".lines", ".line-total": ".lines",
};
for (const [cell, whole] of Object.entries(columns))
    for (const scope of find(whole)) {
        const written = find(cell, scope).filter((element) => element.innerText.trim());
        agree("the right edge of a figure", written, endOfText);
    }

const stocks = find(".admin-stock");
const isRagged = stocks[0] && styleOf(stocks[0]).textAlign === "left";
agree("the stock of a product", stocks, isRagged ? startOfText : endOfText);
