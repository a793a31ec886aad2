// Workers: a blob inherits this page's policy, and starts with this script.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    apply,
    blobs: blobMethods,
    Boolean,
    call,
    decodeURIComponent,
    each,
    encodeURIComponent,
    JSON,
    lists,
    Map,
    Object,
    patterns,
    String,
    strings,
    URL,
    web,
  } = page.natives;
  const {
    scope,
    config,
    doc,
    onFile,
    start,
    originalUrl,
    parse,
    reverse,
    localBase,
    originalBase,
    resolve,
    address,
    local,
    noteUnresolved,
    wrap,
    patch,
    moduleUrl,
    folderPath,
    workerArguments,
    workletUrl,
    moduleDataUrl,
  } = page;
  const { atob, Blob, Event, MessageChannel, XMLHttpRequest } = scope;

  const blobs = new Map();
  const { createObjectURL } = scope.URL;
  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      blobs,
      blobUrl: (blob) => createObjectURL(blob),
    }),
  );
  patch(scope.URL, "createObjectURL", (native) => (object) => {
    const url = call(native, scope.URL, object);
    if (object instanceof Blob && object.size < 1 << 24) blobs.set(url, object);
    return url;
  });
  patch(scope.URL, "revokeObjectURL", (native) => (url) => {
    blobs.delete(String(url));
    return call(native, scope.URL, url);
  });

  // Where an address that the page writes leads here.
  const localUrl = (raw) => /** @type {URL} */ (parse(String(raw), localBase()));

  // A script that stands in its own URL.
  function textOf(url) {
    const [, encoded, text] = each(patterns.exec(/^data:[^,]*?(;base64)?,(.*)$/is, url) || []);
    if (text === undefined) return undefined;
    const plain = decodeURIComponent(strings.split(text, "#")[0]);
    return encoded ? atob(plain) : plain;
  }

  // What a module without an address imports: no import map reaches it in a worker.
  const IMPORT = /\b(from|import)(\s*\(?\s*)(["'])(https?:\/\/[^"'\s]+)\3/g;
  function imported(source) {
    if (typeof source !== "string") {
      const request = new XMLHttpRequest();
      call(page.openNatively, request, "GET", createObjectURL(source), false);
      web.send(request);
      source = request.responseText;
    }
    return strings.replace(source, IMPORT, (all, word, between, quote, url) => {
      const found = resolve(url);
      const end =
        found && found.path
          ? onFile && moduleUrl(found.path)
            ? "deckarchive:" + found.path
            : address(found)
          : url;
      return word + between + quote + end + quote;
    });
  }

  // The arguments with which the browser creates the worker.
  function bootstrap(raw, options, ...rest) {
    const text = String(raw);
    const inline = patterns.test(/^(blob|data):/i, text);
    const found = inline ? null : resolve(text);
    let source = inline ? blobs.get(text) || textOf(text) : "";
    if (found && !found.path) noteUnresolved(found.url);
    if ((found && !found.path && !onFile) || source === undefined)
      return [raw, options, ...each(rest)];
    if (inline && options && options.type === "module") source = imported(source);
    if (!onFile) return [served(text, inline, found, source, options), options, ...each(rest)];
    const path = inline
      ? ""
      : found
        ? found.path || found.url.href
        : folderPath(localUrl(text).href);
    const live = found ? found.url : localUrl(text);
    return (
      workerArguments(
        path,
        inline ? "" : live.search + live.hash,
        source,
        options,
        Boolean(options && options.shared),
      ) || [raw, options, ...each(rest)]
    );
  }

  function served(text, inline, found, source, options) {
    const file = inline ? start : found ? address(found) : localUrl(text).href;
    const url = inline
      ? originalBase().href
      : (found ? found.url : reverse(new URL(file)) || originalUrl).href;
    const setup =
      "self.__deckarchive=" +
      JSON.stringify({ url, page: config.page, map: config.map, local: inline ? "" : file });
    const parts = lists.map([config.map, config.page, ...each(inline ? [] : [file])], (part) =>
      JSON.stringify(part),
    );
    const isModule = options && options.type === "module";
    const head = isModule
      ? lists.join(
          lists.map(
            [JSON.stringify("data:text/javascript," + encodeURIComponent(setup)), ...each(parts)],
            (part) => "import " + part,
          ),
          ";",
        )
      : setup + ";importScripts(" + lists.join(parts, ",") + ")";
    return createObjectURL(new Blob([head, ";\n", source], { type: "text/javascript" }));
  }

  for (const name of each(onFile ? ["Worker"] : ["Worker", "SharedWorker"])) {
    wrap(name, (args) => bootstrap(...each(args)), onFile && page.serveWorker);
  }
  const shared = new Map();
  const { Worker } = scope;
  if (onFile && scope.SharedWorker)
    scope.SharedWorker = class SharedWorker extends scope.EventTarget {
      constructor(url, options) {
        super();
        const { name = "", type = "classic" } =
          typeof options === "string" ? { name: options } : options || {};
        const key = parse(String(url), localBase()) + " " + name;
        if (!shared.has(key))
          shared.set(key, new Worker(url, /** @type {any} */ ({ name, type, shared: true })));
        const channel = new MessageChannel();
        this.port = channel.port1;
        this.onerror = null;
        web.addEventListener(shared.get(key), "error", (event) => {
          const copy = new Event("error");
          web.dispatchEvent(this, copy);
          if (typeof this.onerror === "function") this.onerror(event);
        });
        web.postMessage(shared.get(key), { deckarchive: 1 }, [channel.port2]);
      }
    };
  if (scope.Worklet)
    patch(
      scope.Worklet.prototype,
      "addModule",
      (native) =>
        function (url, ...rest) {
          // On file:// a worklet takes no module from a file or a blob.
          const module = onFile && blobs.get(String(url));
          const add = async () =>
            await call(native, this, moduleDataUrl(await blobMethods.text(module)), ...each(rest));
          if (module) return add();
          const found = resolve(url);
          const own = onFile && workletUrl(found ? found.path : folderPath(localUrl(url).href));
          return call(native, this, own || local(url), ...each(rest));
        },
    );

  if (doc) return;
  const { importScripts } = scope;
  if (importScripts) {
    scope.importScripts = (...list) =>
      apply(
        importScripts,
        scope,
        lists.map(list, (url) => {
          const found = resolve(url);
          const href = found ? (found.path ? address(found) : found.url.href) : localUrl(url).href;
          return (onFile && moduleUrl(folderPath(href))) || href;
        }),
      );
  }
  if (config.local)
    Object.defineProperty(scope, "location", {
      value: new scope.URL(config.local),
      configurable: true,
    });
};
