// Scrolls the document and its inner scroll containers through, those in open shadow roots too, so
// that what loads lazily loads, then back to where they stood. Takes {budget} milliseconds; bounded
// by it and by steps, since some pages grow without end. Returns whether anything could be
// scrolled. {channel} is the event that timers.js answers: a step after which the page sets a short
// timer, as observers with a delay do, is looked at until that has fired.
async ({ budget, channel }) => {
  const STEPS = 40;
  const DELAY = 800; // milliseconds of a timer that is waited for
  const FRAME = 500; // milliseconds that the first frame may take, those after it twice that
  const LATE = 1000; // milliseconds that a timer may fire after its time
  const until = performance.now() + budget;
  // rAF does not fire in a hidden page; the timer does.
  const breath = () => new Promise((done) => setTimeout(done, 60));
  let undrawn = 0; // one after another; frames out of view are not drawn, or seldom
  let wait = FRAME;
  // Until the page's observers have been told what a step brought into view: that is done for all
  // of them together, after a frame is drawn, which on a busy machine takes longer than a breath.
  // The page may look once more in the frame after that of the step, and sets its timers at once.
  const observed = () =>
    new Promise((done) => {
      if (document.hidden || undrawn >= 2) return done(false);
      const end = (told) => {
        mark.disconnect();
        clearTimeout(timer);
        setTimeout(done, 0, told);
      };
      const mark = new IntersectionObserver(() => {
        undrawn = 0;
        wait = 2 * FRAME;
        end(true);
      });
      const timer = setTimeout(() => {
        undrawn += 1;
        end(false);
      }, wait);
      const begin = () => mark.observe(document.documentElement);
      requestAnimationFrame(() => requestAnimationFrame(begin));
    });
  const timers = () => {
    const answer = document.createElement("i");
    if (channel) dispatchEvent(new MouseEvent(channel, { relatedTarget: answer }));
    return JSON.parse(answer.getAttribute("data-timers") || "[]");
  };
  // Those that were there before are no answer to scrolling.
  const clocks = new Set(timers().map(([, , delay]) => delay));
  const look = async () => {
    const [told] = await Promise.all([observed(), breath()]);
    const began = performance.now();
    const answers = () => {
      const waited = performance.now() - began;
      return timers().some(([due, , delay]) => {
        const soon = waited < DELAY ? due < DELAY : due === 0 && waited < DELAY + LATE;
        return soon && delay > 0 && !clocks.has(delay);
      });
    };
    while (performance.now() < until && answers()) await breath();
    return told;
  };
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
  const every = [];
  const collect = (root) => {
    for (const element of Array.from(root.querySelectorAll("*"))) {
      if (every.length >= 20000) return;
      every.push(element);
      if (element.shadowRoot) collect(element.shadowRoot);
    }
  };
  if (document.body) collect(document.body);
  const inner = every.filter(scrolls);
  const areas = [root, ...inner.slice(0, 8)].filter(scrolls);
  for (const area of areas) {
    const [left, top, behaviour] = [area.scrollLeft, area.scrollTop, area.style.scrollBehavior];
    area.style.scrollBehavior = "auto";
    const step = Math.max(200, Math.floor((area === root ? innerHeight : area.clientHeight) * 0.9));
    const unseen = []; // steps of which the observers were not told in time
    let y = 0;
    for (let n = 0; n < STEPS && y < area.scrollHeight && performance.now() < until; n += 1) {
      y += step;
      area.scrollTop = y;
      if (!(await look())) unseen.push(y);
    }
    const isDrawn = wait > FRAME;
    if (isDrawn) undrawn = 0;
    for (let n = 0; isDrawn && n < unseen.length && performance.now() < until; n += 1) {
      area.scrollTop = unseen[n];
      await look();
    }
    for (let more = 0; more < 6 && performance.now() < until; more += 1) {
      const height = area.scrollHeight;
      area.scrollTop = height;
      const patience = area === root ? 5 : 1; // what is fetched at the end makes the page grow
      await look();
      for (let n = 1; n < patience && area.scrollHeight === height; n += 1) await breath();
      if (area.scrollHeight === height) break;
    }
    area.scrollTop = top;
    area.scrollLeft = left;
    area.style.scrollBehavior = behaviour;
  }
  return areas.length > 0;
};
