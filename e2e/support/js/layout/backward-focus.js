/* The last box is kept in the page, since each stop is a call of its own. */
const focused = document.activeElement;
const box = boxOf(focused);
const told = `${named(focused)} ${at(box)}`;
const before = window.lastStop;
if (before) {
    const isMirrored = styleOf(document.documentElement).direction === "rtl";
    const isLower = box.top >= before.box.bottom;
    const isAbove = box.bottom <= before.box.top;
    const isBehind = isMirrored ? box.right <= before.box.left : box.left >= before.box.right;
    if (!isLower && (isAbove || !isBehind)) found.push(`${told} comes after ${before.told}`);
}
window.lastStop = { box, told };
