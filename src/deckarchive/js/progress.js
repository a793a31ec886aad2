// Installs (once) an observer of what a page changes in its texts and styles again and again, and
// returns what that says: {left, fresh}.
// left: milliseconds until a value that rises or falls steadily is at its end (a number that is
// counted down, per cent, an opacity); 0 where there is none.
// fresh: whether a text has just become one that its element never was before, or nothing can be
// said yet. A rotation, a canvas, a blinking text are neither: they repeat.
() => {
  const key = Symbol.for("deckarchive.progress");
  const MOST = 50; // elements
  const TEXTS = 100; // texts of one
  const RECENT = 1200; // milliseconds: what counts seconds changes once in each
  const STEP = 100; // milliseconds between two values of one
  const SAMPLES = 6;
  const now = performance.now();
  let state = window[key];
  if (!state) {
    state = { began: now, elements: new Map() };
    Object.defineProperty(window, key, { value: state });
    const values = (element, text) => {
      const [, number, percent] = /^\D{0,40}?(\d+(?:\.\d+)?)\s*(%?)\D{0,40}$/.exec(text) || [];
      const { opacity, width } = element.style || {};
      return [
        [Number.parseFloat(number), percent ? 100 : Number.NaN],
        [Number.parseFloat(opacity), 1],
        [width?.endsWith("%") ? Number.parseFloat(width) : Number.NaN, 100],
        [Number(element.getAttribute("aria-valuenow") ?? Number.NaN), 100],
      ];
    };
    const note = (element, at, isText) => {
      let one = state.elements.get(element);
      if (!one) {
        if (state.elements.size >= MOST) return;
        one = { texts: new Set(), fresh: -RECENT, series: [[], [], [], []] };
        state.elements.set(element, one);
      }
      const leaf = element.childElementCount < 4; // the text of a large one costs too much
      const text = leaf ? (element.textContent || "").slice(0, 200) : "";
      if (!one.texts.has(text) && one.texts.size < TEXTS) {
        if (isText) one.fresh = at;
        one.texts.add(text);
      }
      values(element, text).forEach(([value, end], n) => {
        const series = one.series[n];
        const last = series.at(-1);
        if (!Number.isFinite(value) || (last && at - last.at < STEP)) return;
        series.push({ at, value, end });
        if (series.length > SAMPLES) series.shift();
      });
    };
    new MutationObserver((records) => {
      const at = performance.now();
      const changed = new Map();
      for (const { target, type, addedNodes } of records.slice(0, 1000)) {
        const texts = [...addedNodes].every((node) => node.nodeType === 3);
        const element = target.nodeType === 1 ? target : target.parentElement;
        if (element && (type !== "childList" || texts))
          changed.set(element, changed.get(element) || type !== "attributes");
      }
      for (const [element, isText] of changed) note(element, at, isText);
    }).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["style", "aria-valuenow"],
    });
  }
  const remains = (series) => {
    const [first, last] = [series[0], series.at(-1)];
    if (series.length < 2 || now - last.at > RECENT || last.at - first.at < 3 * STEP) return 0;
    const way = Math.sign(last.value - first.value);
    const steady = series.every(({ value }, n) => !n || (value - series[n - 1].value) * way >= 0);
    const end = way < 0 ? 0 : last.end;
    const left = ((end - last.value) / (last.value - first.value)) * (last.at - first.at);
    return steady && left > 0 ? left : 0; // an end that is not known: NaN
  };
  let [left, fresh] = [0, now - state.began < RECENT];
  for (const [element, one] of state.elements) {
    if (!element.isConnected) state.elements.delete(element);
    fresh ||= now - one.fresh < RECENT;
    for (const series of one.series) left = Math.max(left, remains(series));
  }
  return { left: Math.min(left, 1e6), fresh };
};
