async () =>
    (await navigator.locks.query()).pending.length > 0 || document.querySelector(".mini-panel:not([hidden])")
