// frames/<id>.html: shows the picture at once, loads the copy behind it, and takes the picture
// away when the copy has proved that it shows something. Contract: docs/architecture.md, messages.
(() => {
  "use strict";

  const LIMIT_MS = 8000; // after this the picture is the answer; a late copy still replaces it
  const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @type {FrameFacts} */
  const about = JSON.parse(part("about").textContent || "");
  const poster = part("poster");
  const picture = /** @type {HTMLImageElement} */ (part("picture"));
  const card = part("card");
  const inCard = (selector) => /** @type {HTMLElement} */ (card.querySelector(selector));
  const mark = part("mark");
  const back = part("back");
  /** @type {FrameState} */
  const state = (window.deckarchive = {
    id: about.id,
    url: about.url,
    tier: "",
    ms: 0,
    counts: null,
    unresolved: [],
  });
  /** @type {HTMLIFrameElement | null} */
  let copy = null;

  /** Tells the rehearsal, whose scripts share the document with this one and nothing else. */
  function report() {
    document.documentElement.dataset.report = JSON.stringify(state);
  }

  const view = () => location.hash.slice(1);
  const of = (table) => (Object.hasOwn(table, view()) ? table[view()] : Object.values(table)[0]);
  const up = (message) => {
    if (parent !== window) parent.postMessage({ deckarchive: 1, ...message }, "*");
  };

  // -- What is shown -----------------------------------------------------------------------

  function settle(tier) {
    if (state.tier === tier) return;
    state.tier = tier;
    state.ms = Math.round(performance.now());
    report();
    document.documentElement.dataset.tier = tier;
    mark.hidden = tier !== "picture";
    up({ type: "shown", id: about.id, tier, ms: state.ms });
  }

  function showPicture() {
    const source = of(about.posters);
    if (!source) return;
    if (picture.getAttribute("src") !== source) picture.src = source;
    poster.hidden = false;
    card.hidden = true;
  }

  function showCard(what) {
    if (what) inCard(".what").textContent = what;
    poster.hidden = true;
    card.hidden = false;
  }

  function showCopy() {
    if (state.tier === "live") return;
    settle("live");
    // Two frames later the copy's pixels are on the screen: no flash of the page behind.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        poster.hidden = card.hidden = true;
      }),
    );
  }

  function giveUp() {
    if (state.tier === "live") return;
    if (poster.hidden) {
      showCard("The offline copy did not appear");
      settle("card");
    } else {
      settle("picture");
    }
  }

  picture.addEventListener("error", () => {
    if (state.tier === "live") return;
    showCard();
    if (!copy || state.tier) settle("card");
  });

  // -- The copy ----------------------------------------------------------------------------

  // Where `present` serves, each copy has an origin of its own beside the deck's.
  function address() {
    const url = new URL(about.copy, location.href);
    if (url.protocol === "http:" && /(^|\.)deck\.localhost$/.test(location.hostname)) {
      url.hostname = about.id + ".deck.localhost";
    }
    url.hash = location.hash;
    return url.href;
  }

  // Features that a page has where its frame names them, and which need no network: the browser
  // asks before them, or they reach nothing but the screen. What is not given is refused, since
  // a copy may be of the deck's origin (on files, on a plain server).
  const FEATURES = [
    ...["accelerometer", "bluetooth", "camera", "clipboard-read", "clipboard-write"],
    ...["display-capture", "geolocation", "gyroscope", "hid", "idle-detection", "keyboard-map"],
    ...["local-fonts", "magnetometer", "microphone", "midi", "screen-wake-lock", "serial"],
    ...["speaker-selection", "usb", "window-management", "xr-spatial-tracking"],
  ];
  // These use the network, which no content security policy prevents.
  const NEVER = ["identity-credentials-get", "payment"];
  const policy = document.featurePolicy; // Chromium's
  // No window and no download: no policy holds what they load. Dialogs wait until the page was
  // used (js/page/dialogs.js); Firefox under remote control says so of each, so it gets none.
  const SANDBOX =
    "allow-scripts allow-same-origin allow-forms allow-pointer-lock" +
    (policy ? " allow-modals" : "");
  const isKnown = (feature) => !policy || policy.features().includes(feature);
  const ASKED_MS = 1000;

  /** @type {(names: string[]) => string[]} */
  const granted = (names) =>
    FEATURES.filter((name) => isKnown(name) && (names.includes(name) || names.includes("*")));
  const namesIn = (allow) =>
    String(allow ?? "")
      .toLowerCase()
      .split(";")
      .filter((directive) => !directive.includes("'none'"))
      .map((directive) => directive.trim().split(/\s+/)[0]);

  // Where the deck's frames of this target differ, the one around this page says which it is. On
  // file:// the deck is of another origin, and is asked.
  function findRights() {
    const own = (allow) => {
      const names = namesIn(allow);
      return about.rights.filter((name) => names.includes(name) || name === "*");
    };
    const frame = window.frameElement;
    if (!about.rights_differ) {
      load(granted(about.rights));
    } else if (frame || parent === window) {
      load(granted(own(frame?.getAttribute("allow"))));
    } else {
      const start = (allow) => {
        clearTimeout(timer);
        removeEventListener("message", onAnswer);
        load(granted(own(allow)));
      };
      const onAnswer = ({ source, data }) => {
        if (source === parent && data?.deckarchive === 1 && data.type === "allow")
          start(data.allow);
      };
      const timer = setTimeout(start, ASKED_MS, "");
      addEventListener("message", onAnswer);
      up({ type: "allow" });
    }
  }

  /** @type {(rights: string[]) => string} */
  function allowOf(rights) {
    const whom = self.origin === "null" ? " *" : "";
    const refused = [...FEATURES, ...NEVER].filter(
      (name) => isKnown(name) && !rights.includes(name),
    );
    return [
      ...["autoplay", "fullscreen", ...rights].map((name) => name + whom),
      ...refused.map((name) => `${name} 'none'`),
    ].join("; ");
  }

  function load(rights) {
    copy = document.createElement("iframe");
    copy.className = "copy";
    copy.title = document.title;
    copy.allow = allowOf(rights);
    if (about.sandbox) copy.sandbox = SANDBOX;
    if (!about.signals) copy.addEventListener("load", loaded);
    copy.src = address();
    document.body.prepend(copy);
    setTimeout(giveUp, LIMIT_MS);
  }

  // A document without our script: its file is in the folder, so loading is all there is to see,
  // unless the browser has no viewer for it.
  function loaded() {
    if (about.kind === "pdf" && navigator.pdfViewerEnabled === false) return;
    showCopy();
  }

  const count = (value) => (Number.isFinite(value) ? Math.min(Math.max(value, 0), 1e6) : 0);
  const visuals = (v) => count(v.images) + count(v.canvases) + count(v.videos) + count(v.frames);

  // Half of what the capture saw in this view, text and pictures weighed together, is enough to
  // show the copy; what a page holds beyond the caps adds no evidence.
  function enough(seen) {
    const kept = of(about.counts) || {};
    const text = Math.min(count(kept.text), 1500);
    const shapes = Math.min(visuals(kept), 8);
    const needed = text + 150 * shapes;
    if (!needed) return count(seen.text) + visuals(seen) + count(seen.elements) > 0;
    const got = Math.min(count(seen.text), text) + 150 * Math.min(visuals(seen), shapes);
    return got >= needed / 2;
  }

  function onCounts(message) {
    const seen = message.counts && typeof message.counts === "object" ? message.counts : {};
    const counts = Object.fromEntries(
      ["text", "elements", "images", "broken", "canvases", "videos", "frames"].map((name) => [
        name,
        count(seen[name]),
      ]),
    );
    state.counts = counts;
    if (Array.isArray(message.unresolved)) {
      state.unresolved = message.unresolved.slice(0, 100).map((url) => String(url).slice(0, 2000));
    }
    report();
    const failed = Number.isFinite(message.status) && message.status >= 400;
    if (message.painted === true && !failed && enough(counts)) showCopy();
  }

  addEventListener("message", (event) => {
    if (!copy || event.source !== copy.contentWindow) return;
    const message = event.data;
    if (!message || typeof message !== "object" || message.deckarchive !== 1) return;
    if (message.type === "counts") onCounts(message);
    if (message.type === "key" && KEYS.includes(String(message.key))) fromCopy(message);
    if (message.type === "focus") fromCopy(message);
    if (message.type === "used") used = true;
  });

  addEventListener("hashchange", () => {
    if (copy) copy.contentWindow?.location.replace(address());
    if (state.tier !== "live") showPicture();
  });

  // -- The keyboard ------------------------------------------------------------------------

  function passOn(key) {
    const sent = { type: "key" };
    for (const name of ["key", "code"]) sent[name] = String(key[name] ?? "").slice(0, 40);
    for (const name of ["shiftKey", "altKey", "ctrlKey", "metaKey"])
      sent[name] = key[name] === true;
    sent.keyCode = count(key.keyCode);
    up(sent);
  }

  // A copy may forge any message: of its keys only those that it is to pass on count, and
  // only while the presenter is in it. This frame may learn of that a moment after the key, and
  // the keys after one that was handed on were pressed in the copy too, though it has lost the
  // focus meanwhile. (User activation would say more, but does not come reliably from the copy's
  // process.)
  const KEYS = ["Escape", "PageUp", "PageDown"];
  const waiting = [];
  let seen = -Infinity; // when the presenter was last in the copy, by performance.now()

  function lately() {
    if (inCopy()) seen = performance.now();
    return performance.now() - seen < 1000;
  }

  function fromCopy(message) {
    if (waiting.length < 20) waiting.push({ message, until: performance.now() + 600 });
    if (waiting.length === 1) passOnWaiting();
  }

  function passOnWaiting() {
    while (waiting.length && (lately() || performance.now() > waiting[0].until)) {
      const { message } = waiting.shift();
      if (!lately()) continue;
      if (message.type === "key") passOn(message);
      else up({ type: "focus" });
    }
    if (waiting.length) setTimeout(passOnWaiting, 60);
  }

  // The frame's own page has no use for keys, so all of them are the deck's.
  addEventListener("keydown", (event) => {
    const at = /** @type {Element} */ (event.target);
    if (at.closest?.("a, button") && ["Enter", " ", "Tab"].includes(event.key)) return;
    passOn(event);
    if (["Escape", "PageUp", "PageDown", " "].includes(event.key)) event.preventDefault();
  });

  // No event is fired when focus goes from the deck straight into the copy, so it is polled.
  const inCopy = () =>
    parent !== window && copy !== null && document.hasFocus() && document.activeElement === copy;
  // The keys of a live site (forms.js) never come here.
  const inSite = () => document.hasFocus() && document.activeElement?.className === "site";
  setInterval(() => {
    back.hidden = !inCopy() && !inSite();
    if (lately()) giveBack();
  }, 300);

  // A page that takes the keyboard by itself, as search fields do, would leave
  // the presenter's keys without effect. Where the copy's own frames hold none of our script a
  // click is not reported, so it is given back twice and no more.
  let used = false;
  let looks = 0;
  let given = 0;
  function giveBack() {
    looks = inCopy() && !used && about.signals ? looks + 1 : 0;
    if (looks < 2 || given === 2) return;
    looks = 0;
    given += 1;
    up({ type: "focus" });
  }

  back.addEventListener("click", () => {
    back.hidden = true;
    up({ type: "focus" });
  });

  // -- Start -------------------------------------------------------------------------------

  function uncaptured() {
    let url = "";
    try {
      url = decodeURIComponent(view());
    } catch {
      url = view();
    }
    const link = /** @type {HTMLAnchorElement} */ (inCard(".url a"));
    link.textContent = url;
    if (/^https?:/i.test(url)) link.href = url;
    else link.removeAttribute("href");
  }

  report();
  up({ type: "hello" });
  if (about.kind === "link") uncaptured();
  showPicture();
  const { search } = location; // a deck in print and the speaker's previews request pictures
  if (about.copy && search !== "?still" && search !== "?preview") findRights();
  else settle(poster.hidden ? "card" : "picture");
  if (search === "?preview") mark.hidden = true; // it is about what the audience sees
})();
