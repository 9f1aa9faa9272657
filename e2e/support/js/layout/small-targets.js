/* A link is part of a sentence if it is inline and its block has other text outside of controls. */
const isInSentence = (link) => link.matches("a") && isInline(link) && texts.some(({ element }) =>
    !element.closest(CONTROLS) && blockOf(element) === blockOf(link));
for (const control of controls) {
    const box = boxOf(control);
    if (box.bottom - box.top < smallest - 0.5 && !isInSentence(control))
        found.push(`${named(control)} is ${figure(box.bottom - box.top)} px high: ${at(box)}`);
}
