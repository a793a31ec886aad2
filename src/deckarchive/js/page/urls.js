// From any URL that a page may use to its copy, and back.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, config, doc } = page;
  const { URL } = scope;

  const root = config.page.replace(/runtime\/page\.js.*$/, "");
  const onFile = root.startsWith("file:");
  const originalUrl = new URL(config.url);

  // What a page reads from its query stands there, on a server or not: the file is the same.
  if (
    doc &&
    !config.own &&
    originalUrl.search &&
    !scope.location.search &&
    scope.location.href.startsWith(root)
  ) {
    try {
      scope.history.replaceState(
        scope.history.state,
        "",
        scope.location.pathname + originalUrl.search + scope.location.hash,
      );
    } catch {
      // A browser that allows it on no file: the page does without.
    }
  }
  const maps = config.maps || scope.__deckarchive_lookup(scope.__deckarchive_map || {});
  const start = doc ? scope.location.href.split("#")[0] : config.local || root;
  const unresolved = new Set();

  // An application that reads its route from the location finds its own path there; a base keeps
  // relative URLs where they lead to the files.
  /** @type {HTMLBaseElement | null} */
  let routed = null;
  if (doc && config.routed && !onFile && start.startsWith(root)) {
    const base = doc.createElement("base");
    base.href = new URL(config.routed, start).href;
    try {
      scope.history.replaceState(
        scope.history.state,
        "",
        scope.location.origin + originalUrl.pathname + originalUrl.search + scope.location.hash,
      );
      /** @type {HTMLScriptElement} */ (doc.currentScript).before(base);
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
    const href = url.href.split(/[?#]/, 1)[0];
    if (config.own && href.startsWith(root) && !href.startsWith(root + "sites/")) {
      const path = href.slice(root.length);
      const known = maps.original(path);
      return parse(
        (known
          ? "http://" + known
          : path && path !== "index.html"
            ? originalUrl.origin + "/" + path
            : originalUrl.href) + url.hash,
      );
    }
    if (href.startsWith(root + "sites/")) {
      const path = href.slice(root.length);
      const known = maps.original(path);
      const [, host, rest] = path.match(/^sites\/([^/]*)\/?(.*)$/) || ["", "", ""];
      const address = known || host.replace("+", ":") + "/" + rest;
      const query = known && known.includes("?") && !url.search ? "" : url.search;
      const plain = query ? address.split("?", 1)[0] : address;
      const scheme =
        address.split("/", 1)[0] === originalUrl.host ? originalUrl.protocol : "https:";
      return parse(scheme + "//" + plain + query + url.hash);
    }
    if (!onFile && url.origin === new URL(root).origin) {
      return parse(url.pathname + url.search + url.hash, originalUrl);
    }
    // Where a path that begins with "/" leads on file:// (on Windows, below a drive).
    if (onFile && url.protocol === "file:" && !href.startsWith(root)) {
      return parse(
        url.pathname.replace(/^\/[a-z]:(?=\/)/i, "") + url.search + url.hash,
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
    const base = doc.baseURI.split("#")[0];
    if (routed && config.routed === "./")
      return new URL(scope.location.pathname + scope.location.search, originalUrl);
    if (page.shim && page.shim.isActive() && base === scope.location.href.split("#")[0])
      return page.shim.current();
    if (base === start || base.startsWith("about:")) return originalUrl;
    const url = new URL(base);
    const elsewhere = /^https?:$/.test(url.protocol) && url.host !== scope.location.host;
    return reverse(url) || (elsewhere ? url : originalUrl);
  }

  /** @type {("origin" | "host" | "hostname" | "pathname")[]} */
  const ADDRESS_PARTS = ["origin", "host", "hostname", "pathname"];

  // A page passes its own address to others in a query: there the address here becomes the live
  // one.
  /** @param {URL} url */
  function translated(url) {
    const { location } = scope;
    const changed = new URL(url);
    for (const [name, value] of url.searchParams) {
      const full = /^(https?|file):/.test(value) && value !== location.origin ? parse(value) : null;
      const back =
        full && (full.href.startsWith(root) || full.origin === location.origin)
          ? reverse(full)
          : null;
      const part = ADDRESS_PARTS.find((key) => value.length > 1 && value === location[key]);
      if (back) changed.searchParams.set(name, back.href);
      else if (part) changed.searchParams.set(name, originalUrl[part]);
    }
    return changed;
  }

  /** @param {URL} url */
  const pathIn = (url) => url.href.split(/[?#]/, 1)[0].slice(root.length);
  /** @param {URL} url */
  const isFile = (url) => typeof maps.original(pathIn(url)) === "string";

  // null: nothing to do with us (data:, #fragment, a file of the folder). Otherwise {url} and,
  // where it was captured, {path} or {status}.
  /** @type {PageContext["resolve"]} */
  function resolve(raw, finder) {
    const text = String(raw).trim();
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text);
    if (!text || text[0] === "#" || (scheme && !/^(https?|file)$/i.test(scheme[1]))) return null;
    const find = finder || maps.find;
    let url = parse(text, originalBase());
    if (!url) return null;
    // Made of the location: "//" + host (none on file://), or with a host whose port is left out.
    const { host, hostname } = scope.location;
    const direct = /^\/\/[^/]/.test(text)
      ? parse(scope.location.protocol + text)
      : scheme && parse(text);
    if (onFile && /^\/\/\/[^/]/.test(text)) url = new URL(text.slice(2), originalBase());
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
    if (beside && beside.href.startsWith(root + "sites/")) {
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
    const query = /\.(m?js|x?html?)$/.test(found.path || "") ? found.url.search : "";
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
    const script = doc.createElement("script");
    script.onload = script.onerror = () => {
      script.remove();
      done();
    };
    script.src = root + deferredData()[path];
    (doc.head || doc.documentElement).append(script);
  }
  const waiting = new Map(); // path → what continues when it is there
  /** @type {(path: string, done: (value?: unknown) => void) => void} */
  function requestData(path, done) {
    waiting.set(path, done);
    scope.postMessage({ deckarchive: 1, path });
  }
  if (!doc && onFile)
    scope.addEventListener("message", (event) => {
      const { deckarchive, path, url } = event.data || {};
      if (deckarchive !== 1 || !path) return;
      event.stopImmediatePropagation();
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
    worker.addEventListener("message", (event) => {
      const { deckarchive, path } = event.data || {};
      if (deckarchive !== 1 || !path) return;
      event.stopImmediatePropagation();
      Promise.resolve(loadData(path)).then(() =>
        worker.postMessage({ deckarchive: 1, path, url: data()[path] }),
      );
    });
  }

  /** @type {PageContext["inFolder"]} */
  const inFolder = (raw) => {
    const url = onFile && parse(String(raw), localBase());
    return url && url.href.startsWith(root) ? url.href.slice(root.length).split(/[?#]/, 1)[0] : "";
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
    if (!known && unresolved.size < 200 && /^https?:$/.test(url.protocol)) unresolved.add(url.href);
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
