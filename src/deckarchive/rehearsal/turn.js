// Runs in the deck's page, in the page's own world, where reveal.js is: asks it for slide [h, v]
// with all its fragments. Answers whether there is one to ask.
([h, v]) => {
  const deck = window.Reveal;
  if (!(deck && deck.slide)) return false;
  const section = document.querySelectorAll(".reveal .slides > section")[h];
  if (!section) return true;
  let n = -1;
  let slide = section;
  for (let child = section.firstElementChild; child; child = child.nextElementSibling) {
    if (child.localName !== "section") continue;
    n += 1;
    if (n === v) slide = child;
  }
  const last = slide.querySelectorAll(".fragment").length - 1;
  if (deck.isOverview && deck.isOverview()) deck.toggleOverview(false);
  if (deck.isPaused && deck.isPaused()) deck.togglePause(false);
  deck.slide(h, v, last >= 0 ? last : undefined);
  return true;
};
