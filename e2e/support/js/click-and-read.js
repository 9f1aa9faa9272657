/* Reads at once, since the quantity is reset as soon as the request to the shop fails. */
button => {
    button.click();
    return button.closest("quantity-stepper").querySelector("input").value;
}
