// Cross-frame messaging on file://, where each file has an opaque origin of its own: the origin
// that a sender names, and the one that a receiver reads, mean nothing. So a copy sends a message
// of ours before each of the page's, a stamp with the live origins of both ends. A script gets a
// proxy of another file's window, whose postMessage does so; the receiving copy keeps the stamp
// from the page and gives its origins to the message that follows. A window that is no copy gets no
// stamp.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    apply,
    call,
    each,
    isObject,
    lists,
    Object,
    pairs,
    patterns,
    Proxy,
    Reflect,
    String,
    strings,
    WeakMap,
    WeakSet,
    web,
  } = page.natives;
  const { scope, config, onFile, root, originalUrl, parse, reverse, local, define } = page;
  const { MessageEvent } = scope;
  const windowsOf = new WeakMap(); // proxy → window
  page.windowOf = (one) => windowsOf.get(one) || one;
  if (!onFile || config.own) return;

  const proxies = new WeakMap(); // window → proxy
  const copies = new WeakSet(); // windows that understand stamps
  const STAMP = "stamp";

  function isCrossOrigin(window) {
    try {
      return window.document === undefined;
    } catch {
      return true;
    }
  }

  function send(window, message, options, transfer) {
    const given = isObject(options) ? options : { targetOrigin: options, transfer };
    const target = given.targetOrigin === undefined ? "/" : String(given.targetOrigin);
    if (!copies.has(window)) return window.postMessage(message, options, transfer);
    const url = lists.includes(["*", "/", "null"], target) ? null : parse(target);
    if (!url && !lists.includes(["*", "/", "null"], target)) {
      return window.postMessage(message, target); // it throws
    }
    // A script that derives the target from an address here names a file, or just file://.
    const live = url && url.protocol === "file:" ? reverse(url) : url;
    const to =
      target === "*" || (url && url.href === "file:///")
        ? "*"
        : live
          ? live.origin
          : originalUrl.origin;
    window.postMessage({ deckarchive: 1, type: STAMP, to, from: originalUrl.origin }, "*");
    return window.postMessage(message, "*", given.transfer || []);
  }

  function proxyOf(window) {
    if (!window || window === scope || !isCrossOrigin(window)) return window;
    if (proxies.has(window)) return proxies.get(window);
    const proxy = new Proxy(window, {
      get(target, key) {
        const name = String(key);
        if (key === "postMessage")
          return (message, options, transfer) => send(target, message, options, transfer);
        if (lists.includes(["window", "self", "frames"], name)) return proxy;
        const value = Reflect.get(target, key, target);
        if (lists.includes(["parent", "top", "opener"], name) || patterns.test(/^\d+$/, name))
          return proxyOf(value);
        return typeof value === "function" ? (...values) => apply(value, target, values) : value;
      },
      set: (target, key, value) =>
        Reflect.set(target, key, key === "location" ? local(value) : value, target),
    });
    proxies.set(window, proxy);
    windowsOf.set(proxy, window);
    return proxy;
  }

  const getter = (name) => Object.getOwnPropertyDescriptor(MessageEvent.prototype, name).get;
  const originOf = getter("origin");
  const sourceOf = getter("source");
  const stamps = new WeakMap(); // window → the stamp of its next message
  const origins = new WeakMap(); // event → its sender's live origin
  web.addEventListener(
    scope,
    "message",
    (event) => {
      const { data } = event;
      const source = call(sourceOf, event);
      if (!event.isTrusted || !source || source === scope || !isCrossOrigin(source)) return;
      if (data && data.deckarchive === 1 && data.type === STAMP) {
        copies.add(source);
        stamps.set(source, data);
        web.stopImmediatePropagation(event);
      } else if (stamps.has(source)) {
        const { to, from } = stamps.get(source);
        stamps.delete(source);
        if (lists.includes(["*", originalUrl.origin], to)) origins.set(event, String(from));
        else web.stopImmediatePropagation(event);
      }
    },
    true,
  );
  /** @type {[string, (event: any) => any][]} */
  const getters = [
    ["origin", (event) => origins.get(event) || call(originOf, event)],
    ["source", (event) => proxyOf(call(sourceOf, event))],
  ];
  for (const [name, read] of pairs(getters)) {
    define(MessageEvent.prototype, name, {
      enumerable: true,
      get() {
        return read(this);
      },
    });
  }

  for (const type of each(["HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"])) {
    const holder = scope[type] && scope[type].prototype;
    const found = holder && Object.getOwnPropertyDescriptor(holder, "contentWindow");
    if (found)
      define(holder, "contentWindow", {
        enumerable: true,
        get() {
          const window = call(found.get, this);
          if (window && strings.startsWith(String(this.src || this.data), root + "sites/"))
            copies.add(window);
          return proxyOf(window);
        },
      });
  }
  const { parent } = scope;
  if (parent !== scope && isCrossOrigin(parent)) {
    copies.add(parent); // a copy, or its frame page, which ignores what is not its own
    define(scope, "parent", {
      enumerable: true,
      get: () => proxyOf(parent),
      set: (value) => define(scope, "parent", { value, writable: true }),
    });
  }
};
