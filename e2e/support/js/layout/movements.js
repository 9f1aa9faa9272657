const frame = () => new Promise(requestAnimationFrame);
const recorded = (type) => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type, buffered: true });
    return observer.takeRecords();
};
for (const picture of root.querySelectorAll("img")) {
    if (!isSeen(picture)) continue;
    picture.scrollIntoView();
    await picture.decode().catch(() => found.push(`${named(picture)} does not load`));
}
root.scrollTo(0, 0);
scrollTo(0, 0);
await frame();
await frame();
const elementOf = (node) => node?.localName ? node : node?.parentElement;
const moved = ({ node, previousRect, currentRect }) =>
    `${node ? named(elementOf(node)) : "what is gone"} ${at(previousRect)} to ${at(currentRect)}`;
const [{ domInteractive }] = performance.getEntriesByType("navigation");
const until = document.querySelector(".mini-panel:not([hidden])") ? Infinity : window.firstUsedAt ?? Infinity;
for (const { startTime, sources, value } of recorded("layout-shift"))
    if (startTime > domInteractive && startTime <= until)
        found.push(`moves by ${value.toFixed(4)}: ${sources.map(moved).join("; ")}`);

const [first, ...others] = root.querySelectorAll(".lines tbody tr");
const columns = () => [...(first?.cells ?? [])].map((cell) => at(boxOf(cell))).join(", ");
const among = columns();
for (const row of others) row.style.display = "none";
const alone = columns();
for (const row of others) row.style.display = "";
if (alone !== among) found.push(`lines that come later move ${alone} to ${among}`);
