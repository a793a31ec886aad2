// Requests are answered by what was captured.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    scope,
    root,
    maps,
    parse,
    localBase,
    resolve,
    readable,
    inFolder,
    dataUrl,
    loadData,
    local,
    noteUnresolved,
    css,
    wrap,
  } = page;
  const { ArrayBuffer, Blob, Headers, Promise, Request, Response, TypeError, URLSearchParams } =
    scope;

  const encoder = new scope.TextEncoder();

  // The bytes of a request's body, where they are known at once.
  function bytesOf(body) {
    if (body === undefined || body === null) return new Uint8Array();
    if (typeof body === "string") return encoder.encode(body);
    if (body instanceof URLSearchParams) return encoder.encode(String(body));
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body))
      return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return new Uint8Array();
  }

  // What a request sends: {bytes, type}. That of a form, a file or a stream comes later.
  const known = (body) =>
    !body ||
    typeof body !== "object" ||
    body instanceof URLSearchParams ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body);
  async function sentBody(holder) {
    return {
      bytes: new Uint8Array(await holder.arrayBuffer()),
      type: holder.headers.get("content-type"),
    };
  }
  const sent = (body) =>
    known(body) || !Response ? { bytes: bytesOf(body), type: "" } : sentBody(new Response(body));

  const plain = (method) => method === "GET" || method === "HEAD";

  // The requested part of a file; found.start and found.size where the file itself is a part.
  function cut(body, range, found) {
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) || [];
    if (!(from || to)) return new Response(body, { headers: { "content-type": body.type } });
    const size = found.size || body.size;
    const start = from ? Number(from) : Math.max(0, size - Number(to));
    const end = from && to ? Math.min(Number(to) + 1, size) : size;
    const at = found.start || 0;
    const part = start < end ? body.slice(start - at, end - at, body.type) : new Blob();
    const headers = new Headers({ "content-type": body.type, "content-length": String(part.size) });
    headers.set(
      "content-range",
      "bytes " + (start < end ? start + "-" + (end - 1) : "*") + "/" + size,
    );
    return new Response(part, { status: start < end ? 206 : 416, headers });
  }

  // Not every server gives parts, and file:// none: then they are cut here, from files kept whole.
  const wholes = new scope.Map(); // address → promise of a Blob
  async function ranged(source, range, found, signal) {
    if (!wholes.has(source)) {
      const response = await nativeFetch.call(scope, source, {
        headers: found.size ? {} : { Range: range },
        signal,
      });
      if (response.status !== 200) return response;
      const whole = response.blob();
      wholes.set(source, whole);
      whole.catch(() => wholes.delete(source)); // the first request may have been aborted
    }
    if (signal && signal.aborted) throw signal.reason;
    return cut(await wholes.get(source), range, found);
  }

  // How many bytes a data: URL of ours holds, which browsers do not say.
  const sizeIn = (source) =>
    source.startsWith("data:")
      ? Math.floor((source.length - source.indexOf(",") - 1) / 4) * 3 -
        source.match(/=*$/)[0].length
      : null;

  // Whether a URL is that of a copy's file.
  const isCopy = (raw) => {
    const url = parse(String(raw), localBase());
    return url !== null && url.href.startsWith(root + "sites/");
  };

  const nativeFetch = scope.fetch;
  async function answered(found, method, range, signal) {
    const path = found.path || found.body;
    if (!path) return page.responseFor(new Response(null, { status: found.status }), found);
    await loadData(path);
    const source = readable(Object.assign({}, found, { path }));
    const plainly = () =>
      nativeFetch.call(scope, source, { method: method === "HEAD" ? "HEAD" : "GET", signal });
    const response = await (range && method === "GET"
      ? ranged(source, range, found, signal)
      : plainly());
    return page.responseFor(response, found, sizeIn(source));
  }

  if (nativeFetch) {
    scope.fetch = page.mask(async function fetch(input, init = {}) {
      const request = input instanceof Request ? input : null;
      const options = init || {};
      const method = String(options.method || (request && request.method) || "GET").toUpperCase();
      const address = request ? request.url : input;
      const range = new Headers(options.headers || (request ? request.headers : {})).get("range");
      const signal = options.signal || (request ? request.signal : undefined);
      let found = resolve(address, plain(method) ? maps.findData : () => null);
      if (!found) {
        await loadData(inFolder(address));
        const data = plain(method) && dataUrl(address);
        if (range && method === "GET" && isCopy(address))
          return ranged(data || String(address), range, {}, signal);
        return nativeFetch.call(scope, data || input, data ? {} : init);
      }
      if (!plain(method)) {
        const body = await (options.body === undefined && request
          ? sentBody(request.clone())
          : sent(options.body));
        found = Object.assign(
          { url: found.url },
          maps.findSent(method, found.url, body.bytes, body.type),
        );
      } else if (method === "HEAD" && !found.path) Object.assign(found, maps.findHead(found.url));
      if (range && !found.path) Object.assign(found, maps.findRange(found.url, range));
      if (!found.path && !(Number(found.status) >= 200)) {
        noteUnresolved(found.url);
        throw new TypeError("Failed to fetch");
      }
      return answered(found, method, range, signal);
    }, nativeFetch);
  }

  const requests = new WeakMap();
  /** @type {any} */
  let openNatively = null;
  if (scope.XMLHttpRequest) {
    /** @type {Record<string, Native>} */
    const { open, send, setRequestHeader } = /** @type {any} */ (scope.XMLHttpRequest.prototype);
    const { fetch } = scope;
    const parts = new WeakMap(); // request → {url, range}
    openNatively = open;
    const target = (found) => {
      const path = found.path || found.body;
      return path
        ? readable(Object.assign({}, found, { path }))
        : found.status
          ? "data:,"
          : found.url.href;
    };
    const answers = (request, found) => {
      if (found.path || found.status) page.setFacts(request, found);
      else page.clearFacts(request);
      return target(found);
    };
    /** @type {(this: XMLHttpRequest, method: string, url: string | URL, ...rest: any[]) => void} */
    scope.XMLHttpRequest.prototype.open = function (method, url, ...rest) {
      const verb = String(method).toUpperCase();
      const found = resolve(url, plain(verb) ? maps.findData : () => null);
      const background = rest.length ? rest[0] : true;
      requests.delete(this);
      parts.delete(this);
      page.clearFacts(this);
      const reads = verb === "GET" && (found || isCopy(url));
      if (typeof fetch === "function" && background && reads) parts.set(this, { url });
      if (!found) return open.call(this, method, (plain(verb) && dataUrl(url)) || url, ...rest);
      if (verb === "HEAD" && !found.path) Object.assign(found, maps.findHead(found.url));
      if (!plain(verb)) requests.set(this, { verb, url: found.url, background });
      else if (background && loadData(found.path || found.body))
        requests.set(this, { verb, found, background });
      return open.call(this, plain(verb) ? verb : "GET", answers(this, found), background);
    };
    const again = (request, found, late) => {
      open.call(
        request,
        plain(late.verb) ? late.verb : "GET",
        answers(request, found),
        late.background,
      );
      send.call(request);
    };
    scope.XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
      const partial = parts.get(this);
      if (!partial || String(name).toLowerCase() !== "range")
        return setRequestHeader.call(this, name, value);
      partial.range = String(value);
      return undefined;
    };
    // A request cannot be given a response: it reads the part from a blob; responses.js adds the
    // rest.
    async function sendPart(request, { url, range }) {
      const response = await fetch.call(scope, String(url), { headers: { Range: range } });
      const address = page.blobUrl(await response.blob());
      if (request.readyState === 1) {
        open.call(request, "GET", address, true);
        page.copyFacts(request, response);
        request.addEventListener("loadend", () => scope.URL.revokeObjectURL(address), {
          once: true,
        });
        send.call(request);
      } else scope.URL.revokeObjectURL(address);
    }
    scope.XMLHttpRequest.prototype.send = function (body) {
      const partial = parts.get(this);
      if (partial && partial.range) {
        sendPart(this, partial).catch(() => send.call(this));
        return undefined;
      }
      const late = requests.get(this);
      if (!late) return send.call(this, body);
      const wait = late.found
        ? loadData(late.found.path || late.found.body)
        : late.background && !known(body) && sent(body);
      const found = ({ bytes, type }) =>
        late.found ||
        Object.assign({ url: late.url }, maps.findSent(late.verb, late.url, bytes, type));
      if (!wait) return again(this, found({ bytes: bytesOf(body), type: undefined }), late);
      Promise.resolve(wait).then((given) => {
        if (this.readyState === 1) again(this, found(given || {}), late);
      });
      return undefined;
    };
    page.mask(scope.XMLHttpRequest.prototype.open, open);
    page.mask(scope.XMLHttpRequest.prototype.send, send);
    page.mask(scope.XMLHttpRequest.prototype.setRequestHeader, setRequestHeader);
  }

  wrap("Audio", (args) => (args.length ? [local(args[0])] : args));
  wrap("FontFace", ([family, source, ...rest]) => [
    family,
    typeof source === "string" ? css(source) : source,
    ...rest,
  ]);

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ bytesOf, openNatively }));
};
