for (const form of document.forms) {
    if (form.closest("[hidden]")) continue;
    const buttons = [...form.elements].filter(({ type }) => type === "submit");
    if (!buttons.length) found.push(`the form to ${form.action} has no button`);
    for (const button of buttons)
        if (!seen.includes(button)) found.push(`${named(button)} of ${form.action} is not shown`);
}
for (const button of controls.filter((control) => control.matches("button[type=button]")))
    found.push(`${named(button)} is shown and does nothing`);
