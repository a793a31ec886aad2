// Staying here: a captured link goes to its copy, any other shows a card with its URL.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    scope,
    config,
    doc,
    root,
    originalUrl,
    routed,
    parse,
    localBase,
    originalBase,
    resolve,
    address,
    maps,
    bytesOf,
    patch,
  } = page;
  const { FormData, History, URLSearchParams } = scope;

  let card = null;
  function show(url) {
    if (card) card.remove();
    card = doc.createElement("div");
    card.setAttribute("role", "status");
    card.style.cssText =
      "all:initial;position:fixed;z-index:2147483647;left:50%;bottom:24px;" +
      "transform:translateX(-50%);max-width:80%;padding:12px 18px;border-radius:8px;" +
      "background:#222;color:#fff;font:16px/1.4 system-ui,sans-serif;" +
      "box-shadow:0 2px 12px #0008;overflow-wrap:anywhere";
    card.textContent = "Not in this offline copy: " + url;
    (doc.body || doc.documentElement).append(card);
    scope.setTimeout((shown) => shown.remove(), 6000, card);
  }

  // Pages that were captured for other slides are in a list of its own, loaded at the first link to
  // a page that this copy's map does not have.
  let others = null;
  function listed() {
    others =
      others ||
      new Promise((done) => {
        const list = doc.createElement("script");
        const end = () => {
          list.remove();
          done(scope.__deckarchive_lookup(scope.__deckarchive_pages || {}));
        };
        list.addEventListener("load", end);
        list.addEventListener("error", end);
        list.setAttribute("src", root + "runtime/pages.js");
        (doc.head || doc.documentElement).append(list);
      });
    return others;
  }

  function elsewhere(raw, url) {
    const local = parse(raw, localBase());
    const stays =
      local &&
      local.href.startsWith(root + "sites/") &&
      local.href.split(/[?#]/, 1)[0].slice(root.length);
    listed().then((pages) => {
      if (stays && pages.original(stays) !== undefined) {
        scope.location.href = local.href;
        return;
      }
      const found = pages.find(url);
      if (found && found.path) scope.location.href = address({ url, path: found.path });
      else show(url.href);
    });
  }

  // Goes to the copy of a URL, or shows that there is none. Returns whether the browser may go on.
  function visit(raw) {
    const found = resolve(raw);
    if (found && found.path && config.own && found.url.origin === originalUrl.origin) return true;
    if (!found) {
      const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(String(raw));
      if (!scheme || /^(javascript|blob|data|about|http|https|file)$/i.test(scheme[1])) return true;
      show(String(raw));
      return false;
    }
    if (!found.path) elsewhere(String(raw), found.url);
    else scope.location.href = address(found);
    return false;
  }

  // A frame of this page that a target names goes there itself. Returns whether there is one.
  function inFrame(target, raw, where) {
    if (!target || target[0] === "_") return false;
    /** @type {any} */
    const frame = [...doc.querySelectorAll("iframe,frame,object")].find(
      (one) => one.getAttribute("name") === target,
    );
    if (!frame) return false;
    frame.src = where || String(raw); // js/page/elements.js finds the copy
    return true;
  }

  const fragmentOf = (link) => {
    const url = parse(
      link.getAttribute("href") || link.getAttribute("xlink:href") || "",
      localBase(),
    );
    return url && url.hash && url.href.split("#")[0] === scope.location.href.split("#")[0]
      ? url.hash
      : "";
  };

  scope.addEventListener("click", (event) => {
    const path = /** @type {any[]} */ (event.composedPath());
    const link = path.find((node) => node.localName === "a" || node.localName === "area");
    const raw = link && (link.getAttribute("href") || link.getAttribute("xlink:href"));
    if (!raw || event.defaultPrevented) return;
    if (raw.trim()[0] === "#" || fragmentOf(link)) {
      if (!routed) return;
      event.preventDefault();
      scope.location.hash = raw.slice(raw.indexOf("#"));
      return;
    }
    if (!config.own && inFrame(link.getAttribute("target"), link.href.baseVal || link.href))
      event.preventDefault();
    else if (!visit(raw)) event.preventDefault();
    else if (
      !config.own &&
      link.target &&
      link.target !== "_self" &&
      !/^\s*javascript:/i.test(raw) &&
      !link.hasAttribute("download")
    ) {
      event.preventDefault();
      scope.location.href = /** @type {URL} */ (parse(raw, localBase())).href;
    }
  });
  // A form leads to the answer that was captured for just these entries.
  function submit(form, button) {
    const given = (name) =>
      (button && button.getAttribute("form" + name)) || form.getAttribute(name) || "";
    const url = parse(given("action") || originalBase().href, originalBase());
    if (!url) return;
    const entries = String(
      new URLSearchParams(
        /** @type {any} */ (button ? new FormData(form, button) : new FormData(form)),
      ),
    );
    if (given("method").toLowerCase() !== "post") {
      url.search = entries;
      if (!inFrame(given("target"), url.href)) visit(url.href);
      return;
    }
    const found = maps.findSent("POST", url, bytesOf(entries));
    const answer = found && found.path ? root + found.path : "";
    if (inFrame(given("target"), url.href, answer)) return;
    if (answer) scope.location.href = answer;
    else visit(url.href);
  }
  scope.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = event.submitter;
    const method =
      (button && button.getAttribute("formmethod")) || form.getAttribute("method") || "";
    if (event.defaultPrevented || method.toLowerCase() === "dialog") return;
    event.preventDefault();
    submit(form, button);
  });
  patch(
    scope.HTMLFormElement.prototype,
    "submit",
    () =>
      function () {
        submit(this, null);
      },
  );

  // The deck's own windows, such as the speaker view, are its own affair.
  const nativeOpen = scope.open;
  scope.open = (url, ...rest) => {
    if (config.own && (!url || visit(url))) return nativeOpen.call(scope, url, ...rest);
    const name = String(rest[0] || "");
    if (url && !config.own && inFrame(name, url)) return scope.frames[name];
    if (url && !config.own) visit(url);
    return null;
  };
  // A page that goes, unasked, to where it is already stays (destinations.js).
  const { userActivation } = scope.navigator;
  const isUntouched = () => Boolean(userActivation) && !userActivation.hasBeenActive;
  if (!config.own && scope.navigation && scope.navigation.addEventListener) {
    scope.navigation.addEventListener("navigate", (event) => {
      const url = parse(event.destination.url);
      if (!url || event.destination.sameDocument || event.hashChange || !event.cancelable) return;
      if (!/^(https?|file):$/.test(url.protocol) || url.href.startsWith(root + "sites/")) return;
      // On file:// a path that begins with "/" would leave the folder.
      const live = page.reverse(url) || url;
      event.preventDefault();
      const isAsked = event.navigationType === "reload" || !isUntouched();
      if (isAsked || !page.isCurrent(live)) scope.setTimeout(() => visit(live.href));
    });
  }

  // The deck stands where it is; only a copy's idea of its own address needs to be translated.
  if (!config.own)
    for (const name of ["pushState", "replaceState"]) {
      patch(
        History.prototype,
        name,
        (native) =>
          function (state, title, url) {
            if (url === undefined || url === null) return native.call(this, state, title);
            const { target, moved, spare } = page.historyTarget(url);
            try {
              native.call(this, state, title, target);
            } catch (error) {
              if (spare === undefined) throw error;
              native.call(this, state, title, spare);
            }
            if (moved) page.shim.moved(moved);
          },
      );
    }

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ visit }));
};
