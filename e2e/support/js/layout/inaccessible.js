const { violations } = await axe.run(document, {
    runOnly: tags, rules: { "color-contrast": { enabled: false } }, resultTypes: ["violations"],
    iframes: false, preload: false,
});
for (const { help, nodes } of violations)
    for (const { target } of nodes) found.push(`${target.join(" ")}: ${help}`);
