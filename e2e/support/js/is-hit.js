/* Whether a tap on the middle of this would hit it, so many milliseconds after it has appeared. */
(element, elapsed) => {
  const held = element.closest("[data-held]");
  for (const guard of held.getAnimations()) guard.currentTime = elapsed;
  const { x, y, width, height } = element.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === element;
}
