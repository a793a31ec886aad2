// Runs in the deck's page, in the page's own world: {api, ready} of the reveal.js that is in reach
// there. `ready` is null where it does not say. One that is ready has to hold still.
() => {
  const deck = window.Reveal;
  const api = !!(deck && deck.slide && deck.getCurrentSlide);
  const ready = api && deck.isReady ? !!deck.isReady() : null;
  try {
    // Motion between slides blurs the screenshots, and no slide may change by itself.
    if (api && ready !== false) {
      deck.configure({ transition: "none", backgroundTransition: "none", autoSlide: 0 });
    }
  } catch {
    /* an older or extended deck that does not take it: walk it as it is */
  }
  return { api, ready };
};
