/* One change at a time, across all tabs: each is sent once the previous one's cookie is stored.
   Without Web Locks, or cookies, which they need, the order is kept within the tab. */

let last = Promise.resolve();

export function inTurn(task) {
  if (navigator.locks && navigator.cookieEnabled) return navigator.locks.request("crumb cart", task);
  last = last.then(task, task);
  return last;
}
