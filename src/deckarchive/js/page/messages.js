// Messages between the frames of a page. Live, frames have several origins; on the server of an
// offline folder they share one. What a script names as the receiver's origin, and what it reads as
// the sender's, is the live one.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, config, doc, root, originalUrl, parse, reverse, define } = page;
  if (config.own) return; // the deck gets the messages of its frames as they are
  const { MessageEvent, Object, Reflect, WeakMap } = scope;
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
    for (let i = 0; i < scope.frames.length && i < 100; i++) found.push(scope.frames[i]);
    if (scope.parent !== scope)
      sameOrigin(() => {
        for (let i = 0; i < scope.parent.frames.length && i < 100; i++)
          found.push(scope.parent.frames[i]);
      });
    return found;
  }

  // The sender: the browser would name the window whose function called last, which is ours. An
  // object has the prototype of the caller's window; for a text the stack names the calling script.
  function caller(message) {
    const prototypes = Object(message) === message && [Reflect.getPrototypeOf(message)];
    /** @type {any[]} */
    const every = windows();
    const realm =
      prototypes &&
      every.find((one) =>
        sameOrigin(() => [one.Object.prototype, one.Array.prototype].includes(prototypes[0])),
      );
    if (realm) return realm;
    const lines = String(new scope.Error().stack).match(/(https?|file):\/\/[^\s()]+/g) || [];
    const script = lines
      .map((line) => line.replace(/[?#].*|(:\d+){1,2}$/g, ""))
      .find((line) => !line.startsWith(root + "runtime/"));
    const runs = (one) =>
      sameOrigin(() => {
        const files = [one.location.href, ...[...one.document.scripts].map(page.fileSrc)];
        return files.some((file) => file.split(/[?#]/, 1)[0] === script);
      });
    return (
      (script && every.find(runs)) ||
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
      const given = Object(options) === options ? options : { targetOrigin: options, transfer };
      const target = given.targetOrigin === undefined ? "/" : String(given.targetOrigin);
      const sender = caller(message);
      const targetOrigin =
        target === "/"
          ? originOf(sender) || ownOrigin
          : target === "*"
            ? "*"
            : (parse(target) || {}).origin;
      if (targetOrigin === undefined) return native.call(scope, message, target);
      if (!["*", ownOrigin, originalUrl.origin].includes(targetOrigin)) return undefined;
      native.call(scope, message, "*", given.transfer || []);
      waiting.push(sender);
      return undefined;
    },
  });
  page.mask(scope.postMessage, native);
  scope.addEventListener(
    "message",
    (event) => {
      if (event.isTrusted && sourceOf.call(event) === scope)
        senders.set(event, waiting.shift() || scope);
    },
    true,
  );

  /** @type {[string, (sender: any) => any][]} */
  const getters = [
    ["source", (sender) => sender],
    ["origin", originOf],
  ];
  for (const [name, read] of getters) {
    const found = Object.getOwnPropertyDescriptor(MessageEvent.prototype, name);
    define(MessageEvent.prototype, name, {
      enumerable: true,
      get() {
        const sender = senders.get(this) || (this.isTrusted && sourceOf.call(this));
        return (sender && read(sender)) || found.get.call(this);
      },
    });
  }

  // The live address of the page around a framed one.
  const from = doc.referrer && parse(doc.referrer);
  const live = from && from.href.startsWith(root + "sites/") && reverse(from);
  if (live)
    define(doc, "referrer", {
      value: live.origin === originalUrl.origin ? live.href : live.origin + "/",
    });
};
