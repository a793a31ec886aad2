// In the deck's own page: keys that come from the frames, frames that reveal.js leaves blank, and
// links that were never captured. Works with any reveal.js, with or without a global `Reveal`: it
// uses keys and events as a user does.
(() => {
  "use strict";

  // -- Keys --------------------------------------------------------------------------------

  const KEYS = new Set([
    "Escape",
    "PageUp",
    "PageDown",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Home",
    "End",
    " ",
    "Enter",
    "b",
    "f",
    "n",
    "o",
    "p",
    "s",
    ".",
    "?",
  ]);

  /** @type {(root: Document | ShadowRoot | null) => HTMLIFrameElement[]} */
  const framesIn = (root) =>
    root
      ? Array.from(root.querySelectorAll("*")).flatMap((element) => [
          ...(element instanceof HTMLIFrameElement ? [element] : []),
          ...framesIn(element.shadowRoot),
        ])
      : [];
  const isSource = (source) => (frame) => frame.contentWindow === source;
  const frameOf = (source) =>
    source === null
      ? undefined
      : Array.from(document.querySelectorAll("iframe")).find(isSource(source)) ||
        framesIn(document).find(isSource(source));

  const FRAME_PAGE = /^(?:.*\/)?frames\/[^/]+\.html/;

  function takeFocus() {
    const active = document.activeElement;
    if (active instanceof HTMLIFrameElement) active.blur();
    window.focus();
  }

  function press(message) {
    const event = new KeyboardEvent("keydown", {
      key: message.key,
      code: String(message.code || ""),
      shiftKey: message.shiftKey === true,
      bubbles: true,
      cancelable: true,
    });
    const code = Number(message.keyCode) || 0;
    for (const name of ["keyCode", "which"]) Object.defineProperty(event, name, { value: code });
    document.dispatchEvent(event);
  }

  addEventListener("message", (event) => {
    const message = event.data;
    if (!message || typeof message !== "object" || message.deckarchive !== 1) return;
    const isOurs = ["hello", "allow", "key", "focus"].includes(message.type);
    const frame = isOurs && frameOf(event.source);
    if (!frame) return;
    if (message.type === "hello") {
      greeted.add(frame);
      return;
    }
    if (message.type === "allow") {
      const allow = frame.getAttribute("allow") || "";
      frame.contentWindow?.postMessage({ deckarchive: 1, type: "allow", allow }, "*");
      return;
    }
    takeFocus();
    if (message.type === "focus" || !KEYS.has(message.key)) return;
    if (message.altKey || message.ctrlKey || message.metaKey) return;
    press(message);
  });

  // A slide that goes while the presenter is in its frame would take the keyboard along.
  document.addEventListener("slidechanged", () => {
    if (document.activeElement?.tagName === "IFRAME") takeFocus();
  });

  // -- Commands ----------------------------------------------------------------------------

  // reveal.js runs commands that any window sends it ({"method": "slide", …}). What stands in a
  // frame, the copies foremost, has none to give; the speaker view and other windows do.
  // This script runs before reveal.js does, so it gets each message first. A document of the
  // deck's own in a frame (srcdoc) may have some; what stands in a frame of that has none, and what
  // is in a closed shadow root is not known.
  const isFramed = (source) => {
    let below = source;
    for (let depth = 0; below && below !== window && depth < 20; depth++) {
      if (below.parent === window) {
        const frame = frameOf(below);
        if (!frame || /frames\/[^/]+\.html/.test(frame.getAttribute("src") || "")) return true;
        return depth > 0 && (frame.hasAttribute("srcdoc") || /inline\//.test(frame.src));
      }
      if (below.parent === below) return false;
      below = below.parent;
    }
    return false;
  };

  addEventListener(
    "message",
    (event) => {
      const ours = event.data && typeof event.data === "object" && event.data.deckarchive === 1;
      if (!ours && isFramed(event.source)) event.stopImmediatePropagation();
    },
    true,
  );

  // -- Frames that went blank ---------------------------------------------------------------

  // When reveal.js comes to the slide that it is on (closing the overview does that), it empties
  // the slide's frame and sets its address again in one go. With a fragment that second step
  // does not leave the old document, so the emptying wins and the frame stays blank.
  // A frame's page says hello before it has loaded; a load without a hello was an empty page.
  const TRIES = 3;
  const greeted = new WeakSet();
  const tries = new WeakMap();

  document.addEventListener(
    "load",
    (event) => {
      const frame = /** @type {Element} */ (event.target);
      const source = frame.tagName === "IFRAME" && frame.getAttribute("src");
      if (!source || !FRAME_PAGE.test(source)) return;
      setTimeout(() => {
        if (greeted.delete(frame)) {
          tries.delete(frame);
        } else if (frame.getAttribute("src") === source && (tries.get(frame) || 0) < TRIES) {
          tries.set(frame, (tries.get(frame) || 0) + 1);
          frame.setAttribute("src", source);
        }
      }, 300);
    },
    true,
  );

  // reveal.js 5.2 and later do not start the frame behind the last slide when the deck opens there.
  // No reveal.js starts what stands behind a stack as a whole (`updateBackgrounds` of 3, `update`
  // of later ones: the current background is that of the vertical slide).
  const isStack = (background) => background?.querySelector(".slide-background") != null;
  const isShown = (background) => !isStack(background) && isCurrent(background);
  const isCurrent = (background) =>
    !background ||
    (background.matches(".present") &&
      isCurrent(background.parentElement.closest(".slide-background")));

  // reveal.js leaves them empty in the previews of the speaker view, which need no more pages at
  // work, and on paper: there the pictures stand for them.
  function showStill(frame, query) {
    const [page, view] = frame.dataset.src.split("#");
    if (/^(?:.*\/)?frames\/[^/]+\.html$/.test(page)) {
      frame.src = page + query + (view === undefined ? "" : `#${view}`);
    }
  }

  const EMPTY = "iframe[data-src]:not([src])";
  const isPreview = /[?&]receiver/i.test(location.search);

  function startFrames() {
    /** @type {NodeListOf<HTMLIFrameElement>} */
    const backgrounds = document.querySelectorAll(`.backgrounds ${EMPTY}`);
    for (const frame of backgrounds) {
      if (!isShown(frame.closest(".slide-background"))) continue;
      if (isPreview) showStill(frame, "?preview");
      else frame.src = frame.dataset.src || "";
    }
    if (!isPreview) return;
    for (const frame of document.querySelectorAll(`.slides ${EMPTY}`)) {
      if (!frame.closest("section:not(.present)")) showStill(frame, "?preview");
    }
  }

  for (const name of ["ready", "slidechanged"]) {
    document.addEventListener(name, () => setTimeout(startFrames, 50));
  }

  // -- On paper ------------------------------------------------------------------------------

  const printing = /[?&](?:print-pdf|view=print)/i.test(location.search);

  // A video that was never in sight may print black. What it shows stands there as a picture.
  const LOOK = ["width", "height", "objectFit", "objectPosition", "display", "margin"];

  function printVideo(video) {
    const shown = getComputedStyle(video);
    const still = document.createElement("canvas");
    still.width = video.videoWidth;
    still.height = video.videoHeight;
    still.getContext("2d")?.drawImage(video, 0, 0);
    still.className = video.className;
    still.style.cssText = video.style.cssText;
    for (const name of LOOK) still.style[name] = shown[name];
    video.replaceWith(still);
  }

  function printVideos() {
    /** @type {NodeListOf<HTMLVideoElement>} */
    const videos = document.querySelectorAll(".reveal video:not([poster])");
    for (const video of videos) {
      const print = () => video.videoWidth && printVideo(video); // a sound has no picture
      if (video.readyState > 1) print();
      else video.addEventListener("loadeddata", print, { once: true });
    }
  }

  if (printing)
    document.addEventListener("pdf-ready", () => {
      for (const frame of document.querySelectorAll(EMPTY)) showStill(frame, "?still");
      printVideos();
    });

  // -- Links -------------------------------------------------------------------------------

  // reveal.js can open a link in a frame (previewLinks, data-preview-link). Offline that frame
  // would stay empty, so while reveal.js looks at the click the link leads to a readable card.
  // Any other click finds the link as the author wrote it.
  const ATTRIBUTES = ["href", "data-preview-link"];

  const isOutside = (value) => {
    try {
      const url = new URL(value, document.baseURI);
      return /^https?:$/.test(url.protocol) && url.host !== location.host;
    } catch {
      return false;
    }
  };

  function divert(element) {
    const changed = [];
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value && isOutside(value)) {
        const url = new URL(value, document.baseURI).href;
        element.setAttribute(name, "frames/uncaptured.html#" + encodeURIComponent(url));
        changed.push([name, value, url]);
      }
    }
    return changed;
  }

  addEventListener(
    "click",
    (event) => {
      const element =
        event.target instanceof Element &&
        event.target.closest(".slides a[href], .slides [data-preview-link]");
      if (!element || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const changed = divert(element);
      if (!changed.length) return;
      const restore = () => {
        removeEventListener("click", restore);
        for (const [name, value, url] of changed.splice(0).reverse()) {
          element.setAttribute(name, value);
          if (event.defaultPrevented) nameOverlay(url);
        }
      };
      addEventListener("click", restore);
      setTimeout(restore);
    },
    true,
  );

  // Before 5.2 reveal.js looks at the links once, and takes those whose address starts like one of
  // the web. Links to captured pages do so while it looks again.
  function offerCaptured() {
    const reveal = window.Reveal;
    const links = Array.from(document.querySelectorAll('.slides a[href^="frames/"]'));
    if (!links.length || typeof reveal?.configure !== "function" || reveal.previewIframe) return;
    const written = links.map((link) => link.getAttribute("href") || "");
    links.forEach((link, n) => {
      link.setAttribute("href", `http:${written[n]}`);
    });
    try {
      reveal.configure({});
    } finally {
      links.forEach((link, n) => {
        link.setAttribute("href", written[n]);
      });
    }
  }
  document.addEventListener("ready", offerCaptured, { once: true });

  // The overlay's own "open outside" button keeps the real address.
  function nameOverlay(url) {
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = document.querySelectorAll(".r-overlay-external, .overlay .external");
    for (const link of links) {
      link.href = url;
    }
  }
})();
