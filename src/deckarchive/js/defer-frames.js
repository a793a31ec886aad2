// Runs before the deck's own scripts while its page is captured: what reveal.js or a plugin gives
// an iframe to show is not navigated to, since each embed has a capture of its own, and a
// navigation starts a process even where nothing comes back. srcdoc, data: and blob: are the
// deck's own content and load.
(() => {
  const frames = HTMLIFrameElement.prototype;
  const src = Object.getOwnPropertyDescriptor(frames, "src");
  const set = Element.prototype.setAttribute;
  const held = (value) => {
    try {
      return /^https?:/.test(new URL(value, document.baseURI).protocol);
    } catch {
      return false;
    }
  };
  Element.prototype.setAttribute = function setAttribute(name, value) {
    const hold = this instanceof HTMLIFrameElement && /^src$/i.test(name) && held(value);
    return set.call(this, hold ? "data-deferred-src" : name, value);
  };
  Object.defineProperty(frames, "src", {
    ...src,
    set(value) {
      if (held(value)) set.call(this, "data-deferred-src", value);
      else src.set.call(this, value);
    },
  });
})();
