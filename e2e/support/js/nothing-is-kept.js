/* Whether this origin and this tab keep nothing. */
async () => {
    const databases = await indexedDB.databases();
    const workers = await navigator.serviceWorker.getRegistrations();
    const caches = await window.caches.keys();
    return [localStorage, sessionStorage, databases, workers, caches].every(({ length }) => !length) && !window.name;
}
