/* An element without a focus ring may show focus by its background, border or shadow. */
const focused = document.activeElement;
const hasRing = () => {
    const { outlineColor, outlineStyle, outlineWidth } = styleOf(focused);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
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
