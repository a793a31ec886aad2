// In every copy, before anything else: URLs that scripts make lead to the captured files, nothing
// leaves the folder, and the frame around the copy hears what it shows and what it misses.
// Runs in windows (config: its own script element) and in workers (config: self.__deckarchive).
(function install(scope, config) {
  "use strict";
  if (!config || scope.__deckarchive_page) return;

  const doc = scope.document;
  const { Blob, Document, DOMException, Element, Event, EventTarget, Headers, Range, Request, Response, URL } = scope;
  const { ArrayBuffer, CSSStyleSheet, FormData, History, MutationObserver, Proxy, Reflect, TypeError, URLSearchParams } = scope;
  const root = config.page.replace(/runtime\/page\.js.*$/, "");
  const onFile = root.startsWith("file:");
  const maps = config.maps || scope.__deckarchive_lookup(scope.__deckarchive_map || {});
  const start = doc ? scope.location.href.split("#")[0] : config.local || root;
  const misses = new Set();

  // An application that reads its route from the location finds its own path there; a base keeps
  // relative URLs where they lead to the files.
  const originalUrl = new URL(config.url);
  let routed = false;
  if (doc && config.routed && !onFile && start.startsWith(root)) {
    const base = doc.createElement("base");
    base.href = new URL(config.routed, start).href;
    try {
      scope.history.replaceState(scope.history.state, "", scope.location.origin + originalUrl.pathname + originalUrl.search + scope.location.hash);
      doc.currentScript.before(base);
      routed = true;
    } catch (error) {
      // A path that no history takes: the page keeps the copy's.
    }
  }

  if (doc && doc.currentScript && onFile) {
    try {
      doc.write('<script src="' + config.map.replace(/\.js$/, ".data.js") + '"></' + "script>");
    } catch (error) {
      // XHTML: no document.write, so what needs fetch falls back by itself.
    }
  }

  // ---- from any URL to its copy -------------------------------------------------------------

  function parse(text, base) {
    try {
      return new URL(text, base);
    } catch (error) {
      return null;
    }
  }

  // From a URL of the folder (or of its server) to the URL that the live page would have used.
  function reverse(url) {
    const href = url.href.split(/[?#]/, 1)[0];
    if (config.own && href.startsWith(root) && !href.startsWith(root + "sites/")) {
      const path = href.slice(root.length);
      const known = maps.original(path);
      return parse((known ? "http://" + known : path && path !== "index.html" ? originalUrl.origin + "/" + path : originalUrl.href) + url.hash);
    }
    if (href.startsWith(root + "sites/")) {
      const path = href.slice(root.length);
      const known = maps.original(path);
      const [, host, rest] = path.match(/^sites\/([^/]*)\/?(.*)$/);
      const address = known || host.replace("+", ":") + "/" + rest;
      const query = known && known.includes("?") && !url.search ? "" : url.search;
      const plain = query ? address.split("?", 1)[0] : address;
      const scheme = address.split("/", 1)[0] === originalUrl.host ? originalUrl.protocol : "https:";
      return parse(scheme + "//" + plain + query + url.hash);
    }
    if (doc && url.origin === scope.location.origin && url.protocol !== "file:") {
      return parse(url.pathname + url.search + url.hash, originalUrl);
    }
    return null;
  }

  function localBase() {
    return doc ? doc.baseURI : config.local || config.url;
  }

  function originalBase() {
    if (!doc) return originalUrl;
    const base = doc.baseURI.split("#")[0];
    if (routed && config.routed === "./") return parse(scope.location.pathname + scope.location.search, originalUrl);
    if (base === start || base.startsWith("about:")) return originalUrl;
    return reverse(new URL(base)) || originalUrl;
  }

  // null: nothing to do with us (data:, #fragment, a file of the folder). Otherwise {url} and,
  // where it was captured, {path} or {status}.
  function resolve(raw, finder) {
    const text = String(raw).trim();
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text);
    if (!text || text[0] === "#" || (scheme && !/^(https?|file)$/i.test(scheme[1]))) return null;
    const find = finder || maps.find;
    let url = parse(text, originalBase());
    if (!url) return null;
    if (scheme) {
      const back = reverse(url);
      if (back && maps.original(url.href.split(/[?#]/, 1)[0].slice(root.length)) !== undefined) return null;
      url = back || url;
      if (url.protocol === "file:") return null;
    }
    const found = find(url);
    if (found) return Object.assign({ url }, found);
    const here = scheme ? null : parse(text, localBase());
    if (here && here.href.startsWith(root + "sites/")) {
      if (maps.original(here.href.split(/[?#]/, 1)[0].slice(root.length)) !== undefined) return null;
      const back = reverse(here);
      const again = back && find(back);
      if (again) return Object.assign({ url: back }, again);
    }
    if (config.own && url.origin === originalUrl.origin) return null;
    return { url };
  }

  function address(found) {
    const query = /\.(m?js|x?html?)$/.test(found.path) ? found.url.search : "";
    return root + found.path + query + found.url.hash;
  }

  // Where a script reads an answer: file:// forbids that for files, not for data: URLs.
  function readable(found) {
    const data = onFile ? scope.__deckarchive_data || config.data : null;
    return (data && data[found.path]) || address(found);
  }

  // The URL to use in place of raw; raw itself when there is nothing better.
  function local(raw) {
    const found = resolve(raw);
    return found && found.path ? address(found) : raw;
  }

  function miss(url) {
    const known = maps.find(url);
    if (!known && misses.size < 200 && /^https?:$/.test(url.protocol)) misses.add(url.href);
  }

  // ---- texts that hold URLs -----------------------------------------------------------------

  const outward = (text) => /^\s*(https?:)?[\\/]/i.test(text);

  function srcset(text) {
    return String(text).replace(/(^|,\s+|\s,\s*)([^\s,]\S*[^\s,])/g, (all, before, url) => before + local(url));
  }

  function css(text) {
    text = String(text);
    if (!/\/\/|url\(\s*["']?\//.test(text)) return text;
    return text
      .replace(/(url\(\s*)(["']?)((?:https?:)?\/[^"')\s]*)\2/gi, (all, open, quote, url) => open + quote + local(url) + quote)
      .replace(/(@import\s+)(["'])((?:https?:)?\/[^"']*)\2/gi, (all, open, quote, url) => open + quote + local(url) + quote);
  }

  function markup(html) {
    html = String(html);
    if (!/\/\/|=\s*["']?\//.test(html)) return html;
    return html.replace(
      /(\s(src|href|poster|data|srcset|xlink:href|style)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/gi,
      (all, before, name, quoted) => {
        const quote = /^["']/.test(quoted) ? quoted[0] : "";
        const value = (quote ? quoted.slice(1, -1) : quoted).replace(/&amp;/g, "&");
        const kind = name.toLowerCase();
        const changed = kind === "srcset" ? srcset(value) : kind === "style" ? css(value) : outward(value) ? local(value) : value;
        return changed === value ? all : before + quote + changed.replace(/&/g, "&amp;") + quote;
      }
    );
  }

  // ---- requests -----------------------------------------------------------------------------

  const encoder = new scope.TextEncoder();

  // The bytes of a request's body, where they are known at once.
  function bytesOf(body) {
    if (body === undefined || body === null) return new Uint8Array();
    if (typeof body === "string") return encoder.encode(body);
    if (body instanceof URLSearchParams) return encoder.encode(String(body));
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return new Uint8Array();
  }

  const plain = (method) => method === "GET" || method === "HEAD";

  const nativeFetch = scope.fetch;
  if (nativeFetch) {
    scope.fetch = async function fetch(input, init) {
      const request = input instanceof Request ? input : null;
      const options = init || {};
      const method = String(options.method || (request && request.method) || "GET").toUpperCase();
      let found = resolve(request ? request.url : input, plain(method) ? maps.findData : () => null);
      if (!found) return nativeFetch.call(scope, input, init);
      if (!plain(method)) {
        const body = options.body === undefined && request ? await request.clone().arrayBuffer() : options.body;
        const bytes = typeof Blob === "function" && body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : bytesOf(body);
        found = Object.assign({ url: found.url }, maps.findSent(method, found.url, bytes));
      }
      if (found.path) {
        const range = new Headers(options.headers || (request ? request.headers : {})).get("range");
        return nativeFetch.call(scope, readable(found), {
          method: method === "HEAD" ? "HEAD" : "GET",
          headers: range ? { Range: range } : {},
          signal: options.signal || (request ? request.signal : undefined),
        });
      }
      if (found.status >= 200) return new Response(null, { status: found.status });
      miss(found.url);
      throw new TypeError("Failed to fetch");
    };
  }

  const requests = new WeakMap();
  if (scope.XMLHttpRequest) {
    const { open, send } = scope.XMLHttpRequest.prototype;
    const target = (found) => (found.path ? readable(found) : found.status ? root + "sites/-/refused" : found.url.href);
    scope.XMLHttpRequest.prototype.open = function (method, url, ...rest) {
      const verb = String(method).toUpperCase();
      const found = resolve(url, plain(verb) ? maps.findData : () => null);
      const background = rest.length ? rest[0] : true;
      requests.delete(this);
      if (!found) return open.call(this, method, url, ...rest);
      if (!plain(verb)) requests.set(this, { verb, url: found.url, background });
      return open.call(this, plain(verb) ? verb : "GET", target(found), background);
    };
    scope.XMLHttpRequest.prototype.send = function (body) {
      const late = requests.get(this);
      if (!late) return send.call(this, body);
      const found = maps.findSent(late.verb, late.url, bytesOf(body));
      open.call(this, "GET", target(Object.assign({ url: late.url }, found)), late.background);
      return send.call(this);
    };
  }

  // Replaces a constructor; instanceof, statics and subclasses keep working.
  function wrap(name, swap) {
    const native = scope[name];
    if (typeof native !== "function") return;
    scope[name] = new Proxy(native, {
      construct(target, args, self) {
        return Reflect.construct(target, swap(args), self === scope[name] ? target : self);
      },
    });
  }

  function patch(holder, name, make) {
    const native = holder && holder[name];
    if (typeof native !== "function") return;
    Object.defineProperty(holder, name, { value: make(native), writable: true, configurable: true });
  }

  wrap("EventSource", (args) => [local(args[0]), ...args.slice(1)]);
  wrap("Audio", (args) => (args.length ? [local(args[0])] : args));
  wrap("FontFace", ([family, source, ...rest]) => [family, typeof source === "string" ? css(source) : source, ...rest]);

  // A socket that never opens: it fails once, later each time, so that retries stay calm.
  let sockets = 0;
  class QuietSocket extends EventTarget {
    constructor(url) {
      super();
      Object.assign(this, { url: String(url), readyState: 0, protocol: "", extensions: "", bufferedAmount: 0, binaryType: "blob" });
      Object.assign(this, { onopen: null, onmessage: null, onerror: null, onclose: null });
      scope.setTimeout(() => {
        this.readyState = 3;
        this.tell(new Event("error"));
        this.tell(typeof CloseEvent === "function" ? new CloseEvent("close", { code: 1006 }) : new Event("close"));
      }, Math.min(500 * 2 ** sockets++, 600000));
    }
    tell(event) {
      this.dispatchEvent(event);
      const handler = this["on" + event.type];
      if (typeof handler === "function") handler.call(this, event);
    }
    send() {}
    close() {
      this.readyState = 3;
    }
  }
  Object.assign(QuietSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
  Object.assign(QuietSocket.prototype, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
  if (scope.WebSocket) scope.WebSocket = QuietSocket;
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
    wrap(name, () => {
      throw new DOMException("offline", "NotSupportedError");
    });
  }

  // ---- workers: a blob inherits this page's policy, and starts with this script -----------------

  const blobs = new Map();
  patch(URL, "createObjectURL", (native) => (object) => {
    const url = native.call(URL, object);
    if (object instanceof Blob && object.size < 1 << 24) blobs.set(url, object);
    return url;
  });
  patch(URL, "revokeObjectURL", (native) => (url) => {
    blobs.delete(String(url));
    return native.call(URL, url);
  });

  function bootstrap(raw, options) {
    const text = String(raw);
    const inline = /^(blob|data):/i.test(text);
    const found = inline ? null : resolve(text);
    if (found && !found.path) miss(found.url);
    if (onFile || (found && !found.path)) return raw;
    const file = inline ? start : found ? address(found) : parse(text, localBase()).href;
    const url = inline ? originalBase().href : (found ? found.url : reverse(new URL(file)) || originalUrl).href;
    const body = inline ? blobs.get(text) : "";
    if (body === undefined) return raw;
    const setup = "self.__deckarchive=" + JSON.stringify({ url, page: config.page, map: config.map, local: inline ? "" : file });
    const parts = [config.map, config.page, ...(inline ? [] : [file])].map((part) => JSON.stringify(part));
    const isModule = options && options.type === "module";
    const head = isModule
      ? ["data:text/javascript," + encodeURIComponent(setup)].map((part) => JSON.stringify(part)).concat(parts).map((part) => "import " + part).join(";")
      : setup + ";importScripts(" + parts.join(",") + ")";
    return URL.createObjectURL(new Blob([head, ";\n", body], { type: "text/javascript" }));
  }

  for (const name of ["Worker", "SharedWorker"]) {
    wrap(name, (args) => [bootstrap(args[0], args[1]), ...args.slice(1)]);
  }
  if (scope.Worklet) patch(scope.Worklet.prototype, "addModule", (native) => function (url, ...rest) {
    return native.call(this, local(url), ...rest);
  });

  if (!doc) {
    const { importScripts } = scope;
    if (importScripts) {
      scope.importScripts = (...list) => importScripts.apply(scope, list.map((url) => {
        const found = resolve(url);
        return found ? (found.path ? address(found) : found.url.href) : parse(String(url), localBase()).href;
      }));
    }
    if (config.local) Object.defineProperty(scope, "location", { value: new URL(config.local), configurable: true });
    scope.__deckarchive_page = true;
    return;
  }

  // ---- the document -------------------------------------------------------------------------

  const HELD = {
    img: ["src", "srcset"], source: ["src", "srcset"], script: ["src"], iframe: ["src"], frame: ["src"],
    embed: ["src"], object: ["data"], audio: ["src"], video: ["src", "poster"], track: ["src"],
    input: ["src"], link: ["href", "imagesrcset"], image: ["href", "xlink:href"], use: ["href", "xlink:href"],
    feimage: ["href", "xlink:href"],
  };
  const CORS = ["crossorigin", "integrity"];

  // The answer of a JSONP address calls the function that was named when it was captured.
  function alias(found) {
    const then = new URLSearchParams((found.key || "").split("?")[1] || "");
    for (const [name, value] of found.url.searchParams) {
      const old = then.get(name);
      if (/callback|jsonp|^cb$/i.test(name) && old && old !== value && !(old in scope)) {
        Object.defineProperty(scope, old, { configurable: true, get: () => scope[value], set() {} });
      }
    }
  }

  function mapped(element, name, value) {
    const tag = element.localName.toLowerCase();
    const key = name.toLowerCase();
    if (key === "style") return css(value);
    if (!HELD[tag] || !HELD[tag].includes(key)) return value;
    if (key.endsWith("srcset")) return srcset(value);
    const found = resolve(value);
    if (!found) return value;
    if (found.path) {
      if (tag === "script") alias(found);
      return address(found);
    }
    // No policy stops a mere connection, so a link that could open one leads nowhere.
    if (tag === "link" && /preconnect|dns-prefetch|^$/.test(element.rel)) return "data:,";
    return value;
  }

  const { setAttribute, setAttributeNS, removeAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (onFile && CORS.includes(String(name).toLowerCase())) return undefined;
    return setAttribute.call(this, name, mapped(this, String(name), value));
  };
  Element.prototype.setAttributeNS = function (space, name, value) {
    return setAttributeNS.call(this, space, name, mapped(this, String(name), value));
  };

  function property(holder, name, change) {
    const found = holder && Object.getOwnPropertyDescriptor(holder, name);
    if (!found || !found.set) return;
    Object.defineProperty(holder, name, Object.assign({}, found, {
      set(value) {
        const changed = change(this, value);
        if (changed !== undefined) found.set.call(this, changed);
      },
    }));
  }

  for (const [type, names] of Object.entries({
    HTMLImageElement: ["src", "srcset"], HTMLSourceElement: ["src", "srcset"], HTMLScriptElement: ["src"],
    HTMLIFrameElement: ["src"], HTMLFrameElement: ["src"], HTMLEmbedElement: ["src"], HTMLObjectElement: ["data"],
    HTMLMediaElement: ["src"], HTMLVideoElement: ["poster"], HTMLTrackElement: ["src"], HTMLInputElement: ["src"],
    HTMLLinkElement: ["href", "imageSrcset"],
  })) {
    for (const name of names) property(scope[type] && scope[type].prototype, name, (element, value) => mapped(element, name, value));
    if (onFile) for (const name of ["crossOrigin", "integrity"]) property(scope[type] && scope[type].prototype, name, () => undefined);
  }
  for (const type of ["Element", "ShadowRoot"]) {
    property(scope[type] && scope[type].prototype, "innerHTML", (element, value) =>
      element.localName === "style" ? css(value === null ? "" : value) : markup(value === null ? "" : value));
  }
  property(Element.prototype, "outerHTML", (element, value) => markup(value));
  const framed = scope.HTMLIFrameElement.prototype;
  const { get: windowOf } = Object.getOwnPropertyDescriptor(framed, "contentWindow");
  const runtime = '<script src="' + config.map + '"></' + 'script><script src="' + config.page + '" data-url="' + config.url + '"></' + 'script>';
  function adopt(frame) {
    try {
      const inner = windowOf.call(frame);
      if (inner && inner.location.href === "about:blank") install(inner, Object.assign({ maps, data: scope.__deckarchive_data }, config));
    } catch (error) {
      // Another origin: a page of its own, not ours to change.
    }
  }
  property(framed, "srcdoc", (element, value) => runtime + markup(value));
  // An empty frame has browser functions of its own: they are replaced before a script gets at them.
  for (const name of ["contentWindow", "contentDocument"]) {
    const found = Object.getOwnPropertyDescriptor(framed, name);
    Object.defineProperty(framed, name, Object.assign({}, found, {
      get() {
        adopt(this);
        return found.get.call(this);
      },
    }));
  }
  patch(Element.prototype, "insertAdjacentHTML", (native) => function (where, html) {
    return native.call(this, where, markup(html));
  });
  patch(Range.prototype, "createContextualFragment", (native) => function (html) {
    return native.call(this, markup(html));
  });
  for (const name of ["write", "writeln"]) {
    patch(Document.prototype, name, (native) => function (...parts) {
      return native.call(this, markup(parts.join("")));
    });
  }
  for (const name of ["insertRule", "replace", "replaceSync"]) {
    patch(CSSStyleSheet.prototype, name, (native) => function (text, ...rest) {
      return native.call(this, css(text), ...rest);
    });
  }

  // Second chance for what came in another way: parsed, cloned, or set as a style property.
  function mend(element) {
    const names = HELD[element.localName.toLowerCase()];
    if (names) for (const name of names) {
      const value = element.getAttribute(name);
      if (!value || !(name.endsWith("srcset") || outward(value))) continue;
      const changed = mapped(element, name, value);
      if (changed !== value) setAttribute.call(element, name, changed);
    }
    const style = element.getAttribute("style");
    if (style && css(style) !== style) setAttribute.call(element, "style", css(style));
    if (element.localName === "style") {
      const text = element.textContent;
      if (css(text) !== text) element.textContent = css(text);
    }
  }
  new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "attributes") mend(record.target);
      else {
        if (record.target.localName === "style") mend(record.target);
        for (const node of record.addedNodes) if (node.nodeType === 1) {
          mend(node);
          if (node.firstElementChild) for (const inner of node.querySelectorAll("[src],[srcset],[href],[data],[poster],[style],style,use,image")) mend(inner);
        }
      }
    }
  }).observe(doc, {
    subtree: true, childList: true, attributes: true,
    attributeFilter: ["src", "srcset", "href", "xlink:href", "data", "poster", "style"],
  });

  const retried = new WeakSet();
  scope.addEventListener("error", (event) => {
    const element = event.target;
    if (!element || !element.localName) return;
    for (const name of HELD[element.localName.toLowerCase()] || []) {
      const value = element.getAttribute(name);
      const found = value && !name.endsWith("srcset") ? resolve(value) : null;
      if (!found) continue;
      if (found.path && !retried.has(element)) {
        retried.add(element);
        if (element.localName === "script") {
          const again = doc.createElement("script");
          for (const attribute of element.attributes) if (!CORS.includes(attribute.name)) setAttribute.call(again, attribute.name, attribute.value);
          again.src = address(found);
          element.after(again);
        } else {
          setAttribute.call(element, name, address(found));
        }
      } else if (!found.path) miss(found.url);
    }
  }, true);
  doc.addEventListener("securitypolicyviolation", (event) => {
    const url = parse(event.blockedURI);
    if (url && event.disposition !== "report") miss(url);
  });

  // ---- staying here -------------------------------------------------------------------------

  let card = null;
  function show(url) {
    if (card) card.remove();
    card = doc.createElement("div");
    card.setAttribute("role", "status");
    card.style.cssText = "all:initial;position:fixed;z-index:2147483647;left:50%;bottom:24px;transform:translateX(-50%);max-width:80%;padding:12px 18px;border-radius:8px;background:#222;color:#fff;font:16px/1.4 system-ui,sans-serif;box-shadow:0 2px 12px #0008;overflow-wrap:anywhere";
    card.textContent = "Not in this offline copy: " + url;
    (doc.body || doc.documentElement).append(card);
    scope.setTimeout((shown) => shown.remove(), 6000, card);
  }

  // Goes to the copy of a URL, or says that there is none. Returns whether the browser may go on.
  function visit(raw) {
    const found = resolve(raw);
    if (found && found.path && config.own && found.url.origin === originalUrl.origin) return true;
    if (!found) {
      const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(String(raw));
      if (!scheme || /^(javascript|blob|data|about|http|https|file)$/i.test(scheme[1])) return true;
      show(String(raw));
      return false;
    }
    if (!found.path) show(found.url.href);
    else scope.location.href = address(found);
    return false;
  }

  const fragmentOf = (link) => {
    const url = parse(link.getAttribute("href") || link.getAttribute("xlink:href") || "", localBase());
    return url && url.hash && url.href.split("#")[0] === scope.location.href.split("#")[0] ? url.hash : "";
  };

  scope.addEventListener("click", (event) => {
    const path = event.composedPath();
    const link = path.find((node) => node.localName === "a" || node.localName === "area");
    const raw = link && (link.getAttribute("href") || link.getAttribute("xlink:href"));
    if (!raw || event.defaultPrevented) return;
    if (raw.trim()[0] === "#" || fragmentOf(link)) {
      if (!routed) return;
      event.preventDefault();
      scope.location.hash = raw.slice(raw.indexOf("#"));
      return;
    }
    if (!visit(raw)) event.preventDefault();
    else if (!config.own && link.target && link.target !== "_self" && !/^\s*javascript:/i.test(raw) && !link.hasAttribute("download")) {
      event.preventDefault();
      scope.location.href = link.href.baseVal || link.href;
    }
  });
  scope.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (event.defaultPrevented || ((button && button.formMethod) || form.getAttribute("method")) === "dialog") return;
    event.preventDefault();
    const action = parse(form.getAttribute("action") || originalBase().href, originalBase());
    if (!action) return;
    if (form.method === "get") action.search = String(new URLSearchParams(new FormData(form)));
    visit(action.href);
  });
  // The deck's own windows, such as the speaker view, are its own affair.
  const nativeOpen = scope.open;
  scope.open = (url, ...rest) => {
    if (config.own && (!url || visit(url))) return nativeOpen.call(scope, url, ...rest);
    if (url && !config.own) visit(url);
    return null;
  };
  if (!config.own && scope.navigation && scope.navigation.addEventListener) {
    scope.navigation.addEventListener("navigate", (event) => {
      const url = parse(event.destination.url);
      if (!url || event.destination.sameDocument || event.hashChange || !event.cancelable) return;
      if (!/^https?:$/.test(url.protocol) || url.href.startsWith(root + "sites/")) return;
      event.preventDefault();
      scope.setTimeout(() => visit(url.href));
    });
  }

  // The deck stands where it is; only a copy's idea of its own address needs to be translated.
  if (!config.own) for (const name of ["pushState", "replaceState"]) {
    patch(History.prototype, name, (native) => function (state, title, url) {
      if (url === undefined || url === null) return native.call(this, state, title);
      const wanted = parse(String(url), originalBase());
      const found = resolve(url);
      if (routed) {
        const inside = wanted && wanted.origin === originalUrl.origin;
        return native.call(this, state, title, inside ? scope.location.origin + wanted.pathname + wanted.search + wanted.hash : undefined);
      }
      const home = originalUrl.origin + originalUrl.pathname;
      const hash = wanted ? wanted.hash : "";
      let target = url;
      if (wanted && wanted.origin + wanted.pathname === home) target = start.split("?")[0] + wanted.search + hash;
      else if (found && found.path) target = address(found);
      else if (found) target = root + "sites/" + found.url.host.replace(":", "+") + found.url.pathname + found.url.search + hash;
      try {
        return native.call(this, state, title, target);
      } catch (error) {
        return native.call(this, state, title, scope.location.href.split("#")[0] + hash);
      }
    });
  }

  // ---- what a copy's origin may lack -----------------------------------------------------------

  function define(holder, name, descriptor) {
    try {
      Object.defineProperty(holder, name, Object.assign({ configurable: true }, descriptor));
    } catch (error) {
      // The browser keeps its own.
    }
  }

  function memory() {
    const items = new Map();
    const storage = {
      getItem: (key) => (items.has(String(key)) ? items.get(String(key)) : null),
      setItem: (key, value) => void items.set(String(key), String(value)),
      removeItem: (key) => void items.delete(String(key)),
      clear: () => items.clear(),
      key: (index) => [...items.keys()][index] || null,
    };
    return new Proxy(storage, {
      get: (target, key) => (key === "length" ? items.size : key in target ? target[key] : items.get(key)),
      set: (target, key, value) => (items.set(key, String(value)), true),
      has: (target, key) => key in target || items.has(key),
      deleteProperty: (target, key) => (items.delete(key), true),
    });
  }

  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      scope[name].getItem("");
    } catch (error) {
      const storage = memory();
      define(scope, name, { get: () => storage });
    }
  }
  let cookieWorks = !onFile;
  try {
    void doc.cookie;
  } catch (error) {
    cookieWorks = false;
  }
  if (!cookieWorks) {
    const jar = new Map();
    define(doc, "cookie", {
      get: () => [...jar].map(([name, value]) => name + "=" + value).join("; "),
      set(text) {
        const [, name, value] = /^\s*([^=;]*)=?([^;]*)/.exec(String(text));
        if (/max-age=(0|-)|expires=[^;]*19[67]\d/i.test(text)) jar.delete(name);
        else jar.set(name.trim(), value.trim());
      },
    });
  }
  define(doc, "domain", { get: () => originalUrl.hostname, set() {} });
  if (scope.navigator.sendBeacon) define(scope.navigator, "sendBeacon", { value: () => true });

  let workers = null;
  try {
    workers = scope.navigator.serviceWorker;
  } catch (error) {
    workers = null;
  }
  const register = workers && workers.register.bind(workers);
  if (workers) {
    const quiet = Object.assign(new EventTarget(), {
      scope: start, active: null, installing: null, waiting: null,
      update: () => Promise.resolve(quiet), unregister: () => Promise.resolve(true),
    });
    define(workers, "register", { value: () => Promise.resolve(quiet) });
  }

  // ---- word to the frame around ------------------------------------------------------------------

  function outermost() {
    let found = scope;
    try {
      while (found.parent !== found && found.parent.__deckarchive_page) found = found.parent;
    } catch (error) {
      // Another origin: the frame around the copy, not a copy.
    }
    return found;
  }

  const send = (message) => {
    if (scope.parent !== scope) scope.parent.postMessage(Object.assign({ deckarchive: 1 }, message), "*");
  };
  scope.__deckarchive_page = { send, misses };
  const top = outermost();

  const KEYS = ["Escape", "PageUp", "PageDown"];
  scope.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || event.defaultPrevented) return;
    const { key, code, keyCode, shiftKey, altKey, ctrlKey, metaKey } = event;
    top.__deckarchive_page.send({ type: "key", key, code, keyCode, shiftKey, altKey, ctrlKey, metaKey });
  });

  function counted() {
    return scope.__deckarchive_vitals ? scope.__deckarchive_vitals() : {};
  }

  function status() {
    const entry = scope.performance.getEntriesByType("navigation")[0];
    return (entry && entry.responseStatus) || 200;
  }

  // Chromium may keep the first contentful paint to itself when the picture covered the copy at
  // that moment. Half a second of animation frames says as much: none come to a frame that is not
  // being drawn.
  const ENOUGH_DRAWN = 30;
  let drawn = 0;
  const animate = () => { if (++drawn < ENOUGH_DRAWN) scope.requestAnimationFrame(animate); };
  const painted = () =>
    drawn >= ENOUGH_DRAWN || scope.performance.getEntriesByName("first-contentful-paint").length > 0;

  if (top === scope) {
    const began = Date.now();
    let last = "";
    const report = () => {
      const before = scope.performance.now();
      if (painted()) {
        const message = { type: "vitals", url: config.url, status: status(), painted: true, vitals: counted(), misses: [...misses].slice(0, 100) };
        const text = JSON.stringify(message);
        if (text !== last) send(message);
        last = text;
      }
      const age = Date.now() - began;
      // Counting may take a twentieth of a huge page's time, not more.
      const pause = Math.max(age < 3000 ? 150 : 500, 20 * (scope.performance.now() - before));
      if (age < 30000) scope.setTimeout(report, pause);
    };
    scope.setTimeout(report, 50);
    scope.addEventListener("DOMContentLoaded", animate);
    if (register && scope.isSecureContext && !onFile) {
      scope.addEventListener("load", () => register(root + "sw.js", { scope: root }).catch(() => {}));
    }
  }
})(self, self.document && self.document.currentScript
  ? {
      url: self.document.currentScript.dataset.url,
      routed: self.document.currentScript.dataset.routed,
      own: "own" in self.document.currentScript.dataset, // the deck itself, not a copy
      page: self.document.currentScript.src,
      map: self.document.currentScript.previousElementSibling.src,
    }
  : self.__deckarchive);
