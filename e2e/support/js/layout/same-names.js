/* Two controls may share role and name only if a press on either does the same. */
const targetOf = (element) => {
    if (element.href) return element.href;
    if (!element.form || element.type !== "submit") return null;
    const sent = new URLSearchParams(new FormData(element.form, element));
    sent.delete("csrf_token");
    return `${element.getAttribute("formaction") ?? element.form.getAttribute("action")} ${sent}`;
};
axe.setup(document);
const known = new Map();
for (const element of document.querySelectorAll(CONTROLS)) {
    if (!element.checkVisibility({ checkVisibilityCSS: true })) continue;
    const name = axe.commons.text.accessibleText(element).trim().replace(/\s+/g, " ");
    const key = `${axe.commons.aria.getRole(element)} “${name}”`;
    const target = targetOf(element);
    if (!known.has(key)) known.set(key, target);
    else if (target === null || known.get(key) !== target)
        found.push(`${key} leads to ${known.get(key)}, and another to ${target}`);
}
axe.teardown();
