/* At once, since the figure goes back as soon as the shop is found to be out of reach. */
button => {
    button.click();
    return button.closest("quantity-stepper").querySelector("input").value;
}
