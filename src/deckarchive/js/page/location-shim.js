// Where a page believes to be on file://. The browser's own location names a file there, no history
// takes another path, and location cannot be replaced. So where the group's .data.js says that its
// pages go by their address, the scripts carried there ask __deckarchive_location(location), and the
// page's own location is answered by a stand-in with the live address, which follows its history.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, config, doc, maps, onFile, root, routed, originalUrl, parse, define } = page;
  const { Blob, HTMLScriptElement, Location, Map, Object, URL } = scope;
  const { createObjectURL } = URL;
  const { setAttribute } = scope.Element.prototype;
  const real = scope.location;
  const isActive = () => onFile && !config.own && Boolean(scope.__deckarchive_classics);

  // Each entry of the session's history has a path of its own.
  const paths = new Map();
  const entry = () =>
    scope.navigation && scope.navigation.currentEntry ? scope.navigation.currentEntry.key : "";
  let last = originalUrl.href;
  function current() {
    const url = new URL(paths.get(entry()) || last);
    url.hash = real.hash;
    return url;
  }
  function moved(url) {
    last = url.href;
    paths.set(entry(), last);
  }

  function travel(raw) {
    const now = current();
    const next = parse(String(raw), now);
    if (next && next.hash && next.href.split("#")[0] === now.href.split("#")[0])
      real.hash = next.hash;
    else if (page.visit(next ? next.href : raw)) real.href = raw;
  }
  const shim = Object.create(Location.prototype);
  for (const name of [
    "href",
    "protocol",
    "host",
    "hostname",
    "port",
    "pathname",
    "search",
    "hash",
  ]) {
    define(shim, name, {
      enumerable: true,
      get: () => current()[name],
      set(value) {
        const next = current();
        if (name === "href") travel(value);
        else {
          next[name] = value;
          travel(next.href);
        }
      },
    });
  }
  define(shim, "origin", { enumerable: true, get: () => originalUrl.origin });
  /** @type {[string, Function][]} */
  const methods = [
    ["assign", travel],
    ["replace", travel],
    ["reload", () => real.reload()],
    ["toString", () => current().href],
  ];
  for (const [name, value] of methods) define(shim, name, { enumerable: true, value });
  define(shim, "ancestorOrigins", { get: () => real.ancestorOrigins });

  scope.__deckarchive_location = (value) => (value === real && isActive() ? shim : value);
  for (const name of onFile ? ["URL", "documentURI"] : []) {
    define(doc, name, { get: () => (isActive() ? current().href : real.href) });
  }

  // A classic script that reads the location runs from a blob, and does not come to know that.
  const blobs = new Map();
  const files = new Map();
  function classicUrl(path) {
    const texts = isActive() ? scope.__deckarchive_classics : {};
    if (!blobs.has(path) && Object.hasOwn(texts, path)) {
      const url = createObjectURL.call(URL, new Blob([texts[path]], { type: "text/javascript" }));
      blobs.set(path, url);
      files.set(url, root + path);
    }
    return blobs.get(path);
  }
  // What a script of another host derives from its own address is there. One of the page's own host
  // stands where the page does.
  const found = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
  const src = (element) => found.get.call(element);
  if (!config.own) {
    define(
      HTMLScriptElement.prototype,
      "src",
      Object.assign({}, found, {
        get() {
          const file = files.get(src(this)) || src(this);
          const live = file.startsWith(root + "sites/") ? page.reverse(new URL(file)) : null;
          return live && (isActive() || live.host !== originalUrl.host) ? live.href : file;
        },
      }),
    );
  }

  // For a script that the parser is about to look at; the attribute comes back when it has.
  const encoder = new scope.TextEncoder();
  function replaceScript(script) {
    const written = script.getAttribute("src");
    if (!written && isActive()) {
      const text = scope.__deckarchive_inlines[maps.hash(encoder.encode(script.textContent))];
      if (text) script.textContent = text;
    }
    const url = written && classicUrl(page.folderPath(src(script)));
    if (!url) return;
    setAttribute.call(script, "src", url);
    scope.setTimeout(() => setAttribute.call(script, "src", written));
  }

  // What routers ask elements for: where their application begins (the base), where a link leads.
  // A page that is told its live path is told theirs too.
  const told = () => Boolean(routed) || isActive();
  function asTold(href) {
    const url = told() && parse(href);
    const live = url && page.reverse(url);
    if (!live) return url || parse(href);
    return routed && live.origin === originalUrl.origin
      ? new URL(live.pathname + live.search + live.hash, real.origin)
      : live;
  }
  function shimBase(base, raw) {
    const live = raw && page.reverse(new URL(raw, page.start));
    const { getAttribute } = base;
    define(base, "getAttribute", {
      value: (name) =>
        told() && String(name).toLowerCase() === "href"
          ? live && live.pathname
          : getAttribute.call(base, name),
    });
    const href = Object.getOwnPropertyDescriptor(scope.HTMLBaseElement.prototype, "href");
    define(base, "href", {
      get() {
        const url = live ? asTold(href.get.call(base)) : null;
        return url ? url.href : href.get.call(base);
      },
    });
  }
  if (routed) shimBase(routed, config.routed === "./" ? null : config.routed);
  if (routed || onFile)
    for (const { prototype } of [scope.HTMLAnchorElement, scope.HTMLAreaElement]) {
      const href = Object.getOwnPropertyDescriptor(prototype, "href");
      for (const name of [
        "href",
        "origin",
        "protocol",
        "host",
        "hostname",
        "port",
        "pathname",
        "search",
      ]) {
        const found = Object.getOwnPropertyDescriptor(prototype, name);
        define(
          prototype,
          name,
          Object.assign({}, found, {
            /** @this {any} */
            get() {
              const url = told() && this.hasAttribute("href") ? asTold(href.get.call(this)) : null;
              return url ? url[name] : found.get.call(this);
            },
          }),
        );
      }
    }

  Object.assign(page, {
    shim: { isActive, current, moved },
    classicUrl,
    replaceScript,
    fileSrc: src,
    shimBase,
  });
};
