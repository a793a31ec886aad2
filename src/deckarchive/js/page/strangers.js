// On file:// every frame is a stranger to the others, without an origin, and what names a receiver
// is lost on its way. So copies send each other letters, which name the live origins of both ends;
// a window of another file is seen through a stand-in that writes them, and the letter's reader
// takes them for what they hold. Other receivers, such as empty frames, get what was sent.
(page) => {
  "use strict";
  const { scope, config, onFile, root, originalUrl, parse, local, define } = page;
  const { MessageEvent, Object, Proxy, Reflect, WeakMap, WeakSet } = scope;
  const windows = new WeakMap(); // stand-in → window
  page.windowOf = (one) => windows.get(one) || one;
  if (!onFile || config.own) return;

  const standIns = new WeakMap(); // window → stand-in
  const readers = new WeakSet(); // windows that know what a letter is
  const LETTER = "letter";

  function isStranger(window) {
    try {
      return window.document === undefined;
    } catch (error) {
      return true;
    }
  }

  function write(window, message, options, transfer) {
    const given = Object(options) === options ? options : { targetOrigin: options, transfer };
    const target = given.targetOrigin === undefined ? "/" : String(given.targetOrigin);
    if (!readers.has(window)) return window.postMessage(message, options, transfer);
    const url = ["*", "/", "null"].includes(target) ? null : parse(target);
    if (!url && !["*", "/", "null"].includes(target)) return window.postMessage(message, target); // it throws
    // What names its own address names that of a file.
    const to = target === "*" ? "*" : url && url.protocol !== "file:" ? url.origin : originalUrl.origin;
    return window.postMessage({ deckarchive: 1, type: LETTER, to, from: originalUrl.origin, data: message }, "*", given.transfer || []);
  }

  function seen(window) {
    if (!window || window === scope || !isStranger(window)) return window;
    if (standIns.has(window)) return standIns.get(window);
    const standIn = new Proxy(window, {
      get(target, key) {
        if (key === "postMessage") return (...args) => write(target, ...args);
        if (["window", "self", "frames"].includes(key)) return standIn;
        const value = Reflect.get(target, key, target);
        if (["parent", "top", "opener"].includes(key) || /^\d+$/.test(String(key))) return seen(value);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, key, value) => Reflect.set(target, key, key === "location" ? local(value) : value, target),
    });
    standIns.set(window, standIn);
    windows.set(standIn, window);
    return standIn;
  }

  const letters = new WeakMap(); // event → letter
  const getter = (name) => Object.getOwnPropertyDescriptor(MessageEvent.prototype, name).get;
  const [dataOf, originOf, sourceOf] = [getter("data"), getter("origin"), getter("source")];
  scope.addEventListener("message", (event) => {
    const [data, source] = [dataOf.call(event), sourceOf.call(event)];
    if (!data || data.deckarchive !== 1 || data.type !== LETTER || !source || !isStranger(source)) return;
    readers.add(source);
    if (["*", originalUrl.origin].includes(data.to)) letters.set(event, data);
    else event.stopImmediatePropagation();
  }, true);
  for (const [name, read] of [
    ["data", (event) => (letters.has(event) ? letters.get(event).data : dataOf.call(event))],
    ["origin", (event) => (letters.has(event) ? String(letters.get(event).from) : originOf.call(event))],
    ["source", (event) => seen(sourceOf.call(event))],
  ]) {
    define(MessageEvent.prototype, name, { enumerable: true, get() { return read(this); } });
  }

  for (const type of ["HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"]) {
    const holder = scope[type] && scope[type].prototype;
    const found = holder && Object.getOwnPropertyDescriptor(holder, "contentWindow");
    if (found) define(holder, "contentWindow", {
      enumerable: true,
      get() {
        const window = found.get.call(this);
        if (window && String(this.src || this.data).startsWith(root + "sites/")) readers.add(window);
        return seen(window);
      },
    });
  }
  const { parent } = scope;
  if (parent !== scope && isStranger(parent)) {
    readers.add(parent); // a copy, or the frame around one, which does not listen
    define(scope, "parent", { enumerable: true, get: () => seen(parent), set: (value) => define(scope, "parent", { value, writable: true }) });
  }
}
