/* Writes the page again with a pause of two frames in the middle, as if the connection had stalled there, because browsers cannot delay a response themselves. */
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const html = (await (await fetch(location)).text()).replace(/<link rel="expect"[^>]*>/, "");
const cut = html.indexOf(after) + after.length;
document.open();
document.write(html.slice(0, cut));
const sheet = document.querySelector("link[rel=stylesheet]");
if (!sheet.sheet) await new Promise((done) => sheet.addEventListener("load", done));
await painted();
await painted();
document.write(html.slice(cut));
document.close();
