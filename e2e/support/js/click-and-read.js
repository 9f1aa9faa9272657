/* Reads at once, since the figure goes back as soon as the shop turns out to be unreachable. */
button => {
    button.click();
    return button.closest("quantity-stepper").querySelector("input").value;
}
