// From any URL that a page may use to its copy, and back.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    call,
    each,
    entriesOf,
    lists,
    Map,
    Object,
    pairs,
    patterns,
    Promise,
    Set,
    String,
    strings,
    URL,
    URLSearchParams,
    web,
  } = page.natives;
  const { scope, config, doc } = page;

  const root = strings.replace(config.page, /runtime\/page\.js.*$/, "");
  const onFile = strings.startsWith(root, "file:");
  const originalUrl = new URL(config.url);

  // What a page reads from its query stands there, on a server or not: the file is the same.
  if (
    doc &&
    !config.own &&
    originalUrl.search &&
    !scope.location.search &&
    strings.startsWith(scope.location.href, root)
  ) {
    try {
      web.replaceState(
        scope.history,
        scope.history.state,
        "",
        scope.location.pathname + originalUrl.search + scope.location.hash,
      );
    } catch {
      // A browser that allows it on no file: the page does without.
    }
  }
  const maps = config.maps || page.lookup(scope.__deckarchive_map || {});
  const start = doc ? strings.split(scope.location.href, "#")[0] : config.local || root;
  const unresolved = new Set();

  // An application that reads its route from the location finds its own path there; a base keeps
  // relative URLs where they lead to the files.
  /** @type {HTMLBaseElement | null} */
  let routed = null;
  if (doc && config.routed && !onFile && strings.startsWith(start, root)) {
    const base = web.createElement(doc, "base");
    base.href = new URL(config.routed, start).href;
    try {
      web.replaceState(
        scope.history,
        scope.history.state,
        "",
        scope.location.origin + originalUrl.pathname + originalUrl.search + scope.location.hash,
      );
      /** @type {HTMLScriptElement} */ web.before(doc.currentScript, base);
      routed = base;
    } catch {
      // A path that no history takes: the page keeps the copy's.
    }
  }

  /** @type {PageContext["parse"]} */
  function parse(text, base) {
    try {
      return new URL(text, base);
    } catch {
      return null;
    }
  }

  // From a URL of the folder (or of its server) to the URL that the live page would have used.
  /** @type {PageContext["reverse"]} */
  function reverse(url) {
    const href = strings.split(url.href, /[?#]/, 1)[0];
    if (
      config.own &&
      strings.startsWith(href, root) &&
      !strings.startsWith(href, root + "sites/")
    ) {
      const path = strings.slice(href, root.length);
      const known = maps.original(path);
      return parse(
        (known
          ? "http://" + known
          : path && path !== "index.html"
            ? originalUrl.origin + "/" + path
            : originalUrl.href) + url.hash,
      );
    }
    if (strings.startsWith(href, root + "sites/")) {
      const path = strings.slice(href, root.length);
      const known = maps.original(path);
      const [, host, rest] = each(patterns.exec(/^sites\/([^/]*)\/?(.*)$/, path) || ["", "", ""]);
      const address = known || strings.replace(host, "+", ":") + "/" + rest;
      const query = known && strings.includes(known, "?") && !url.search ? "" : url.search;
      const plain = query ? strings.split(address, "?", 1)[0] : address;
      const scheme =
        strings.split(address, "/", 1)[0] === originalUrl.host ? originalUrl.protocol : "https:";
      return parse(scheme + "//" + plain + query + url.hash);
    }
    if (!onFile && url.origin === new URL(root).origin) {
      return parse(url.pathname + url.search + url.hash, originalUrl);
    }
    // Where a path that begins with "/" leads on file:// (on Windows, below a drive).
    if (onFile && url.protocol === "file:" && !strings.startsWith(href, root)) {
      return parse(
        strings.replace(url.pathname, /^\/[a-z]:(?=\/)/i, "") + url.search + url.hash,
        originalUrl,
      );
    }
    return null;
  }

  function localBase() {
    return doc ? doc.baseURI : config.local || config.url;
  }

  function originalBase() {
    if (!doc) return originalUrl;
    const base = strings.split(doc.baseURI, "#")[0];
    if (routed && config.routed === "./")
      return new URL(scope.location.pathname + scope.location.search, originalUrl);
    if (page.shim && page.shim.isActive() && base === strings.split(scope.location.href, "#")[0])
      return page.shim.current();
    if (base === start || strings.startsWith(base, "about:")) return originalUrl;
    const url = new URL(base);
    const elsewhere = patterns.test(/^https?:$/, url.protocol) && url.host !== scope.location.host;
    return reverse(url) || (elsewhere ? url : originalUrl);
  }

  /** @type {("origin" | "host" | "hostname" | "pathname")[]} */
  const ADDRESS_PARTS = ["origin", "host", "hostname", "pathname"];

  // A page passes its own address to others in a query: there the address here becomes the live
  // one.
  /** @param {URL} url */
  function translated(url) {
    const { location } = scope;
    const changed = new URL(url.href);
    const parameters = new URLSearchParams(url.search);
    for (const [name, value] of pairs(entriesOf(parameters))) {
      const full =
        patterns.test(/^(https?|file):/, value) && value !== location.origin ? parse(value) : null;
      const back =
        full && (strings.startsWith(full.href, root) || full.origin === location.origin)
          ? reverse(full)
          : null;
      const part = lists.find(ADDRESS_PARTS, (key) => value.length > 1 && value === location[key]);
      if (!back && !part) continue;
      parameters.set(name, back ? back.href : originalUrl[/** @type {"host"} */ (part)]);
      changed.search = String(parameters);
    }
    return changed;
  }

  /** @param {URL} url */
  const pathIn = (url) => strings.slice(strings.split(url.href, /[?#]/, 1)[0], root.length);
  /** @param {URL} url */
  const isFile = (url) => typeof maps.original(pathIn(url)) === "string";

  // null: nothing to do with us (data:, #fragment, a file of the folder). Otherwise {url} and,
  // where it was captured, {path} or {status}.
  /** @type {PageContext["resolve"]} */
  function resolve(raw, finder) {
    const text = strings.trim(String(raw));
    const scheme = patterns.exec(/^([a-z][a-z0-9+.-]*):/i, text);
    if (!text || text[0] === "#" || (scheme && !patterns.test(/^(https?|file)$/i, scheme[1])))
      return null;
    const find = finder || maps.find;
    let url = parse(text, originalBase());
    if (!url) return null;
    // Made of the location: "//" + host (none on file://), or with a host whose port is left out.
    const { host, hostname } = scope.location;
    const direct = patterns.test(/^\/\/[^/]/, text)
      ? parse(scope.location.protocol + text)
      : scheme && parse(text);
    if (onFile && patterns.test(/^\/\/\/[^/]/, text))
      url = new URL(strings.slice(text, 2), originalBase());
    else if (
      !onFile &&
      direct &&
      (direct.host === host || (direct.host === hostname && !direct.port)) &&
      (!scheme || direct.host !== host)
    ) {
      url = new URL(direct.pathname + direct.search + direct.hash, originalUrl);
    } else if (scheme) {
      const back = reverse(url);
      if (back && isFile(url)) {
        // The file as it stands, unless a script reads there what the browser shows otherwise.
        const data = finder && finder(back);
        return data && data.path !== pathIn(url) ? Object.assign({ url: back }, data) : null;
      }
      url = back || url;
      if (url.protocol === "file:") return null;
    }
    let found = find(url);
    if (!found && url.search) {
      url = translated(url);
      found = find(url);
    }
    if (found) return Object.assign({ url }, found);
    const beside = scheme ? null : parse(text, localBase());
    if (beside && strings.startsWith(beside.href, root + "sites/")) {
      if (isFile(beside)) return null;
      const back = reverse(beside);
      const again = back && find(back);
      if (again) return Object.assign({ url: back }, again);
    }
    if (config.own && url.origin === originalUrl.origin) return null;
    return { url };
  }

  /** @type {PageContext["address"]} */
  function address(found) {
    const query = patterns.test(/\.(m?js|x?html?)$/, found.path || "") ? found.url.search : "";
    return root + found.path + query + found.url.hash;
  }

  // Where a script reads an answer: file:// forbids that for files, not for data: URLs.
  const data = () => (onFile && (scope.__deckarchive_data || config.data)) || {};
  /** @type {PageContext["readable"]} */
  const readable = (found) => data()[found.path || ""] || address(found);

  // Large data is in a script of its own, which a window loads; a worker requests it from its
  // window. null: there is nothing to wait for.
  const loading = new Map(); // path → promise
  const deferredData = () => (onFile && (scope.__deckarchive_later || config.later)) || {};
  /** @type {(path: string, done: (value?: unknown) => void) => void} */
  function loadScript(path, done) {
    const script = web.createElement(doc, "script");
    script.onload = script.onerror = () => {
      web.remove(script);
      done();
    };
    script.src = root + deferredData()[path];
    web.append(doc.head || doc.documentElement, script);
  }
  const { postMessage } = scope;
  const waiting = new Map(); // path → what continues when it is there
  /** @type {(path: string, done: (value?: unknown) => void) => void} */
  function requestData(path, done) {
    waiting.set(path, done);
    call(postMessage, scope, { deckarchive: 1, path });
  }
  if (!doc && onFile)
    web.addEventListener(scope, "message", (/** @type {MessageEvent} */ event) => {
      const { deckarchive, path, url } = event.data || {};
      if (deckarchive !== 1 || !path) return;
      web.stopImmediatePropagation(event);
      if (url) data()[path] = url;
      if (waiting.has(path)) waiting.get(path)();
    });
  /** @type {PageContext["loadData"]} */
  function loadData(path) {
    if (!path || !Object.hasOwn(deferredData(), path) || data()[path]) return null;
    if (!loading.has(path))
      loading.set(path, new Promise((done) => (doc ? loadScript : requestData)(path, done)));
    return loading.get(path);
  }

  // Answers the requests of a worker of this window; the page's listeners get none of them.
  /** @type {PageContext["serveWorker"]} */
  function serveWorker(worker) {
    web.addEventListener(worker, "message", async (/** @type {MessageEvent} */ event) => {
      const { deckarchive, path } = event.data || {};
      if (deckarchive !== 1 || !path) return;
      web.stopImmediatePropagation(event);
      await loadData(path);
      web.postMessage(worker, { deckarchive: 1, path, url: data()[path] });
    });
  }

  /** @type {PageContext["inFolder"]} */
  const inFolder = (raw) => {
    const url = onFile && parse(String(raw), localBase());
    return url && strings.startsWith(url.href, root)
      ? strings.split(strings.slice(url.href, root.length), /[?#]/, 1)[0]
      : "";
  };

  // The same for the address of a file of the folder; undefined where there is none.
  /** @type {PageContext["dataUrl"]} */
  const dataUrl = (raw) => data()[inFolder(raw)];

  // The URL to use in place of raw; raw itself when there is nothing better.
  /** @type {PageContext["local"]} */
  function local(raw) {
    const found = resolve(raw);
    return found && found.path ? address(found) : raw;
  }

  /** @type {PageContext["noteUnresolved"]} */
  function noteUnresolved(url) {
    const known = maps.find(url);
    if (!known && unresolved.size < 200 && patterns.test(/^https?:$/, url.protocol))
      unresolved.add(url.href);
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      root,
      onFile,
      maps,
      start,
      unresolved,
      originalUrl,
      routed,
      parse,
      reverse,
      localBase,
      originalBase,
      resolve,
      address,
      readable,
      inFolder,
      dataUrl,
      loadData,
      deferredData,
      serveWorker,
      local,
      noteUnresolved,
    }),
  );
};
