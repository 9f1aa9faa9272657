/* Records when the page is first used. The browser's own first-input entry misses fields that a test fills in. */
for (const type of ["pointerdown", "keydown", "input"])
    addEventListener(type, () => { window.firstUsedAt ??= performance.now(); }, { capture: true });
