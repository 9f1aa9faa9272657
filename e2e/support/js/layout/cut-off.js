/* A card's name is truncated after three lines on purpose; so are the last breadcrumb and the link to a cart, by an ellipsis. What is scrolled out of sight is not cut off. */
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
        if (overflowY === "auto") box = common(box, edge);
        if (box.bottom <= box.top) return;
    }
};
for (const { element, boxes } of texts) {
    for (const box of boxes) check(element, shrunk(box, element));
}

const ARROW = 16;  // a select may show any of its options
const pencil = document.createElement("canvas").getContext("2d");
const written = (field) => field.matches("select")
    ? [...field.options].map(({ text }) => text) : [field.value || field.placeholder];
for (const field of controls.filter((control) => control.matches("input:not([type=radio]), select"))) {
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
