(selector) =>
    JSON.stringify([...document.querySelectorAll(selector)].map((element) => element.textContent))
