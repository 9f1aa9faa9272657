(selector) =>
    new Promise((found) => {
        const look = () => {
            if (document.querySelector(selector)) {
                observer.disconnect();
                found(true);
            }
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, attributes: true });
        look();
    })
