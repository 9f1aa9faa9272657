/* Shared by all checks. `texts` are the visible text nodes, with the box of each of their lines. A font may claim more height than its size, so `shrunk` reduces a box to the font size. */
const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
const root = document.body;
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
const isAmongSeen = new Set(seen);
const controls = seen.filter((element) => element.matches(CONTROLS));

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
    if (!rgba(one)[3]) return 1;
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
};

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
    if (!walker.currentNode.data.trim() || !isAmongSeen.has(element)) continue;
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

const stands = (element, ground, colours, least) => {
    const most = Math.max(...colours.map((colour) => contrast(colour, groundOf(ground))));
    if (most < least)
        found.push(`${named(element)} ${at(boxOf(element))}: contrast of ${figure(most)}`);
};
