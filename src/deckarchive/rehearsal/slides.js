// Runs in the deck's page, after ready.js, with what that answered. Whether reveal.js is ready,
// every slide as [h, v], in order, and whether this browser can draw with WebGL.
// Works with reveal.js 3.x to 6.x, and by the markup alone where no `Reveal` is global.
(deck) => {
  const api = deck?.api === true;
  const wrapper = document.querySelector(".reveal");
  const ready =
    typeof deck?.ready === "boolean"
      ? deck.ready
      : !!wrapper && wrapper.classList.contains("ready");
  if (!ready) return { ready, api, slides: [] };
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ".reveal .controls, .reveal .progress, .reveal .slide-number { opacity: 0 !important }" +
        ".deckarchive-alone .reveal .slides { opacity: 0 !important }" +
        // Where no API is in reach to ask for it (ready.js), slides turn without motion by this.
        [".slides", ".slides section", ".slides .fragment", ".slide-background"]
          .map((one) => `.reveal ${one} { transition: none !important }`)
          .join(""),
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  } catch {
    /* the pictures then show the controls as well */
  }
  const slides = [];
  const isSlide = (element) => element.localName === "section";
  [...document.querySelectorAll(".reveal .slides > section")].forEach((section, h) => {
    const stacked = [...section.children].filter(isSlide);
    slides.push(...(stacked.length ? stacked.map((_, v) => [h, v]) : [[h, 0]]));
  });
  let webgl = false;
  try {
    const drawing = document.createElement("canvas").getContext("webgl");
    webgl = !!drawing;
    drawing?.getExtension("WEBGL_lose_context")?.loseContext();
  } catch {
    /* it has none */
  }
  return { ready, api, slides, webgl };
};
