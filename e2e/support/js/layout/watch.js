/* When the page is first used. The browser's own first-input entry knows no field that is filled in by a test. */
for (const type of ["pointerdown", "keydown", "input"])
    addEventListener(type, () => { window.firstUsedAt ??= performance.now(); }, { capture: true });
