// frames/live.html: the one page of the folder that may show the web. It opens the site that the
// frame around it names, and nothing else: forms.js requests that when the speaker pressed the
// key. Loaded by anyone else it stays empty.
(() => {
  "use strict";

  const LIMIT_MS = 10000;
  const isOwn = (origin) =>
    location.protocol === "file:"
      ? ["null", "file://"].includes(origin)
      : origin === location.origin;
  // The deck, a frame of ours, this page: at no other depth is there anything to do.
  if (parent === window || parent === top || parent.parent !== top) return;

  const send = (state, reason = "") =>
    parent.postMessage({ deckarchive: 1, type: "site", state, reason }, "*");

  // A browser shows its own page for a host that does not answer, which no event reports.
  async function answers(url) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LIMIT_MS);
    try {
      await fetch(url, {
        mode: "no-cors",
        credentials: "omit",
        cache: "no-store",
        signal: stop.signal,
      });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      stop.abort(); // its head is enough
    }
  }

  async function open(url) {
    if (!/^https?:\/\//i.test(url)) return;
    if (!(await answers(url))) {
      send("failed", "it does not answer");
      return;
    }
    const frame = document.createElement("iframe");
    frame.title = url;
    frame.sandbox = "allow-scripts allow-same-origin allow-forms";
    frame.allow = "autoplay; fullscreen";
    const show = () => send("shown");
    frame.addEventListener("load", show);
    setTimeout(show, LIMIT_MS); // slow, but it had answered
    frame.src = url;
    document.body.append(frame);
  }

  let isOpened = false;
  addEventListener("message", (event) => {
    const message = event.data;
    if (event.source !== parent || !isOwn(event.origin) || isOpened) return;
    if (!message || message.deckarchive !== 1 || message.type !== "open") return;
    isOpened = true;
    open(String(message.url));
  });
  send("ready");
})();
