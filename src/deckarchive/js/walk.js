// Shows every slide of a reveal.js deck for a moment, so that what slides load is requested, and
// returns to the first one. Takes {budget} milliseconds. Returns how many slides were shown; 0 when
// the page has no reveal.js that can be reached.
async ({ budget }) => {
  const until = performance.now() + budget;
  const breath = (ms) => new Promise((done) => setTimeout(done, ms));
  while (!window.Reveal?.isReady?.() && performance.now() < until / 2) await breath(50);
  const deck = window.Reveal;
  if (!deck?.getSlides || !deck.getIndices) return 0;
  // Nobody looks: moving slides and noting each in the history would be most of the cost.
  deck.configure?.({
    transition: "none",
    backgroundTransition: "none",
    autoAnimate: false,
    hash: false,
    history: false,
  });
  let shown = 0;
  for (const slide of deck.getSlides()) {
    if (performance.now() > until) break;
    const { h, v } = deck.getIndices(slide);
    deck.slide(h, v ?? 0);
    shown += 1;
    await breath(15);
  }
  deck.slide(0, 0);
  return shown;
};
