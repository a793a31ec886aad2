// The browser's own built-ins, kept before a script of the page runs: a page may replace any of
// them (`Map`, `Array.prototype.find`, `JSON`), and what it puts there need not do what is used
// here. The page script uses what stands here and nothing else (tests/js/test_natives.py).
//
// A global object has its name here too. A method is a function of the receiver:
// `strings.split(text, "#")`, `web.getAttribute(element, "src")`. for…of, spread and destructuring
// of arrays look up how an array is iterated, so they go over `each(list)`.
// What a page puts on Object.prototype would be in each descriptor and handler: those get no
// prototype.
(scope) => {
  "use strict";
  const { Array, ArrayBuffer, Blob, Date, Document, DocumentFragment, Element, Error } = scope;
  const { FormData, Function } = scope;
  const { Headers, JSON, Math, Number, Object, Promise, Proxy, Reflect, RegExp, Request } = scope;
  const { Response, String, Symbol, URL, URLSearchParams, Uint8Array, WeakMap, WeakSet } = scope;
  const { decodeURIComponent, encodeURIComponent, unescape } = scope;
  const { apply, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const { assign, create, defineProperty, entries, freeze } = Object;
  const { stringify } = JSON;
  const { isArray } = Array;
  const { iterator } = Symbol;
  const { bind, call } = Function.prototype;
  const uncurried = bind.bind(call);

  /** An object with the properties of `given` and no prototype. */
  const bare = (given) => assign(create(null), given);

  /** @type {(list: any, read: (item: any) => any) => any} */
  function over(list, read) {
    let at = 0;
    return {
      __proto__: null,
      next: () =>
        at < list.length
          ? { __proto__: null, done: false, value: read(list[at++]) }
          : { __proto__: null, done: true, value: undefined },
      [iterator]() {
        return this;
      },
    };
  }
  /** What has a length, for the language's own iteration. */
  const each = (list) => over(list, (item) => item);
  /** The same, where each item is destructured itself. */
  const pairs = (list) => over(list, each);

  /** What an interface has, as functions of the receiver: methods, and how attributes are read. */
  function methods(holder, names) {
    const found = create(null);
    for (const name of each(holder ? names : [])) {
      const { value, get } = getOwnPropertyDescriptor(holder, name) || {};
      if (value || get) found[name] = uncurried(value || get);
    }
    return found;
  }

  /** The static methods of a global object. */
  function statics(holder, names) {
    const found = create(null);
    for (const name of each(names)) found[name] = holder[name];
    return found;
  }

  const define = (holder, name, descriptor) => defineProperty(holder, name, bare(descriptor));
  function descriptor(holder, name) {
    const found = getOwnPropertyDescriptor(holder, name);
    return found && bare(found);
  }

  // A class whose instances are the page script's own: their methods stand on a prototype that no
  // page reaches, before those of the native one. `first` is what its constructor makes of a list.
  function own(native, first = (given) => given) {
    if (!native) return native;
    class Own extends native {
      constructor(given, other) {
        super(given === null || given === undefined ? undefined : first(given), other);
      }
    }
    for (const name of each(ownKeys(native.prototype)))
      if (name !== "constructor") define(Own.prototype, name, descriptor(native.prototype, name));
    return Own;
  }

  const lists = methods(Array.prototype, [
    ...["concat", "every", "filter", "find", "flat", "forEach", "includes", "join", "map", "pop"],
    ...["push", "reduce", "shift", "slice", "some", "sort"],
  ]);
  const texts = methods(String.prototype, [
    ...["charCodeAt", "endsWith", "includes", "indexOf", "lastIndexOf", "padStart", "replace"],
    ...["slice", "split", "startsWith", "toLowerCase", "toUpperCase", "trim"],
  ]);
  const { push } = lists;
  const { charCodeAt, replace: replaceText, slice, split: splitText } = texts;

  // String's methods ask an expression for what it does, and that looks up its `exec`.
  const exec = uncurried(RegExp.prototype.exec);
  const test = (pattern, text) => exec(pattern, text) !== null;
  /** Each match; the first one of an expression that is not global. */
  function all(pattern, text) {
    const found = [];
    pattern.lastIndex = 0;
    for (let one; (one = exec(pattern, text)); ) {
      push(found, one);
      if (!pattern.global) break;
      if (!one[0]) pattern.lastIndex += 1;
    }
    return found;
  }

  /** `by` may be a function of the match and its groups, or a text that stands for itself. */
  function replace(text, pattern, by) {
    if (typeof pattern === "string") return replaceText(text, pattern, by);
    let made = "";
    let at = 0;
    for (const found of each(all(pattern, text))) {
      made += slice(text, at, found.index);
      made += typeof by === "string" ? by : apply(by, undefined, found);
      at = found.index + found[0].length;
    }
    return made + slice(text, at);
  }

  function split(text, by, limit) {
    if (typeof by === "string") return splitText(text, by, limit);
    const parts = [];
    let rest = text;
    for (let found; parts.length !== limit && (found = exec(by, rest)); ) {
      push(parts, slice(rest, 0, found.index));
      rest = slice(rest, found.index + found[0].length);
    }
    if (parts.length !== limit) push(parts, rest);
    return parts;
  }

  /** The bytes of a text of characters up to U+00FF. */
  function bytes(text) {
    const made = new Uint8Array(text.length);
    for (let i = 0; i < made.length; i++) made[i] = charCodeAt(text, i);
    return made;
  }

  // Without the page's toJSON.
  function json(value) {
    if (value === undefined || typeof value === "function") return undefined;
    if (typeof value !== "object" || value === null) return stringify(value);
    if (isArray(value))
      return "[" + lists.join(lists.map(value, (one) => json(one) || "null")) + "]";
    const made = [];
    for (const [name, held] of pairs(entries(value))) {
      const text = json(held);
      if (text !== undefined) push(made, stringify(name) + ":" + text);
    }
    return "{" + lists.join(made) + "}";
  }

  function fromEntries(list) {
    const made = {};
    for (const [name, value] of pairs(list))
      define(made, name, { value, writable: true, enumerable: true, configurable: true });
    return made;
  }

  /** [name, value] of a Map, of header fields or of parameters. */
  function entriesOf(collection) {
    const found = [];
    collection.forEach((value, name) => void push(found, [name, value]));
    return found;
  }
  /** The values of a Map or a Set. */
  function valuesOf(collection) {
    const found = [];
    collection.forEach((value) => void push(found, value));
    return found;
  }

  const isObject = (value) =>
    (typeof value === "object" && value !== null) || typeof value === "function";

  const prototypeOf = (name) => scope[name] && scope[name].prototype;
  const web = create(null);
  for (const [name, names] of pairs([
    ["EventTarget", ["addEventListener", "dispatchEvent", "removeEventListener"]],
    ["Event", ["composedPath", "preventDefault", "stopImmediatePropagation"]],
    ["Element", ["after", "append", "before", "remove"]],
    ["Element", ["getAttribute", "getBoundingClientRect", "hasAttribute"]],
    ["Element", ["removeAttribute", "setAttribute"]],
    ["Document", ["createElement", "write"]],
    ["HTMLElement", ["innerText"]],
    ["Node", ["textContent"]],
    ["CSSStyleDeclaration", ["getPropertyValue", "setProperty"]],
    ["MutationObserver", ["observe"]],
    ["History", ["replaceState"]],
    ["Performance", ["getEntriesByName", "getEntriesByType", "now"]],
    ["TextEncoder", ["encode"]],
    ["TextDecoder", ["decode"]],
    ["UserActivation", ["hasBeenActive"]],
    ["Worker", ["postMessage"]],
    ["XMLHttpRequest", ["send"]],
  ]))
    assign(web, methods(prototypeOf(name), names));
  if (DocumentFragment) {
    const inDocument = uncurried(Document.prototype.querySelectorAll);
    const inElement = uncurried(Element.prototype.querySelectorAll);
    const inFragment = uncurried(DocumentFragment.prototype.querySelectorAll);
    const byType = bare({ 9: inDocument, 11: inFragment });
    web.querySelectorAll = (root, selector) => (byType[root.nodeType] || inElement)(root, selector);
  }

  // The handler of a proxy is asked for each of its traps.
  function BareProxy(target, handler) {
    return new Proxy(target, bare(handler));
  }

  return freeze(
    bare({
      Array: bare({ isArray }),
      ArrayBuffer: statics(ArrayBuffer, ["isView"]),
      Boolean: scope.Boolean,
      Date: statics(Date, ["now"]),
      Error,
      Function,
      FormData: own(FormData),
      Headers: own(Headers),
      JSON: bare({ parse: JSON.parse, stringify: json }),
      Map: own(scope.Map, each),
      Math: statics(Math, ["floor", "imul", "max", "min"]),
      Number,
      Object: assign(statics(Object, ["assign", "create", "entries", "hasOwn", "keys", "values"]), {
        defineProperty: define,
        fromEntries,
        getOwnPropertyDescriptor: descriptor,
      }),
      Promise,
      Proxy: BareProxy,
      Reflect: statics(Reflect, ["construct", "get", "getPrototypeOf", "set"]),
      RegExp,
      Set: own(scope.Set, each),
      String,
      TextDecoder: scope.TextDecoder,
      TextEncoder: scope.TextEncoder,
      URL: own(URL),
      URLSearchParams: own(URLSearchParams),
      Uint8Array,
      WeakMap: own(WeakMap),
      WeakSet: own(WeakSet),
      apply,
      blobs: methods(Blob && Blob.prototype, ["slice", "text"]),
      call: uncurried(call),
      decodeURIComponent,
      each,
      encodeURIComponent,
      entriesOf,
      isObject,
      lists,
      numbers: methods(Number.prototype, ["toString"]),
      pairs,
      patterns: bare({ all, exec, test }),
      requests: methods(Request && Request.prototype, ["arrayBuffer", "clone"]),
      responses: methods(Response && Response.prototype, ["arrayBuffer", "blob", "text"]),
      strings: assign(texts, { bytes, fromCharCode: String.fromCharCode, replace, split }),
      unescape,
      valuesOf,
      web,
    }),
  );
};
