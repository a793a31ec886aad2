// Installs (once, at best before the page's own scripts) an observer of the document and returns
// for how many milliseconds it has been still: no element added or removed, no image or font still
// on its way, no script that came and has not run (a long one is compiled beside a quiet page).
// Changes of style, text or attributes alone (clocks, animations) do not count.
() => {
  const key = Symbol.for("deckarchive.settle");
  const COMPILING = 3000; // milliseconds at most; a script whose event got lost must not hold up
  let state = window[key];
  if (!state) {
    state = { changed: performance.now(), scripts: new Map() };
    Object.defineProperty(window, key, { value: state });
    const element = (node) => node.nodeType === 1;
    const run = (event) => {
      if (state.scripts.delete(event.target)) state.changed = performance.now();
    };
    const expect = (script) => {
      if (!script.src || state.scripts.size >= 200) return;
      state.scripts.set(script, performance.now());
      for (const type of ["load", "error"]) script.addEventListener(type, run, { once: true });
    };
    new MutationObserver((records) => {
      /** @type {Element[]} */
      const added = records.flatMap((r) => /** @type {any} */ ([...r.addedNodes].filter(element)));
      for (const node of added) if (node.localName === "script") expect(node);
      if (added.length || records.some((r) => [...r.removedNodes].some(element))) {
        state.changed = performance.now();
      }
    }).observe(document, { childList: true, subtree: true });
  }
  const now = performance.now();
  const came = (script) => performance.getEntriesByName(script.src).length > 0;
  const compiled = [...state.scripts].some(
    ([script, since]) => now - since < COMPILING && came(script),
  );
  const loading = document.readyState !== "complete" || document.fonts?.status === "loading";
  if (loading || compiled) state.changed = now;
  return now - state.changed;
};
