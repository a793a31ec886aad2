// On file:// every frame is a stranger to the others, without an origin, and what names a receiver
// is lost on its way. So a copy sends a stamp before each message, with the live origins of both
// ends: a window of another file is seen through a stand-in that does so, and the copy that gets
// the message takes the stamp off and reads it. To a window that is no copy the message is as ever.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, config, onFile, root, originalUrl, parse, reverse, local, define } = page;
  const { MessageEvent, Object, Proxy, Reflect, WeakMap, WeakSet } = scope;
  const windows = new WeakMap(); // stand-in → window
  page.windowOf = (one) => windows.get(one) || one;
  if (!onFile || config.own) return;

  const standIns = new WeakMap(); // window → stand-in
  const readers = new WeakSet(); // windows that know what a stamp is
  const STAMP = "stamp";

  function isStranger(window) {
    try {
      return window.document === undefined;
    } catch {
      return true;
    }
  }

  function write(window, message, options, transfer) {
    const given = Object(options) === options ? options : { targetOrigin: options, transfer };
    const target = given.targetOrigin === undefined ? "/" : String(given.targetOrigin);
    if (!readers.has(window)) return window.postMessage(message, options, transfer);
    const url = ["*", "/", "null"].includes(target) ? null : parse(target);
    if (!url && !["*", "/", "null"].includes(target)) {
      return window.postMessage(message, target); // it throws
    }
    // What names an address here names that of a file, or no more than that it is one.
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

  function seen(window) {
    if (!window || window === scope || !isStranger(window)) return window;
    if (standIns.has(window)) return standIns.get(window);
    const standIn = new Proxy(window, {
      get(target, key) {
        const name = String(key);
        if (key === "postMessage") return (...args) => write(target, ...args);
        if (["window", "self", "frames"].includes(name)) return standIn;
        const value = Reflect.get(target, key, target);
        if (["parent", "top", "opener"].includes(name) || /^\d+$/.test(name)) return seen(value);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, key, value) =>
        Reflect.set(target, key, key === "location" ? local(value) : value, target),
    });
    standIns.set(window, standIn);
    windows.set(standIn, window);
    return standIn;
  }

  const getter = (name) => Object.getOwnPropertyDescriptor(MessageEvent.prototype, name).get;
  const [originOf, sourceOf] = [getter("origin"), getter("source")];
  const stamps = new WeakMap(); // window → the stamp of its next message
  const origins = new WeakMap(); // event → its sender's live origin
  scope.addEventListener(
    "message",
    (event) => {
      const { data } = event;
      const source = sourceOf.call(event);
      if (!event.isTrusted || !source || source === scope || !isStranger(source)) return;
      if (data && data.deckarchive === 1 && data.type === STAMP) {
        readers.add(source);
        stamps.set(source, data);
        event.stopImmediatePropagation();
      } else if (stamps.has(source)) {
        const { to, from } = stamps.get(source);
        stamps.delete(source);
        if (["*", originalUrl.origin].includes(to)) origins.set(event, String(from));
        else event.stopImmediatePropagation();
      }
    },
    true,
  );
  /** @type {[string, (event: any) => any][]} */
  const getters = [
    ["origin", (event) => origins.get(event) || originOf.call(event)],
    ["source", (event) => seen(sourceOf.call(event))],
  ];
  for (const [name, read] of getters) {
    define(MessageEvent.prototype, name, {
      enumerable: true,
      get() {
        return read(this);
      },
    });
  }

  for (const type of ["HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"]) {
    const holder = scope[type] && scope[type].prototype;
    const found = holder && Object.getOwnPropertyDescriptor(holder, "contentWindow");
    if (found)
      define(holder, "contentWindow", {
        enumerable: true,
        get() {
          const window = found.get.call(this);
          if (window && String(this.src || this.data).startsWith(root + "sites/"))
            readers.add(window);
          return seen(window);
        },
      });
  }
  const { parent } = scope;
  if (parent !== scope && isStranger(parent)) {
    readers.add(parent); // a copy, or the frame around one, which hears nothing but what is its own
    define(scope, "parent", {
      enumerable: true,
      get: () => seen(parent),
      set: (value) => define(scope, "parent", { value, writable: true }),
    });
  }
};
