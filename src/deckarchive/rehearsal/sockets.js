// Runs in a copy, in the page's own world: for how many milliseconds its first socket has been closed,
// as sockets are without a network; 0 while it connects, -1 where the copy has opened none.
() => {
  const own = /** @type {any} */ (window).__deckarchive_page;
  const since = typeof own?.sinceClosed === "function" ? own.sinceClosed() : null;
  return typeof since === "number" ? since : -1;
};
