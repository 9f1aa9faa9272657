/* axe-core leaves signs such as an arrow undecided, and texts in the very colour of their ground. */
/* It takes milliseconds for each element, so of those that are painted alike it looks at the first: the same styles, in what they are within and in the whole stack at each of their boxes. */
const PAINT = ["color", "backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode",
    "textShadow", "fontSize", "fontWeight", "position", "content"];
const paints = new Map();
const paintOf = (element) => {
    if (!paints.has(element))
        paints.set(element, [element.localName, element.className, ...["", "::before", "::after"]
            .map((part) => getComputedStyle(element, part))
            .flatMap((style) => PAINT.map((property) => style[property]))].join());
    return paints.get(element);
};
const within = (element) => element ? [...within(element.parentElement), element] : [];
const stackOf = (element) => {
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const points = [...element.getClientRects()].map(({ left, right, top, bottom }) =>
        document.elementsFromPoint((left + right) / 2, (top + bottom) / 2));
    const isWhole = points.length && points.every((stack) => stack.includes(element));
    if (!isWhole) return element;
    // A point in a cell does not count as one in its row.
    return [within(element), ...points].map((stack) => stack.map(paintOf).join(";")).join("/");
};
const isWritten = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
const kinds = new Map();
for (const element of root.querySelectorAll("*")) {
    if (!element.matches(CONTROLS) && !isWritten(element)) continue;
    const kind = element.closest("svg *") ? element : stackOf(element);
    if (!kinds.has(kind)) kinds.set(kind, element);
}
scrollTo(0, 0);
const { violations, incomplete } = await axe.run({ include: [...kinds.values()] }, {
    runOnly: ["color-contrast"], resultTypes: ["violations", "incomplete"], iframes: false,
    preload: false,
});
const parts = (results) => results.flatMap(({ nodes }) => nodes)
    .map(({ any, target }) => [document.querySelector(target.join(" ")), any[0].message]);
for (const [element, message] of parts(violations))
    found.push(`${named(element)} ${at(boxOf(element))}: ${message}`);
const stands = (element, ground, colours) => {
    const most = Math.max(...colours.map((colour) => contrast(colour, groundOf(ground))));
    if (most < least)
        found.push(`${named(element)} ${at(boxOf(element))}: contrast of ${figure(most)}`);
};
for (const [element] of parts(incomplete)) stands(element, element, [styleOf(element).color]);
for (const field of controls.filter((control) => control.matches("input, select, textarea"))) {
    const { backgroundColor, borderTopColor } = styleOf(field);
    stands(field, field.parentElement, [backgroundColor, borderTopColor]);
}
