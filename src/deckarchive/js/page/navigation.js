// Staying here: a captured link goes to its copy, any other shows a card with its URL.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    Boolean,
    call,
    each,
    entriesOf,
    FormData,
    lists,
    pairs,
    Object,
    patterns,
    Promise,
    String,
    strings,
    URLSearchParams,
    web,
  } = page.natives;
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
  const { History, setTimeout } = scope;

  let card = null;
  function show(url) {
    if (card) web.remove(card);
    card = web.createElement(doc, "div");
    web.setAttribute(card, "role", "status");
    card.style.cssText =
      "all:initial;position:fixed;z-index:2147483647;left:50%;bottom:24px;" +
      "transform:translateX(-50%);max-width:80%;padding:12px 18px;border-radius:8px;" +
      "background:#222;color:#fff;font:16px/1.4 system-ui,sans-serif;" +
      "box-shadow:0 2px 12px #0008;overflow-wrap:anywhere";
    card.textContent = "Not in this offline copy: " + url;
    web.append(doc.body || doc.documentElement, card);
    setTimeout((shown) => web.remove(shown), 6000, card);
  }

  // Pages that were captured for other slides are in a list of its own, loaded at the first link to
  // a page that this copy's map does not have.
  /** @type {Promise<Lookup> | null} */
  let others = null;
  function listed() {
    others =
      others ||
      new Promise((done) => {
        const list = web.createElement(doc, "script");
        const end = () => {
          web.remove(list);
          done(page.lookup(scope.__deckarchive_pages || {}));
        };
        web.addEventListener(list, "load", end);
        web.addEventListener(list, "error", end);
        web.setAttribute(list, "src", root + "runtime/pages.js");
        web.append(doc.head || doc.documentElement, list);
      });
    return others;
  }

  async function elsewhere(raw, url) {
    const local = parse(raw, localBase());
    const stays =
      local &&
      strings.startsWith(local.href, root + "sites/") &&
      strings.slice(strings.split(local.href, /[?#]/, 1)[0], root.length);
    const pages = await listed();
    if (stays && pages.original(stays) !== undefined) {
      scope.location.href = local.href;
      return;
    }
    const found = pages.find(url);
    if (found && found.path) scope.location.href = address({ url, path: found.path });
    else show(url.href);
  }

  // Goes to the copy of a URL, or shows that there is none. Returns whether the browser may go on.
  function visit(raw) {
    const found = resolve(raw);
    if (found && found.path && config.own && found.url.origin === originalUrl.origin) return true;
    if (!found) {
      const scheme = patterns.exec(/^\s*([a-z][a-z0-9+.-]*):/i, String(raw));
      if (!scheme || patterns.test(/^(javascript|blob|data|about|http|https|file)$/i, scheme[1]))
        return true;
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
    const frame = lists.find(
      [...each(web.querySelectorAll(doc, "iframe,frame,object"))],
      (one) => web.getAttribute(one, "name") === target,
    );
    if (!frame) return false;
    frame.src = where || String(raw); // js/page/elements.js finds the copy
    return true;
  }

  const fragmentOf = (link) => {
    const url = parse(
      web.getAttribute(link, "href") || web.getAttribute(link, "xlink:href") || "",
      localBase(),
    );
    return url &&
      url.hash &&
      strings.split(url.href, "#")[0] === strings.split(scope.location.href, "#")[0]
      ? url.hash
      : "";
  };

  web.addEventListener(scope, "click", (event) => {
    const path = /** @type {any[]} */ (web.composedPath(event));
    const link = lists.find(path, (node) => node.localName === "a" || node.localName === "area");
    const raw = link && (web.getAttribute(link, "href") || web.getAttribute(link, "xlink:href"));
    if (!raw || event.defaultPrevented) return;
    if (strings.trim(raw)[0] === "#" || fragmentOf(link)) {
      if (!routed) return;
      web.preventDefault(event);
      scope.location.hash = strings.slice(raw, strings.indexOf(raw, "#"));
      return;
    }
    if (!config.own && inFrame(web.getAttribute(link, "target"), link.href.baseVal || link.href))
      web.preventDefault(event);
    else if (!visit(raw)) web.preventDefault(event);
    else if (
      !config.own &&
      link.target &&
      link.target !== "_self" &&
      !patterns.test(/^\s*javascript:/i, raw) &&
      !web.hasAttribute(link, "download")
    ) {
      web.preventDefault(event);
      scope.location.href = /** @type {URL} */ (parse(raw, localBase())).href;
    }
  });
  // A form leads to the answer that was captured for just these entries.
  function submit(form, button) {
    const given = (name) =>
      (button && web.getAttribute(button, "form" + name)) || web.getAttribute(form, name) || "";
    const url = parse(given("action") || originalBase().href, originalBase());
    if (!url) return;
    const entries = String(
      new URLSearchParams(/** @type {any} */ (pairs(entriesOf(new FormData(form, button))))),
    );
    if (strings.toLowerCase(given("method")) !== "post") {
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
  web.addEventListener(scope, "submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const button = event.submitter;
    const method =
      (button && web.getAttribute(button, "formmethod")) || web.getAttribute(form, "method") || "";
    if (event.defaultPrevented || strings.toLowerCase(method) === "dialog") return;
    web.preventDefault(event);
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
    if (config.own && (!url || visit(url))) return call(nativeOpen, scope, url, ...each(rest));
    const name = String(rest[0] || "");
    if (url && !config.own && inFrame(name, url)) return scope.frames[name];
    if (url && !config.own) visit(url);
    return null;
  };
  // A page that goes, unasked, to where it is already stays (destinations.js).
  const { userActivation } = scope.navigator;
  const isUntouched = () => Boolean(userActivation) && !userActivation.hasBeenActive;
  if (!config.own && scope.navigation) {
    web.addEventListener(scope.navigation, "navigate", (event) => {
      const url = parse(event.destination.url);
      if (!url || event.destination.sameDocument || event.hashChange || !event.cancelable) return;
      if (
        !patterns.test(/^(https?|file):$/, url.protocol) ||
        strings.startsWith(url.href, root + "sites/")
      )
        return;
      // On file:// a path that begins with "/" would leave the folder.
      const live = page.reverse(url) || url;
      web.preventDefault(event);
      const isAsked = event.navigationType === "reload" || !isUntouched();
      if (isAsked || !page.isCurrent(live)) setTimeout(() => visit(live.href));
    });
  }

  // The deck stands where it is; only a copy's idea of its own address needs to be translated.
  if (!config.own)
    for (const name of each(["pushState", "replaceState"])) {
      patch(
        History.prototype,
        name,
        (native) =>
          function (state, title, url) {
            if (url === undefined || url === null) return call(native, this, state, title);
            const { target, moved, spare } = page.historyTarget(url);
            try {
              call(native, this, state, title, target);
            } catch (error) {
              if (spare === undefined) throw error;
              call(native, this, state, title, spare);
            }
            if (moved) page.shim.moved(moved);
          },
      );
    }

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ visit }));
};
