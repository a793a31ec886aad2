// Requests are answered by what was captured.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    ArrayBuffer: buffers,
    blobs,
    call,
    each,
    Headers,
    lists,
    Map,
    Math,
    Number,
    Object,
    patterns,
    requests,
    responses,
    String,
    strings,
    TextEncoder,
    Uint8Array,
    WeakMap,
    web,
  } = page.natives;
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
  const { ArrayBuffer, Blob, Request, Response, TypeError, URLSearchParams } = scope;
  const { revokeObjectURL } = scope.URL;

  const encoder = new TextEncoder();

  // The bytes of a request's body, where they are known at once.
  function bytesOf(body) {
    if (body === undefined || body === null) return new Uint8Array();
    if (typeof body === "string") return web.encode(encoder, body);
    if (body instanceof URLSearchParams) return web.encode(encoder, String(body));
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (buffers.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return new Uint8Array();
  }

  // What a request sends: {bytes, type}. That of a form, a file or a stream comes later.
  const known = (body) =>
    !body ||
    typeof body !== "object" ||
    body instanceof URLSearchParams ||
    body instanceof ArrayBuffer ||
    buffers.isView(body);
  async function sentBody(buffer, headers) {
    return {
      bytes: new Uint8Array(await buffer),
      type: new Headers(headers).get("content-type"),
    };
  }
  const sentBy = (request) =>
    sentBody(requests.arrayBuffer(requests.clone(request)), request.headers);
  function sent(body) {
    if (known(body) || !Response) return { bytes: bytesOf(body), type: "" };
    const made = new Response(body);
    return sentBody(responses.arrayBuffer(made), made.headers);
  }

  const plain = (method) => method === "GET" || method === "HEAD";

  // The requested part of a file; found.start and found.size where the file itself is a part.
  function cut(body, range, found) {
    const [, from, to] = each(patterns.exec(/^bytes=(\d*)-(\d*)$/, range) || []);
    if (!(from || to)) return new Response(body, { headers: { "content-type": body.type } });
    const size = found.size || body.size;
    const start = from ? Number(from) : Math.max(0, size - Number(to));
    const end = from && to ? Math.min(Number(to) + 1, size) : size;
    const at = found.start || 0;
    const part = start < end ? blobs.slice(body, start - at, end - at, body.type) : new Blob();
    const headers = new Headers({ "content-type": body.type, "content-length": String(part.size) });
    headers.set(
      "content-range",
      "bytes " + (start < end ? start + "-" + (end - 1) : "*") + "/" + size,
    );
    return new Response(part, { status: start < end ? 206 : 416, headers });
  }

  // Not every server gives parts, and file:// none: then they are cut here, from files kept whole.
  const wholes = new Map(); // address → promise of a Blob
  async function ranged(source, range, found, signal) {
    if (!wholes.has(source)) {
      const response = await call(nativeFetch, scope, source, {
        headers: found.size ? {} : { Range: range },
        signal,
      });
      if (response.status !== 200) return response;
      wholes.set(source, responses.blob(response));
    }
    if (signal && signal.aborted) throw signal.reason;
    try {
      return cut(await wholes.get(source), range, found);
    } catch (error) {
      wholes.delete(source); // the first request may have been aborted
      throw error;
    }
  }

  // How many bytes a data: URL of ours holds, which browsers do not say.
  const sizeIn = (source) =>
    strings.startsWith(source, "data:")
      ? Math.floor((source.length - strings.indexOf(source, ",") - 1) / 4) * 3 -
        /** @type {string[]} */ (patterns.exec(/=*$/, source))[0].length
      : null;

  // Whether a URL is that of a copy's file.
  const isCopy = (raw) => {
    const url = parse(String(raw), localBase());
    return url !== null && strings.startsWith(url.href, root + "sites/");
  };

  const nativeFetch = scope.fetch;
  async function answered(found, method, range, signal) {
    const path = found.path || found.body;
    if (!path) return page.responseFor(new Response(null, { status: found.status }), found);
    await loadData(path);
    const source = readable(Object.assign({}, found, { path }));
    const plainly = () =>
      call(nativeFetch, scope, source, { method: method === "HEAD" ? "HEAD" : "GET", signal });
    const response = await (range && method === "GET"
      ? ranged(source, range, found, signal)
      : plainly());
    return page.responseFor(response, found, sizeIn(source));
  }

  if (nativeFetch) {
    scope.fetch = page.mask(async function fetch(input, init = {}) {
      const request = input instanceof Request ? input : null;
      const options = init || {};
      const method = strings.toUpperCase(
        String(options.method || (request && request.method) || "GET"),
      );
      const address = request ? request.url : input;
      const range = new Headers(options.headers || (request ? request.headers : {})).get("range");
      const signal = options.signal || (request ? request.signal : undefined);
      let found = resolve(address, plain(method) ? maps.findData : () => null);
      if (!found) {
        await loadData(inFolder(address));
        const data = plain(method) && dataUrl(address);
        if (range && method === "GET" && isCopy(address))
          return await ranged(data || String(address), range, {}, signal);
        return await call(nativeFetch, scope, data || input, data ? {} : init);
      }
      if (!plain(method)) {
        const body = await (options.body === undefined && request
          ? sentBy(request)
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
      return await answered(found, method, range, signal);
    }, nativeFetch);
  }

  const delayed = new WeakMap(); // request → what is still to be found out
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
      const verb = strings.toUpperCase(String(method));
      const found = resolve(url, plain(verb) ? maps.findData : () => null);
      const background = rest.length ? rest[0] : true;
      delayed.delete(this);
      parts.delete(this);
      page.clearFacts(this);
      const reads = verb === "GET" && (found || isCopy(url));
      if (typeof fetch === "function" && background && reads) parts.set(this, { url });
      if (!found)
        return call(open, this, method, (plain(verb) && dataUrl(url)) || url, ...each(rest));
      if (verb === "HEAD" && !found.path) Object.assign(found, maps.findHead(found.url));
      if (!plain(verb)) delayed.set(this, { verb, url: found.url, background });
      else if (background && loadData(found.path || found.body))
        delayed.set(this, { verb, found, background });
      return call(open, this, plain(verb) ? verb : "GET", answers(this, found), background);
    };
    const again = (request, found, late) => {
      call(
        open,
        request,
        plain(late.verb) ? late.verb : "GET",
        answers(request, found),
        late.background,
      );
      call(send, request);
    };
    scope.XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
      const partial = parts.get(this);
      if (!partial || strings.toLowerCase(String(name)) !== "range")
        return call(setRequestHeader, this, name, value);
      partial.range = String(value);
      return undefined;
    };
    // A request cannot be given a response: it reads the part from a blob; responses.js adds the
    // rest.
    async function sendPart(request, { url, range }) {
      let response;
      let address;
      try {
        response = await call(fetch, scope, String(url), { headers: { Range: range } });
        address = page.blobUrl(await responses.blob(response));
      } catch {
        call(send, request);
        return;
      }
      if (request.readyState === 1) {
        call(open, request, "GET", address, true);
        page.copyFacts(request, response);
        web.addEventListener(request, "loadend", () => revokeObjectURL(address), {
          once: true,
        });
        call(send, request);
      } else revokeObjectURL(address);
    }
    async function sendLater(request, wait, found, late) {
      const given = await wait;
      if (request.readyState === 1) again(request, found(given || {}), late);
    }
    scope.XMLHttpRequest.prototype.send = function (body) {
      const partial = parts.get(this);
      if (partial && partial.range) {
        sendPart(this, partial);
        return undefined;
      }
      const late = delayed.get(this);
      if (!late) return call(send, this, body);
      const wait = late.found
        ? loadData(late.found.path || late.found.body)
        : late.background && !known(body) && sent(body);
      const found = ({ bytes, type }) =>
        late.found ||
        Object.assign({ url: late.url }, maps.findSent(late.verb, late.url, bytes, type));
      if (!wait) return again(this, found({ bytes: bytesOf(body), type: undefined }), late);
      sendLater(this, wait, found, late);
      return undefined;
    };
    page.mask(scope.XMLHttpRequest.prototype.open, open);
    page.mask(scope.XMLHttpRequest.prototype.send, send);
    page.mask(scope.XMLHttpRequest.prototype.setRequestHeader, setRequestHeader);
  }

  wrap("Audio", (args) => (args.length ? [local(args[0])] : args));
  wrap("FontFace", (args) =>
    lists.map(args, (one, at) => (at === 1 && typeof one === "string" ? css(one) : one)),
  );

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ bytesOf, openNatively }));
};
