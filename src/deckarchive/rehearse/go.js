// Runs in the deck's page: shows slide [h, v] with all its fragments. Answers whether it shows.
async ([h, v]) => {
  const section = document.querySelectorAll(".reveal .slides > section")[h];
  if (!section) return false;
  const stacked = [...section.children].filter((element) => element.localName === "section");
  const slide = stacked[v] || section;
  const deck = window.Reveal;
  const shows = () => slide.classList.contains("present");
  const last = slide.querySelectorAll(".fragment").length - 1;
  const until = async (condition) => {
    for (let n = 0; n < 40 && !condition(); n += 1) await new Promise((go) => setTimeout(go, 25));
    return condition();
  };
  if (deck && deck.slide) {
    if (deck.isOverview && deck.isOverview()) deck.toggleOverview(false);
    if (deck.isPaused && deck.isPaused()) deck.togglePause(false);
    deck.slide(h, v, last >= 0 ? last : undefined);
    return until(shows);
  }
  // No API in reach: the address is the way in, counted from 0 or (an option) from 1.
  for (const base of [0, 1]) {
    location.hash = `#/${h + base}` + (stacked.length ? `/${v + base}` : "");
    if (await until(shows)) break;
  }
  slide.querySelectorAll(".fragment").forEach((fragment) => fragment.classList.add("visible"));
  return shows();
}
