// Workers: a blob inherits this page's policy, and starts with this script.
(page) => {
  "use strict";
  const { scope, config, doc, root, onFile, start, originalUrl, parse, reverse, localBase, originalBase, resolve, address, local, miss, wrap, patch, urlOf, pathOf, workerOf, workletOf } = page;
  const { Blob, URL } = scope;

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

  // The arguments with which a worker is really made.
  function bootstrap(raw, options, ...rest) {
    const text = String(raw);
    const inline = /^(blob|data):/i.test(text);
    const found = inline ? null : resolve(text);
    const source = inline ? blobs.get(text) : "";
    if (found && !found.path) miss(found.url);
    if ((found && !found.path) || source === undefined) return [raw, options, ...rest];
    if (!onFile) return [served(text, inline, found, source, options), options, ...rest];
    const path = inline ? "" : found ? found.path : pathOf(text);
    return workerOf(path, source, options) || [raw, options, ...rest];
  }

  function served(text, inline, found, source, options) {
    const file = inline ? start : found ? address(found) : parse(text, localBase()).href;
    const url = inline ? originalBase().href : (found ? found.url : reverse(new URL(file)) || originalUrl).href;
    const setup = "self.__deckarchive=" + JSON.stringify({ url, page: config.page, map: config.map, local: inline ? "" : file });
    const parts = [config.map, config.page, ...(inline ? [] : [file])].map((part) => JSON.stringify(part));
    const isModule = options && options.type === "module";
    const head = isModule
      ? ["data:text/javascript," + encodeURIComponent(setup)].map((part) => JSON.stringify(part)).concat(parts).map((part) => "import " + part).join(";")
      : setup + ";importScripts(" + parts.join(",") + ")";
    return URL.createObjectURL(new Blob([head, ";\n", source], { type: "text/javascript" }));
  }

  for (const name of ["Worker", "SharedWorker"]) {
    wrap(name, (args) => bootstrap(...args));
  }
  // On file:// a worklet takes no module from a file or a blob.
  if (scope.Worklet) patch(scope.Worklet.prototype, "addModule", (native) => function (url, ...rest) {
    const made = onFile && blobs.get(String(url));
    if (made) return made.text().then((text) => native.call(this, "data:text/javascript," + encodeURIComponent(text), ...rest));
    const file = onFile && parse(String(local(url)), localBase());
    return native.call(this, (file && workletOf(pathOf(file.href))) || local(url), ...rest);
  });

  if (doc) return;
  const { importScripts } = scope;
  if (importScripts) {
    scope.importScripts = (...list) => importScripts.apply(scope, list.map((url) => {
      const found = resolve(url);
      const href = found ? (found.path ? address(found) : found.url.href) : parse(String(url), localBase()).href;
      return (onFile && urlOf(pathOf(href))) || href;
    }));
  }
  if (config.local) Object.defineProperty(scope, "location", { value: new URL(config.local), configurable: true });
}
