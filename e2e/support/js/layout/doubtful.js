/* axe-core leaves signs such as an arrow undecided, and texts in the very colour of their ground. */
const { violations, incomplete } = await axe.run({ include: window.doubtful }, {
    runOnly: ["color-contrast"], resultTypes: ["violations", "incomplete"], iframes: false,
    preload: false,
});
const parts = (results) => results.flatMap(({ nodes }) => nodes)
    .map(({ any, target }) => [document.querySelector(target.join(" ")), any[0].message]);
for (const [element, message] of parts(violations))
    found.push(`${named(element)} ${at(boxOf(element))}: ${message}`);
for (const [element] of parts(incomplete)) stands(element, element, [styleOf(element).color], least);
