names => {
    const forms = [...document.querySelectorAll('[data-add-form]')];
    for (const name of names)
        forms.find(form => form.elements.sku.value === name).requestSubmit();
}
