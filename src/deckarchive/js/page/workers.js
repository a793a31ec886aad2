// Workers: a blob inherits this page's policy, and starts with this script.
/** @param {PageContext} page */
(page) => {
  "use strict";
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
  const { Blob, URL } = scope;

  const blobs = new Map();
  const native = URL.createObjectURL;
  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({ blobs, blobUrl: (blob) => native.call(URL, blob) }),
  );
  patch(URL, "createObjectURL", (native) => (object) => {
    const url = native.call(URL, object);
    if (object instanceof Blob && object.size < 1 << 24) blobs.set(url, object);
    return url;
  });
  patch(URL, "revokeObjectURL", (native) => (url) => {
    blobs.delete(String(url));
    return native.call(URL, url);
  });

  // Where an address that the page writes leads here.
  const localUrl = (raw) => /** @type {URL} */ (parse(String(raw), localBase()));

  // A script that stands in its own URL.
  function textOf(url) {
    const [, encoded, text] = /^data:[^,]*?(;base64)?,(.*)$/is.exec(url) || [];
    if (text === undefined) return undefined;
    const plain = decodeURIComponent(text.split("#")[0]);
    return encoded ? scope.atob(plain) : plain;
  }

  // What a module without an address imports: no import map reaches it in a worker.
  const IMPORT = /\b(from|import)(\s*\(?\s*)(["'])(https?:\/\/[^"'\s]+)\3/g;
  function imported(source) {
    if (typeof source !== "string") {
      const request = new scope.XMLHttpRequest();
      page.openNatively.call(request, "GET", native.call(URL, source), false);
      request.send();
      source = request.responseText;
    }
    return source.replace(IMPORT, (all, word, between, quote, url) => {
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
    const inline = /^(blob|data):/i.test(text);
    const found = inline ? null : resolve(text);
    let source = inline ? blobs.get(text) || textOf(text) : "";
    if (found && !found.path) noteUnresolved(found.url);
    if ((found && !found.path && !onFile) || source === undefined) return [raw, options, ...rest];
    if (inline && options && options.type === "module") source = imported(source);
    if (!onFile) return [served(text, inline, found, source, options), options, ...rest];
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
      ) || [raw, options, ...rest]
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
    const parts = [config.map, config.page, ...(inline ? [] : [file])].map((part) =>
      JSON.stringify(part),
    );
    const isModule = options && options.type === "module";
    const head = isModule
      ? ["data:text/javascript," + encodeURIComponent(setup)]
          .map((part) => JSON.stringify(part))
          .concat(parts)
          .map((part) => "import " + part)
          .join(";")
      : setup + ";importScripts(" + parts.join(",") + ")";
    return URL.createObjectURL(new Blob([head, ";\n", source], { type: "text/javascript" }));
  }

  for (const name of onFile ? ["Worker"] : ["Worker", "SharedWorker"]) {
    wrap(name, (args) => bootstrap(...args), onFile && page.serveWorker);
  }
  const shared = new scope.Map();
  if (onFile && scope.SharedWorker)
    scope.SharedWorker = class SharedWorker extends scope.EventTarget {
      constructor(url, options) {
        super();
        const { name = "", type = "classic" } =
          typeof options === "string" ? { name: options } : options || {};
        const key = [parse(String(url), localBase()), name].join(" ");
        if (!shared.has(key))
          shared.set(key, new scope.Worker(url, /** @type {any} */ ({ name, type, shared: true })));
        const channel = new scope.MessageChannel();
        this.port = channel.port1;
        this.onerror = null;
        shared.get(key).addEventListener("error", (event) => {
          const copy = new scope.Event("error");
          this.dispatchEvent(copy);
          if (typeof this.onerror === "function") this.onerror(event);
        });
        shared.get(key).postMessage({ deckarchive: 1 }, [channel.port2]);
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
          if (module)
            return module.text().then((text) => native.call(this, moduleDataUrl(text), ...rest));
          const found = resolve(url);
          const own = onFile && workletUrl(found ? found.path : folderPath(localUrl(url).href));
          return native.call(this, own || local(url), ...rest);
        },
    );

  if (doc) return;
  const { importScripts } = scope;
  if (importScripts) {
    scope.importScripts = (...list) =>
      importScripts.apply(
        scope,
        list.map((url) => {
          const found = resolve(url);
          const href = found ? (found.path ? address(found) : found.url.href) : localUrl(url).href;
          return (onFile && moduleUrl(folderPath(href))) || href;
        }),
      );
  }
  if (config.local)
    Object.defineProperty(scope, "location", { value: new URL(config.local), configurable: true });
};
