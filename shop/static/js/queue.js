/* One change at a time, across all tabs: each is sent once the previous one's cookie is stored.
   Without Web Locks, which need cookies, changes take turns within the tab only. */

let last = Promise.resolve();

export function inTurn(task) {
  if (navigator.locks && navigator.cookieEnabled) return navigator.locks.request("crumb cart", task);
  last = last.then(task, task);
  return last;
}
