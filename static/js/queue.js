/* One change at a time, across all tabs: each leaves after the cookie of the one before was stored.
   A browser without Web Locks keeps the order within the tab. */

let last = Promise.resolve();

export function inTurn(task) {
  if (navigator.locks) return navigator.locks.request("crumb cart", task);
  last = last.then(task, task);
  return last;
}
