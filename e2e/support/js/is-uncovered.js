/* Whether a press on what has the focus would reach it. */
() => {
    const focused = document.activeElement;
    const { left, right, top, bottom } = focused.getBoundingClientRect();
    return focused.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
}
