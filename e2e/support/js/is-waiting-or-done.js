async () =>
    (await navigator.locks.query()).pending.length > 0 || document.querySelector("dialog[open]")
