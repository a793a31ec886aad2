// Runs in the deck's page. `expected` is [{id, paths}]: what should stand on the current slide, by
// the decoded URL paths it may be shown from, counted from `root`, the path of the folder. Answers
// with what is there, one entry a place, and with what else the audience sees there, such as what
// scripts made, among the `others`, as {kind, path, url}: frames, videos and audio; of images those
// that fail.
({ expected, root }) => {
  const LIMIT = 5000;
  const SEEN = [60, 40]; // CSS pixels from which a frame or an image is something to look at
  const ours = (host) =>
    host === location.host || host.endsWith(".deck.localhost:" + location.port);
  const pathOf = (address) => {
    if (!address) return "";
    try {
      const url = new URL(address, document.baseURI);
      const path = decodeURIComponent(url.pathname);
      return ours(url.host) && path.startsWith(root) ? "/" + path.slice(root.length) : "";
    } catch {
      return "";
    }
  };
  const plain = (text) => {
    try {
      return JSON.parse((text || "null").slice(0, 400000));
    } catch {
      return null;
    }
  };
  // A document of the deck's own that stood in an attribute: its parts are the deck's.
  const isInline = (frame) =>
    !!frame.srcdoc || /\/inline\/[0-9a-f]{16}\.x?html/.test(frame.src || frame.data || "");
  const FRAMED = /^(?:iframe|object|embed)$/;
  const documentIn = (frame) => {
    if (!FRAMED.test(frame.localName) || !isInline(frame)) return null;
    try {
      return frame.contentDocument || frame.getSVGDocument?.() || null;
    } catch {
      return null;
    }
  };
  const deep = (from) =>
    [...from.querySelectorAll("*")].flatMap((element) => {
      const inner = element.shadowRoot || documentIn(element);
      return inner ? [element, ...deep(inner)] : [element];
    });
  const inDocument = [...document.querySelectorAll("iframe, object, embed")]; // as reports.js counts
  const inShadow = deep(document).filter(
    (one) => FRAMED.test(one.localName) && !inDocument.includes(one),
  );
  const frames = [...inDocument, ...inShadow];
  const current =
    document.querySelector(".reveal .slides section.present section.present") ||
    document.querySelector(".reveal .slides > section.present");
  const backgrounds = [
    ...document.querySelectorAll(".reveal .backgrounds .slide-background.present"),
  ];
  const within = (top) => (top ? [top, ...deep(top)].slice(0, LIMIT) : []);
  const drawnAt = (element) => {
    // The content within the border, drawn at whatever scale reveal.js has put the slide.
    const r = element.getBoundingClientRect();
    const scale = element.offsetWidth ? r.width / element.offsetWidth : 1;
    const place = {
      left: r.left + element.clientLeft * scale,
      top: r.top + element.clientTop * scale,
      width: element.clientWidth * scale,
      height: element.clientHeight * scale,
      scale,
    };
    const frame = element.ownerDocument.defaultView?.frameElement;
    if (!frame || element.ownerDocument === document) return place;
    const outer = drawnAt(frame);
    const left = outer.left + place.left * outer.scale;
    const top = outer.top + place.top * outer.scale;
    const width = place.width * outer.scale;
    const height = place.height * outer.scale;
    // What the frame around cuts is no picture of the whole.
    const isWhole =
      left >= outer.left - 1 &&
      top >= outer.top - 1 &&
      left + width <= outer.left + outer.width + 1 &&
      top + height <= outer.top + outer.height + 1;
    const size = isWhole ? { width, height } : { width: 0, height: 0 };
    return { left, top, ...size, scale: place.scale * outer.scale };
  };
  const boxOf = (element) => {
    const { left, top, width, height } = drawnAt(element);
    const clip = (n, high) => Math.max(0, Math.min(Math.round(n), high));
    return [
      clip(left, innerWidth),
      clip(top, innerHeight),
      clip(left + width, innerWidth),
      clip(top + height, innerHeight),
    ];
  };
  const images = (window.__rehearsed = window.__rehearsed || new Map()); // and videos
  const decoded = (address) => {
    if (!images.has(address)) {
      const entry = { done: false, ok: false };
      images.set(address, entry);
      const image = new Image();
      image.onload = () => {
        entry.done = true;
        entry.ok = image.naturalWidth > 0;
      };
      image.onerror = () => {
        entry.done = true;
      };
      image.src = address;
    }
    return images.get(address);
  };
  const frameFacts = (element) => {
    let report = null;
    let covered = false;
    let fragment = "";
    try {
      const inner = element.contentWindow;
      fragment = inner.location.hash.slice(1);
      report = plain(inner.document.documentElement.dataset.report);
      if (report) {
        const top = inner.document.elementFromPoint(inner.innerWidth / 2, inner.innerHeight / 2);
        covered =
          !!top &&
          !!inner.document.querySelector("iframe,object,embed") &&
          !["iframe", "object", "embed"].includes(top.localName);
      }
    } catch {
      /* another origin: it is judged from outside */
    }
    return { report, covered, fragment, number: frames.indexOf(element) };
  };
  // What a frame page of ours that has no target names after its #: what a script asked for.
  const shownFrom = (address) => {
    try {
      const name = decodeURIComponent(new URL(address, document.baseURI).hash.slice(1));
      return /^https?:/.test(name) ? name : "";
    } catch {
      return "";
    }
  };
  const srcdocFacts = (element) => {
    try {
      const inner = element.contentDocument;
      const images = [...inner.images].filter((one) => one.complete && one.getAttribute("src"));
      const failed = images.filter((one) => !one.naturalWidth).length;
      const empty = !inner.body || (!inner.body.innerText.trim() && !inner.body.children.length);
      const fault = failed ? `${failed} of its images did not load` : empty ? "it is empty" : "";
      return { loaded: { ready: !fault, settled: inner.readyState === "complete", fault } };
    } catch {
      return { loaded: { ready: true, settled: true, fault: "" } }; // sandboxed: by its picture
    }
  };
  const mediaFacts = (media) => {
    if (media.readyState < 2 && media.preload !== "auto") media.preload = "auto";
    const nothing = media.networkState === HTMLMediaElement.NETWORK_NO_SOURCE;
    const fault = media.error
      ? `it cannot be played (${media.error.message || media.error.code})`
      : nothing
        ? "nothing that it names can be played"
        : "";
    const enough = media.localName === "audio" ? 1 : 2;
    const ready = media.readyState >= enough && media.duration > 0;
    return { ready, settled: ready || !!fault, fault };
  };
  const found = (window.__deckarchiveMedia = []); // what media.js plays, by number
  const numberOf = (media) =>
    found.includes(media) ? found.indexOf(media) : found.push(media) - 1;
  const mediaPlace = (media) => ({ loaded: mediaFacts(media), medium: numberOf(media) });
  const imageFacts = (ok, done) => ({
    ready: ok,
    settled: done,
    fault: done && !ok ? "it did not load" : "",
  });
  const playable = (address) => {
    if (!images.has(address)) {
      const video = document.createElement("video");
      video.muted = true;
      video.src = address;
      images.set(address, video);
    }
    return images.get(address);
  };
  const cssAddresses = (element) => {
    const value = getComputedStyle(element).backgroundImage;
    return value.includes("url(")
      ? [...value.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)].map((m) => m[1])
      : [];
  };
  // Below the slide's edge, or in a list that scrolls, a frame paints nothing and its copy has
  // nothing to report. It is brought into sight until it has, and everything scrolled back then.
  const hidden = [];
  const brought = (window.__deckarchiveBrought ||= { frame: null, from: [] });
  const isWaiting = (element, report) => {
    const [left, top, right, bottom] = boxOf(element);
    const isOut = element.offsetWidth > 0 && (right <= left || bottom <= top);
    return report && report.tier === "" && (isOut || element === brought.frame);
  };
  const bring = (element) => {
    for (const [parent, left, top] of brought.from.splice(0)) parent.scrollTo(left, top);
    brought.frame = element;
    if (!element) return;
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      brought.from.push([parent, parent.scrollLeft, parent.scrollTop]);
    }
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  };
  const places = [];
  const others = [];
  const closed = []; // documents of the deck's own that cannot be looked into, on file://
  const look = (element, background) => {
    const name = element.localName;
    const add = (addresses, facts, own = []) => {
      const paths = [...addresses.map(pathOf), ...own].filter(Boolean);
      const known = expected.filter((w) => w.paths.some((p) => paths.includes(p)));
      for (const { id } of known) places.push({ id, background, box: boxOf(element), ...facts() });
      return known.length ? "" : paths[0] || "";
    };
    const other = (kind, path, url = "") => {
      if (path) others.push({ kind, path, url });
    };
    const isLarge = () => {
      const { width, height } = element.getBoundingClientRect();
      return width >= SEEN[0] && height >= SEEN[1];
    };
    if (["iframe", "object", "embed"].includes(name)) {
      const address = element.src || element.data || "";
      const facts = () => {
        const frame = frameFacts(element);
        if (isWaiting(element, frame.report)) hidden.push(element);
        return { frame };
      };
      // A document that stands in its attribute has no path of its own.
      const made = element.srcdoc ? "/srcdoc-" + frames.indexOf(element) : "";
      const outside = /^(?:https?|data):/.test(address) && !pathOf(address) && !made;
      const name = made || (outside ? "/" + address.slice(0, 300) : "");
      const found = add(made ? [] : [address], made ? () => srcdocFacts(element) : facts, [name]);
      const kind = background ? "background-iframe" : "iframe";
      if (isLarge()) other(kind, found, outside ? address : shownFrom(address));
      if (isInline(element) && !documentIn(element)) closed.push(element);
    } else if (["video", "audio"].includes(name)) {
      const sources = [...element.querySelectorAll("source")].map((s) => s.src);
      const kind = (background ? "background-" : "") + name;
      other(
        kind,
        add([element.currentSrc, element.src, ...sources], () => mediaPlace(element)),
      );
    } else if (name === "img") {
      const found = add([element.currentSrc, element.src], () => ({
        loaded: imageFacts(element.complete && element.naturalWidth > 0, element.complete),
      }));
      const failed = element.complete && !element.naturalWidth && element.loading !== "lazy";
      if (failed && isLarge()) other("image", found);
    }
    const picture = (address) =>
      add([address], () => {
        const entry = decoded(address);
        return { loaded: imageFacts(entry.ok, entry.done) };
      });
    for (const address of cssAddresses(element)) {
      const found = picture(address);
      if (background && found && decoded(address).done && !decoded(address).ok) {
        other("background-image", found);
      }
    }
    // What reveal.js opens above the deck at a click.
    const opened = (kind) => element.getAttribute(`data-preview-${kind}`) || "";
    if (opened("image")) picture(opened("image"));
    if (opened("video")) {
      other(
        "video",
        add([opened("video")], () => mediaPlace(playable(opened("video")))),
      );
    }
  };
  for (const element of within(current)) look(element, false);
  // The background of a stack of slides holds those of all slides in it: each counts once, if
  // shown.
  const behind = new Set(backgrounds.flatMap((root) => within(root)));
  for (const element of behind) {
    if (!element.closest(".slide-background:not(.present)")) look(element, true);
  }
  // What may stand in there is judged with the picture of the whole.
  for (const { id } of closed.length ? expected : []) {
    if (places.some((place) => place.id === id)) continue;
    const loaded = { ready: true, settled: true, fault: "" };
    places.push({ id, background: behind.has(closed[0]), box: boxOf(closed[0]), loaded });
  }
  bring(hidden.includes(brought.frame) ? brought.frame : hidden[0] || null);
  const shown = current ? /** @type {HTMLElement} */ (current).innerText || "" : "";
  return {
    places,
    others,
    content: shown.trim() !== "",
  };
};
