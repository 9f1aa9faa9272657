(button) => {
    button.click();
    document.querySelector('[aria-label="Add Last-one lamp"]').click();
}
