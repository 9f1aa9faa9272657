const { violations } = await axe.run(root, {
    runOnly: ["color-contrast"], resultTypes: ["violations"], iframes: false, preload: false,
});
for (const { any, target } of violations.flatMap(({ nodes }) => nodes)) {
    const element = document.querySelector(target.join(" "));
    found.push(`${named(element)} ${at(boxOf(element))}: ${any[0].message}`);
}
