// In the deck's own page, before all other scripts: what a speaker needs on stage. Keys that
// switch the embed on the slide (js/forms.js does it), the slide that is remembered, the speaker
// view that `present --speaker` asks for. Works with any reveal.js, best with a global `Reveal`.
(() => {
  "use strict";

  const nativeFetch = window.fetch ? window.fetch.bind(window) : null; // as it is before page.js
  const deck = () => {
    const api = window.Reveal;
    return api && typeof api.getIndices === "function" ? api : null;
  };
  const isOwn = (origin) =>
    location.protocol === "file:"
      ? ["null", "file://"].includes(origin)
      : origin === location.origin;

  // -- Switching the embed -----------------------------------------------------------------

  const KEYS = { F2: 113, e: 69 };
  const HELP = "Live site, picture, offline copy (Shift: other way round)";

  function stepOf(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return 0;
    const known = event.key === "F2" || event.key === "e" || event.key === "E";
    return known ? (event.shiftKey ? -1 : 1) : 0;
  }

  // The frames of ours that the audience sees: an opened link's, else those of the slide.
  function framesShown() {
    /** @type {HTMLIFrameElement[]} */
    const every = Array.from(document.querySelectorAll("iframe[src]"));
    const all = every.filter(
      (frame) =>
        /^(?:.*\/)?frames\/[^/]+\.html/.test(frame.getAttribute("src") || "") &&
        !frame.closest(".slides section:not(.present), .slide-background:not(.present)"),
    );
    const opened = all.filter((frame) => frame.closest(".overlay, .r-overlay"));
    return opened.length ? opened : all;
  }

  function switchForms(step) {
    const frames = framesShown();
    for (const frame of frames) {
      frame.contentWindow?.postMessage({ deckarchive: 1, type: "form", step }, "*");
    }
    return frames.length > 0;
  }

  const isTyping = (element) =>
    element instanceof Element && element.closest("input, textarea, select, [contenteditable]");

  // Only a key that a person pressed counts: the live site is the one form that uses the
  // network. Whatever reveal.js or the deck has bound to the key comes first.
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.defaultPrevented || isTyping(event.target)) return;
    const step = stepOf(event);
    if (step && switchForms(step)) event.preventDefault();
  });

  // The speaker view hands its keys to the deck that it holds as a preview, by number. There they
  // mean the deck that the audience sees, which opened the speaker view.
  addEventListener("message", (event) => {
    const { source, data } = event;
    if (!source || !isOwn(event.origin)) return;
    if (source === parent && parent !== window && parent.opener && typeof data === "string") {
      const pressed = /^\{"method":"triggerKey","args":\[(\d+)\]\}$/.exec(data);
      if (pressed && Object.values(KEYS).includes(Number(pressed[1]))) {
        parent.opener.postMessage({ deckarchive: 1, type: "form", step: 1 }, "*");
      }
    } else if (data && data.deckarchive === 1 && data.type === "form") {
      const { top: deck } = /** @type {any} */ (source);
      if (deck !== window && deck.opener === window) switchForms(1);
    }
  });

  // -- The slide that is shown ---------------------------------------------------------------

  // `present` keeps it, so that after a crash it goes on there. The header cannot be sent
  // by a page of another origin: neither a copy nor the web can send the server anything.
  const isKept =
    nativeFetch !== null &&
    parent === window &&
    location.protocol === "http:" &&
    /(^|\.)deck\.localhost$/.test(location.hostname);
  let sent = "";
  let sending = false;

  // Where a deck stands that keeps its reveal.js to itself, as one made of modules may.
  function seen() {
    const at = (slide) =>
      slide
        ? Array.from(slide.parentElement.children)
            .filter((one) => one.localName === "section")
            .indexOf(slide)
        : 0;
    const slide = document.querySelector(".reveal .slides > section.present");
    if (!slide) return null;
    const indices = { h: at(slide), v: at(slide.querySelector(":scope > section.present")) };
    const counted = /^#\/(\d+)/.exec(location.hash);
    return { ...indices, base: counted && Number(counted[1]) === indices.h + 1 ? 1 : 0 };
  }

  function place() {
    const api = deck();
    if (!api) return seen();
    return { ...api.getIndices(), base: api.getConfig().hashOneBasedIndex ? 1 : 0 };
  }

  function send() {
    const at = sending ? null : place();
    if (!at) return;
    const { h = 0, v = 0, f, base } = at;
    const position = `/${h + base}/${v + base}` + (f >= 0 ? `/${f}` : "");
    if (position === sent) return;
    sent = position;
    sending = true;
    const done = () => {
      sending = false;
      send();
    };
    nativeFetch?.("/runtime/slide", {
      headers: { "X-Deckarchive-Slide": position },
      cache: "no-store",
    }).then(done, () => {
      sending = false;
    }); // the server is gone
  }

  // -- Start ---------------------------------------------------------------------------------

  const SPEAKER_PARAMETER = "deckarchive-speaker";
  const query = new URLSearchParams(location.search);
  const wantsSpeaker = parent === window && query.has(SPEAKER_PARAMETER);
  if (wantsSpeaker) {
    // once: a reload opens no second window
    query.delete(SPEAKER_PARAMETER);
    const rest = query.toString();
    history.replaceState(null, "", location.pathname + (rest ? `?${rest}` : "") + location.hash);
  }

  function pressS() {
    const event = new KeyboardEvent("keydown", { key: "s", code: "KeyS", bubbles: true });
    for (const name of ["keyCode", "which"]) Object.defineProperty(event, name, { value: 83 });
    document.dispatchEvent(event);
  }

  function openSpeakerView() {
    const plugin = deck()?.getPlugin?.("notes") || window.RevealNotes;
    if (typeof plugin?.open === "function") plugin.open();
    else pressS();
  }

  let isReady = false;
  function begin() {
    if (isReady) return;
    isReady = true;
    deck()?.registerKeyboardShortcut?.("E  ,  F2", HELP);
    if (wantsSpeaker) openSpeakerView();
  }

  document.addEventListener("ready", begin);
  for (const name of ["ready", "slidechanged", "fragmentshown", "fragmenthidden"]) {
    if (isKept) document.addEventListener(name, () => setTimeout(send));
  }
})();
