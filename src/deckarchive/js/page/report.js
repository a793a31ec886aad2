// Messages to the frame page around: what the copy shows, which requests are unresolved, and the
// deck's keys.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { Date, each, JSON, lists, Math, Object, valuesOf, web } = page.natives;
  const { scope, config, root, onFile, unresolved, register, startModules, windowOf } = page;

  function outermost() {
    /** @type {any} */
    let found = scope;
    try {
      while (found.parent !== found && found.parent.__deckarchive_page) found = found.parent;
    } catch {
      // Another origin: the frame around the copy, not a copy.
    }
    return found;
  }

  const send = (message) => {
    if (scope.parent !== scope && !config.own)
      windowOf(scope.parent).postMessage(Object.assign({ deckarchive: 1 }, message), "*");
  };
  const { sinceClosed } = page;
  scope.__deckarchive_page = { send, unresolved, start: startModules, sinceClosed };
  const top = outermost();

  const { send: report } = top.__deckarchive_page;
  const { getComputedStyle, performance, requestAnimationFrame, setTimeout } = scope;

  // A capturing listener, since the page may stop the event; judged when the page has handled it.
  // What it handles is its own, but Escape always gives the keyboard back.
  const KEYS = ["Escape", "PageUp", "PageDown", "F2"];
  web.addEventListener(
    scope,
    "keydown",
    (event) => {
      if (!lists.includes(KEYS, event.key)) return;
      const { key, code, keyCode, shiftKey, altKey, ctrlKey, metaKey } = event;
      setTimeout(() => {
        if (!event.defaultPrevented)
          report({ type: "key", key, code, keyCode, shiftKey, altKey, ctrlKey, metaKey });
        else if (key === "Escape") report({ type: "focus" });
      });
    },
    true,
  );

  // The keyboard is the page's own when the presenter came to it, not when the page took it.
  for (const name of each(["pointerdown", "keyup"])) {
    web.addEventListener(
      scope,
      name,
      function used(event) {
        if (!event.isTrusted) return;
        web.removeEventListener(scope, name, used, true);
        report({ type: "used" });
      },
      true,
    );
  }

  // A frame without an origin cannot reach the outermost copy, so its parent passes its messages
  // on. The page itself gets none of them.
  if (!config.own)
    web.addEventListener(
      scope,
      "message",
      (event) => {
        const { data, source } = event;
        if (!event.isTrusted || !data || data.deckarchive !== 1) return;
        web.stopImmediatePropagation(event);
        if (!lists.includes(["key", "focus", "used"], data.type)) return;
        for (let i = 0; i < scope.length; i++) if (scope[i] === windowOf(source)) report(data);
      },
      true,
    );

  function status() {
    /** @type {any} */
    const entry = web.getEntriesByType(performance, "navigation")[0];
    return (entry && entry.responseStatus) || 200;
  }

  // Chromium may keep the first contentful paint to itself when the picture covered the copy at
  // that moment. Half a second of animation frames is as good: none come to a frame that is not
  // being drawn.
  const ENOUGH_DRAWN = 30;
  let drawn = 0;
  const animate = () => {
    if (++drawn < ENOUGH_DRAWN) requestAnimationFrame(animate);
  };
  const painted = () =>
    drawn >= ENOUGH_DRAWN || web.getEntriesByName(performance, "first-contentful-paint").length > 0;

  // A page that hides itself unless it stands alone was captured standing alone, and is now framed.
  function showHidden() {
    for (const element of each([scope.document.documentElement, scope.document.body])) {
      const { display, visibility } = element ? getComputedStyle(element) : {};
      if (display === "none") web.setProperty(element.style, "display", "block", "important");
      if (visibility === "hidden")
        web.setProperty(element.style, "visibility", "visible", "important");
    }
  }
  const PATIENCE = 1000; // for a page that is hidden until its script has drawn it
  if (top === scope && scope.parent !== scope && !config.own) {
    web.addEventListener(scope, "load", () => setTimeout(showHidden, PATIENCE));
  }

  if (top === scope) {
    const began = Date.now();
    let last = "";
    const repeat = () => {
      const before = web.now(performance);
      if (painted()) {
        const message = {
          type: "counts",
          url: config.url,
          status: status(),
          painted: true,
          counts: page.counts(),
          unresolved: lists.slice(valuesOf(unresolved), 0, 100),
        };
        const text = JSON.stringify(message);
        if (text !== last) send(message);
        last = text;
      }
      const age = Date.now() - began;
      // Counting may take a twentieth of a huge page's time, not more.
      const pause = Math.max(age < 3000 ? 150 : 500, 20 * (web.now(performance) - before));
      if (age < 30000) setTimeout(repeat, pause);
    };
    setTimeout(repeat, 50);
    web.addEventListener(scope, "DOMContentLoaded", animate);
    if (register && scope.isSecureContext && !onFile) {
      web.addEventListener(scope, "load", async () => {
        try {
          await register(root + "sw.js", { scope: root });
        } catch {
          // A server or a browser without workers.
        }
      });
    }
  }
};
