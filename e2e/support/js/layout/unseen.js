/* Hidden on purpose: the skip link, and these texts for screen readers. */
const QUIET = ".quiet, thead, .encoding-title";
const isDrawn = (element) => element.checkVisibility() && !element.closest(".skip:not(:focus)");
const isHidden = (element) => isDrawn(element)
    && !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
for (const element of all)
    if (isHidden(element) && !isHidden(element.parentElement))
        found.push(`${named(element)} is transparent or hidden: ${at(boxOf(element))}`);
for (const helper of helpers)
    if (!helper.matches(QUIET) || helper.matches(CONTROLS) || helper.querySelector(CONTROLS))
        found.push(`${named(helper)} is clipped to nothing`);

/* A press must reach it: outside the window or cut off, nothing is reached, or something else. */
const middle = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
for (const element of new Set([...controls, ...texts.map(({ element }) => element)])) {
    if (element.matches("option")) continue;
    element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const hits = [...element.getClientRects()]
        .filter(({ width, height }) => width >= 1 && height >= 1)
        .map((box) => document.elementFromPoint(...middle(box)));
    if (hits.some((hit) => element.contains(hit))) continue;
    const [over] = hits.filter(Boolean).map(named);
    found.push(`${named(element)} ${at(boxOf(element))} is behind ${over ?? "an edge"}`);
}
scrollTo(0, 0);
