// Messages between the frames of a page. Live, frames have several origins; on the server of an
// offline folder they share one. What a script names as the receiver's origin, and what it reads as
// the sender's, is the live one.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    Error,
    isObject,
    call,
    each,
    lists,
    Object,
    pairs,
    patterns,
    Reflect,
    String,
    strings,
    WeakMap,
    web,
  } = page.natives;
  const { scope, config, doc, root, originalUrl, parse, reverse, define } = page;
  if (config.own) return; // the deck gets the messages of its frames as they are
  const { MessageEvent } = scope;
  const { origin: ownOrigin } = scope.location;

  const sameOrigin = (visit) => {
    try {
      return visit();
    } catch {
      return null; // another origin
    }
  };
  const originOf = (sender) => sameOrigin(() => sender.__deckarchive_origin);

  // The windows that a message to this one may come from.
  function windows() {
    const found = [scope.parent, scope.top, scope];
    for (let i = 0; i < scope.frames.length && i < 100; i++) lists.push(found, scope.frames[i]);
    if (scope.parent !== scope)
      sameOrigin(() => {
        for (let i = 0; i < scope.parent.frames.length && i < 100; i++)
          lists.push(found, scope.parent.frames[i]);
      });
    return found;
  }

  // The sender: the browser would name the window whose function called last, which is ours. An
  // object has the prototype of the caller's window; for a text the stack names the calling script.
  function caller(message) {
    const prototypes = isObject(message) && [Reflect.getPrototypeOf(message)];
    /** @type {any[]} */
    const every = windows();
    const realm =
      prototypes &&
      lists.find(every, (one) =>
        sameOrigin(() =>
          lists.includes([one.Object.prototype, one.Array.prototype], prototypes[0]),
        ),
      );
    if (realm) return realm;
    const found = patterns.all(/(https?|file):\/\/[^\s()]+/g, String(new Error().stack));
    const script = lists.find(
      lists.map(found, (match) => strings.replace(match[0], /[?#].*|(:\d+){1,2}$/g, "")),
      (line) => !strings.startsWith(line, root + "runtime/"),
    );
    const runs = (one) =>
      sameOrigin(() => {
        const files = [
          one.location.href,
          ...each(lists.map([...each(one.document.scripts)], page.fileSrc)),
        ];
        return lists.some(files, (file) => strings.split(file, /[?#]/, 1)[0] === script);
      });
    return (
      (script && lists.find(every, runs)) ||
      (scope.parent !== scope && originOf(scope.parent) ? scope.parent : scope)
    );
  }

  /** @type {any} */
  const native = scope.postMessage;
  const { get: sourceOf } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "source");
  const waiting = []; // the senders of what is on its way, in order
  const senders = new WeakMap();

  define(scope, "__deckarchive_origin", { value: originalUrl.origin });
  define(scope, "postMessage", {
    writable: true,
    value: function postMessage(message, options, transfer) {
      const given = isObject(options) ? options : { targetOrigin: options, transfer };
      const target = given.targetOrigin === undefined ? "/" : String(given.targetOrigin);
      const sender = caller(message);
      const targetOrigin =
        target === "/"
          ? originOf(sender) || ownOrigin
          : target === "*"
            ? "*"
            : (parse(target) || {}).origin;
      if (targetOrigin === undefined) return call(native, scope, message, target);
      if (!lists.includes(["*", ownOrigin, originalUrl.origin], targetOrigin)) return undefined;
      call(native, scope, message, "*", given.transfer || []);
      lists.push(waiting, sender);
      return undefined;
    },
  });
  page.mask(scope.postMessage, native);
  web.addEventListener(
    scope,
    "message",
    (event) => {
      if (event.isTrusted && call(sourceOf, event) === scope)
        senders.set(event, lists.shift(waiting) || scope);
    },
    true,
  );

  /** @type {[string, (sender: any) => any][]} */
  const getters = [
    ["source", (sender) => sender],
    ["origin", originOf],
  ];
  for (const [name, read] of pairs(getters)) {
    const found = Object.getOwnPropertyDescriptor(MessageEvent.prototype, name);
    define(MessageEvent.prototype, name, {
      enumerable: true,
      get() {
        const sender = senders.get(this) || (this.isTrusted && call(sourceOf, this));
        return (sender && read(sender)) || call(found.get, this);
      },
    });
  }

  // The live address of the page around a framed one.
  const from = doc.referrer && parse(doc.referrer);
  const live = from && strings.startsWith(from.href, root + "sites/") && reverse(from);
  if (live)
    define(doc, "referrer", {
      value: live.origin === originalUrl.origin ? live.href : live.origin + "/",
    });
};
