/* What a page finds of earlier ones: all that its origin keeps, and all that a test can set. */
async () => ({
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    local: localStorage.length,
    session: sessionStorage.length,
    name: window.name,
    script: window.left ?? null,
    title: document.title,
    year: new Date().getFullYear(),
    width: innerWidth,
    isDark: matchMedia("(prefers-color-scheme: dark)").matches,
    mayLocate: (await navigator.permissions.query({ name: "geolocation" })).state,
})
