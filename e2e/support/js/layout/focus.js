/* An element without a focus ring may show focus by its background, border or shadow. */
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
