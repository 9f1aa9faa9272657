/* Leaves to axe-core, in `window.doubtful`, the texts that are not plainly legible. Plain is a text in one opaque colour on the opaque ground of an element around it, with nothing else painted at its place. */
const FIELDS = "input, select, textarea";
const OPAQUE = /^rgb\(/;
const each = (measure) => {
    const known = new Map();
    return (element) => {
        if (!known.has(element)) known.set(element, measure(element));
        return known.get(element);
    };
};
const hasGround = ({ backgroundColor, backgroundImage }) =>
    backgroundImage !== "none" || rgba(backgroundColor)[3] > 0;
const groundAround = each((element) =>
    !element || hasGround(styleOf(element)) ? element : groundAround(element.parentElement));
const isDrawnOver = (element) => ["::before", "::after"]
    .map((part) => getComputedStyle(element, part))
    .some((style) => !["none", "normal"].includes(style.content) && hasGround(style));
const isMixed = each((element) => {
    if (!element) return false;
    const { opacity, filter, backdropFilter, mixBlendMode, maskImage, zIndex } = styleOf(element);
    return opacity !== "1" || filter !== "none" || backdropFilter !== "none" || zIndex < 0
        || mixBlendMode !== "normal" || maskImage !== "none" || isDrawnOver(element)
        || isMixed(element.parentElement);
});
const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
const layers = [document.documentElement, root, ...all].filter((element) => isShown(element)
    && (element.matches(`${FIELDS}, img, svg, canvas, video, iframe`) || hasGround(styleOf(element))))
    .map((element) => ({ element, boxes: [...element.getClientRects()] }));

const fills = (box, other) => box.left <= other.left && box.right >= other.right
    && box.top <= other.top && box.bottom >= other.bottom;
const meets = (box, other) => box.left < other.right && other.left < box.right
    && box.top < other.bottom && other.top < box.bottom;
const isAllPaper = (ground) =>  // the ground of the body is painted on the whole canvas
    ground === root && !hasGround(styleOf(document.documentElement));
const isUnder = (ground, boxes) => isAllPaper(ground)
    || boxes.every((box) => [...ground.getClientRects()].some((outer) => fills(outer, box)));
const isOverlapped = (element, boxes) => layers.some((layer) => !layer.element.contains(element)
    && layer.boxes.some((box) => boxes.some((other) => meets(box, other))));

/* WCAG 2.2, 1.4.3: large is 18 pt, or 14 pt in bold. */
const wanted = ({ fontSize, fontWeight }) => {
    const points = parseFloat(fontSize) * 72 / 96;
    return points >= 18 || (points >= 14 && fontWeight >= 700) ? 3 : 4.5;
};
const isLegible = (element, boxes) => {
    const style = styleOf(element);
    const ground = groundAround(element);
    if (!ground || isMixed(element) || style.textShadow !== "none") return false;
    if (style.webkitTextFillColor !== style.color || style.webkitTextStrokeWidth !== "0px") return false;
    const { backgroundColor, backgroundImage } = styleOf(ground);
    return backgroundImage === "none" && OPAQUE.test(backgroundColor) && OPAQUE.test(style.color)
        && contrast(style.color, backgroundColor) > wanted(style)
        && isUnder(ground, boxes) && !isOverlapped(element, boxes);
};
const writtenIn = (element) =>
    [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
window.doubtful = [...root.querySelectorAll("*")].filter((element) => {
    const isField = element.matches(FIELDS);
    const nodes = writtenIn(element);
    if (!nodes.length && !isField || !isShown(element)) return false;
    if (helpers.some((helper) => helper.contains(element))) return false;
    const boxes = isField ? [...element.getClientRects()] : nodes.flatMap(boxesOf);
    return element.closest("svg *") || !isLegible(element, boxes);
});

for (const field of controls.filter((control) => control.matches(FIELDS))) {
    const { backgroundColor, borderTopColor } = styleOf(field);
    stands(field, field.parentElement, [backgroundColor, borderTopColor], least);
}
