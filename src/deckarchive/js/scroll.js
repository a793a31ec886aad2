// Scrolls the document and its inner scroll containers through, so that what loads lazily
// loads, then back to where they stood. Takes {budget} milliseconds; bounded by it and by
// steps, since some pages grow without end. Returns whether anything could be scrolled.
async ({ budget }) => {
  const STEPS = 40;
  const until = performance.now() + budget;
  // rAF does not fire in a hidden page; the timer does.
  const breath = () => new Promise((done) => setTimeout(done, 60));
  /** @type {HTMLImageElement[]} */
  const lazy = Array.from(document.querySelectorAll("img[loading=lazy], iframe[loading=lazy]"));
  for (const element of lazy) element.loading = "eager";
  const root = /** @type {HTMLElement} */ (document.scrollingElement || document.documentElement);
  const scrolls = (element) => {
    if (element === root) return root.scrollHeight > innerHeight + 8;
    if (element.scrollHeight < element.clientHeight + 48 || element.clientHeight < 80) return false;
    return /auto|scroll/.test(getComputedStyle(element).overflowY);
  };
  /** @type {HTMLElement[]} */
  const every = Array.from(document.querySelectorAll("body *"));
  const inner = every.slice(0, 20000).filter(scrolls);
  const areas = [root, ...inner.slice(0, 8)].filter(scrolls);
  for (const area of areas) {
    const [left, top, behaviour] = [area.scrollLeft, area.scrollTop, area.style.scrollBehavior];
    area.style.scrollBehavior = "auto";
    const step = Math.max(200, Math.floor((area === root ? innerHeight : area.clientHeight) * 0.9));
    let y = 0;
    for (let n = 0; n < STEPS && y < area.scrollHeight && performance.now() < until; n += 1) {
      y += step;
      area.scrollTop = y;
      await breath();
    }
    for (let more = 0; more < 6 && performance.now() < until; more += 1) {
      const height = area.scrollHeight;
      area.scrollTop = height;
      const patience = area === root ? 5 : 1; // what is fetched at the end makes the page grow
      for (let n = 0; n < patience && area.scrollHeight === height; n += 1) await breath();
      if (area.scrollHeight === height) break;
    }
    area.scrollTop = top;
    area.scrollLeft = left;
    area.style.scrollBehavior = behaviour;
  }
  return areas.length > 0;
};
