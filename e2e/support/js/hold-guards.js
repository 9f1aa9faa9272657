/* Stops the guard of what has just appeared, so that its time passes only as a test says. */
addEventListener("animationstart", ({ animationName, target }) => {
  if (animationName !== "mini-guard") return;
  for (const guard of target.getAnimations()) {
    guard.pause();
    target.setAttribute("data-held", "");
  }
});
