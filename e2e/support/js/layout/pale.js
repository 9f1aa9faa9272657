/* axe-core leaves signs such as an arrow undecided, and texts in the very colour of their ground. */
const { violations, incomplete } = await axe.run(root, {
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
