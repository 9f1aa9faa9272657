/* A sticky element covers what scrolls beneath it, which is not a fault. */
const layerOf = (element) => {
    while (element && !["sticky", "fixed"].includes(styleOf(element).position))
        element = element.parentElement;
    return element;
};
const thing = (element, boxes) => ({ element, boxes, layer: layerOf(element) });
const own = (element) => [...element.getClientRects()].map((box) =>
    clipped(isInline(element) ? shrunk(box, element) : box, element));
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
