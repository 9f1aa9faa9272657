/* Records, by the page's own clock, when it was last restored or heard of a change, and when its count last changed: on a busy machine, measuring from outside the page is too slow. */
window.calledAt = 0;
addEventListener("pageshow", ({ persisted }) => {
    if (persisted) window.calledAt = performance.now();
});
const changes = new BroadcastChannel("crumb cart");
changes.addEventListener("message", () => { window.calledAt = performance.now(); });
addEventListener("pagehide", () => changes.close());
let counted;
new MutationObserver(() => {
    const count = document.querySelector("cart-count")?.textContent;
    if (count !== counted) window.shownAt = performance.now();
    counted = count;
}).observe(document, { subtree: true, childList: true, characterData: true });
