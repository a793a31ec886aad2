// Runs in the deck's page: waits until `slide` [h, v] shows with all its fragments. `done` says
// that reveal.js was asked for it (turn.js). Answers whether it shows.
async ({ slide: [h, v], done }) => {
  const section = document.querySelectorAll(".reveal .slides > section")[h];
  if (!section) return false;
  const stacked = [...section.children].filter((element) => element.localName === "section");
  const slide = stacked[v] || section;
  const shows = () => slide.classList.contains("present");
  const until = async (condition, seconds) => {
    const end = performance.now() + seconds * 1000;
    while (!condition() && performance.now() < end) await new Promise((go) => setTimeout(go, 25));
    return condition();
  };
  if (done) return until(shows, 3);
  // No API in reach: the address is the way in, counted from 0 or (an option) from 1.
  // A busy machine may need more than a second to turn a page, hence the second round.
  const first = window.__deckarchive_base || 0;
  for (const [base, seconds] of [
    [first, 1],
    [1 - first, 1],
    [first, 3],
    [1 - first, 3],
  ]) {
    location.hash = `#/${h + base}` + (stacked.length ? `/${v + base}` : "");
    if (await until(shows, seconds)) {
      window.__deckarchive_base = base;
      break;
    }
  }
  for (const fragment of slide.querySelectorAll(".fragment")) fragment.classList.add("visible");
  return shows();
};
