// Installs (once) an observer of the document and says for how many milliseconds it has been
// still: no element added or removed, no image or font still on its way. Changes of style,
// text or attributes alone (clocks, animations) do not count.
() => {
  const key = Symbol.for("deckarchive.settle");
  let state = window[key];
  if (!state) {
    state = { changed: performance.now() };
    Object.defineProperty(window, key, { value: state });
    new MutationObserver((records) => {
      const element = (node) => node.nodeType === 1;
      const matters = (r) => [...r.addedNodes, ...r.removedNodes].some(element);
      if (records.some(matters)) state.changed = performance.now();
    }).observe(document, { childList: true, subtree: true });
  }
  const loading = document.readyState !== "complete" || document.fonts?.status === "loading";
  if (loading) state.changed = performance.now();
  return performance.now() - state.changed;
}
