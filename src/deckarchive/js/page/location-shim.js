// The location shim: what a page reads as its address on file://. The browser's location names a
// file there, no history takes another path, and location cannot be replaced. Where the group's
// .data.js says that its pages depend on their address, its scripts were rewritten to read
// __deckarchive_location(location), which gives this object with the live address; it follows the
// page's history.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { Boolean, call, each, Map, Object, pairs, String, strings, TextEncoder, URL, web } =
    page.natives;
  const { scope, config, doc, maps, onFile, root, routed, originalUrl, parse, define } = page;
  const { Blob, HTMLScriptElement, Location, setTimeout } = scope;
  const { createObjectURL } = scope.URL;
  const native = scope.location;
  const isActive = () => onFile && !config.own && Boolean(scope.__deckarchive_classics);

  // Each entry of the session's history has a path of its own.
  const paths = new Map();
  const entry = () =>
    scope.navigation && scope.navigation.currentEntry ? scope.navigation.currentEntry.key : "";
  let latest = originalUrl.href;
  function current() {
    const url = new URL(paths.get(entry()) || latest);
    url.hash = native.hash;
    return url;
  }
  function moved(url) {
    latest = url.href;
    paths.set(entry(), latest);
  }

  function travel(raw) {
    const now = current();
    const next = parse(String(raw), now);
    if (next && next.hash && strings.split(next.href, "#")[0] === strings.split(now.href, "#")[0])
      native.hash = next.hash;
    else if (page.visit(next ? next.href : raw)) native.href = raw;
  }
  const shim = Object.create(Location.prototype);
  for (const name of each([
    "href",
    "protocol",
    "host",
    "hostname",
    "port",
    "pathname",
    "search",
    "hash",
  ])) {
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
    ["reload", () => native.reload()],
    ["toString", () => current().href],
  ];
  for (const [name, value] of pairs(methods)) define(shim, name, { enumerable: true, value });
  define(shim, "ancestorOrigins", { get: () => native.ancestorOrigins });

  scope.__deckarchive_location = (value) => (value === native && isActive() ? shim : value);
  for (const name of each(onFile ? ["URL", "documentURI"] : [])) {
    define(doc, name, { get: () => (isActive() ? current().href : native.href) });
  }

  // A classic script that reads the location runs from a blob, and does not come to know that.
  const blobs = new Map();
  const files = new Map();
  function classicUrl(path) {
    const texts = isActive() ? scope.__deckarchive_classics : {};
    if (!blobs.has(path) && Object.hasOwn(texts, path)) {
      const url = createObjectURL(new Blob([texts[path]], { type: "text/javascript" }));
      blobs.set(path, url);
      files.set(url, root + path);
    }
    return blobs.get(path);
  }
  // What a script of another host derives from its own address is there. One of the page's own host
  // stands where the page does.
  const found = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
  const src = (element) => call(found.get, element);
  if (!config.own) {
    define(
      HTMLScriptElement.prototype,
      "src",
      Object.assign({}, found, {
        get() {
          const file = files.get(src(this)) || src(this);
          const live = strings.startsWith(file, root + "sites/")
            ? page.reverse(new URL(file))
            : null;
          return live && (isActive() || live.host !== originalUrl.host) ? live.href : file;
        },
      }),
    );
  }

  // For a script that the parser is about to look at; the attribute comes back when it has.
  const encoder = new TextEncoder();
  function replaceScript(script) {
    const written = web.getAttribute(script, "src");
    if (!written && isActive()) {
      const text = scope.__deckarchive_inlines[maps.hash(web.encode(encoder, script.textContent))];
      if (text) script.textContent = text;
    }
    const url = written && classicUrl(page.folderPath(src(script)));
    if (!url) return;
    web.setAttribute(script, "src", url);
    setTimeout(() => web.setAttribute(script, "src", written));
  }

  // What routers ask elements for: where their application begins (the base), where a link leads.
  // A page that reads its live path reads theirs too.
  const isShimmed = () => Boolean(routed) || isActive();
  function liveHref(href) {
    const url = isShimmed() && parse(href);
    const live = url && page.reverse(url);
    if (!live) return url || parse(href);
    return routed && live.origin === originalUrl.origin
      ? new URL(live.pathname + live.search + live.hash, native.origin)
      : live;
  }
  function shimBase(base, raw) {
    const live = raw && page.reverse(new URL(raw, page.start));
    const { getAttribute } = base;
    define(base, "getAttribute", {
      value: (name) =>
        isShimmed() && strings.toLowerCase(String(name)) === "href"
          ? live && live.pathname
          : call(getAttribute, base, name),
    });
    const href = Object.getOwnPropertyDescriptor(scope.HTMLBaseElement.prototype, "href");
    define(base, "href", {
      get() {
        const url = live ? liveHref(call(href.get, base)) : null;
        return url ? url.href : call(href.get, base);
      },
    });
  }
  if (routed) shimBase(routed, config.routed === "./" ? null : config.routed);
  if (routed || onFile)
    for (const { prototype } of each([scope.HTMLAnchorElement, scope.HTMLAreaElement])) {
      const href = Object.getOwnPropertyDescriptor(prototype, "href");
      for (const name of each([
        "href",
        "origin",
        "protocol",
        "host",
        "hostname",
        "port",
        "pathname",
        "search",
      ])) {
        const found = Object.getOwnPropertyDescriptor(prototype, name);
        define(
          prototype,
          name,
          Object.assign({}, found, {
            /** @this {any} */
            get() {
              const url =
                isShimmed() && web.hasAttribute(this, "href")
                  ? liveHref(call(href.get, this))
                  : null;
              return url ? url[name] : call(found.get, this);
            },
          }),
        );
      }
    }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      shim: { isActive, current, moved },
      classicUrl,
      replaceScript,
      fileSrc: src,
      shimBase,
    }),
  );
};
