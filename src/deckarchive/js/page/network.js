// Requests are answered by what was captured.
(page) => {
  "use strict";
  const { scope, root, maps, resolve, readable, inFolder, carriedData, order, local, miss, css, wrap, inSites, ranged, partOf, sendPart, forget } = page;
  const { ArrayBuffer, Blob, Headers, Promise, Request, Response, TypeError, URLSearchParams } = scope;

  const encoder = new scope.TextEncoder();

  // The bytes of a request's body, where they are known at once.
  function bytesOf(body) {
    if (body === undefined || body === null) return new Uint8Array();
    if (typeof body === "string") return encoder.encode(body);
    if (body instanceof URLSearchParams) return encoder.encode(String(body));
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return new Uint8Array();
  }

  const plain = (method) => method === "GET" || method === "HEAD";

  const nativeFetch = scope.fetch;
  if (nativeFetch) {
    scope.fetch = async function fetch(input, init) {
      const request = input instanceof Request ? input : null;
      const options = init || {};
      const signal = options.signal || (request ? request.signal : undefined);
      const range = new Headers(options.headers || (request ? request.headers : {})).get("range");
      const method = String(options.method || (request && request.method) || "GET").toUpperCase();
      let found = resolve(request ? request.url : input, plain(method) ? maps.findData : () => null);
      if (!found) {
        const here = range && method === "GET" && inSites(request ? request.url : input);
        await order(inFolder(request ? request.url : input));
        const data = plain(method) && carriedData(request ? request.url : input);
        if (here) return ranged(data || root + here, range, { signal });
        return nativeFetch.call(scope, data || input, data ? {} : init);
      }
      if (!plain(method)) {
        const body = options.body === undefined && request ? await request.clone().arrayBuffer() : options.body;
        const bytes = typeof Blob === "function" && body instanceof Blob ? new Uint8Array(await body.arrayBuffer()) : bytesOf(body);
        found = Object.assign({ url: found.url }, maps.findSent(method, found.url, bytes));
      }
      if (found.path) {
        await order(found.path);
        if (range && method === "GET") return ranged(readable(found), range, { signal });
        return nativeFetch.call(scope, readable(found), { method: method === "HEAD" ? "HEAD" : "GET", signal });
      }
      const part = range && method === "GET" && partOf(found.url, range);
      if (part) {
        await order(part.path);
        return ranged(readable(Object.assign({ url: found.url }, part)), range, { signal, part });
      }
      if (found.status >= 200) return new Response(null, { status: found.status });
      miss(found.url);
      throw new TypeError("Failed to fetch");
    };
  }

  const requests = new WeakMap();
  if (scope.XMLHttpRequest) {
    const { open, send, setRequestHeader } = scope.XMLHttpRequest.prototype;
    const target = (found) => (found.path ? readable(found) : found.status ? root + "sites/-/refused" : found.url.href);
    scope.XMLHttpRequest.prototype.open = function (method, url, ...rest) {
      const verb = String(method).toUpperCase();
      const found = resolve(url, plain(verb) ? maps.findData : () => null);
      const background = rest.length ? rest[0] : true;
      requests.delete(this);
      forget(this);
      if (background && verb === "GET") requests.set(this, { verb, found, here: inSites(url), background });
      if (!found) return open.call(this, method, (plain(verb) && carriedData(url)) || url, ...rest);
      if (!plain(verb)) requests.set(this, { verb, url: found.url, background });
      else if (background && found.path && order(found.path)) requests.set(this, { verb, found, background, late: true });
      return open.call(this, plain(verb) ? verb : "GET", target(found), background);
    };
    scope.XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
      const asked = requests.get(this);
      if (!asked || asked.url || String(name).toLowerCase() !== "range") return setRequestHeader.call(this, name, value);
      asked.range = String(value);
      return undefined;
    };
    // A part of a file: of a captured one, of one that was captured in parts, of one that the page
    // names by its place here; null where it is none of ours.
    async function partFor({ found, here, range }) {
      const part = found && !found.path && partOf(found.url, range);
      const file = part ? Object.assign({ url: found.url }, part) : found;
      const path = file ? file.path : here;
      if (!path) return null;
      await order(path);
      return ranged(file ? readable(file) : carriedData(root + path) || root + path, range, { part });
    }
    scope.XMLHttpRequest.prototype.send = function (body) {
      const late = requests.get(this);
      if (late && late.range) {
        partFor(late).then((response) => {
          if (response) return sendPart(this, response, { open, send, address: late.found ? late.found.url.href : root + late.here });
          setRequestHeader.call(this, "Range", late.range);
          return send.call(this);
        }).catch(() => send.call(this));
        return undefined;
      }
      if (!late || !(late.url || late.late)) return send.call(this, body);
      if (late.late) {
        Promise.resolve(order(late.found.path)).then(() => {
          if (this.readyState !== 1) return;
          open.call(this, late.verb, target(late.found), true);
          send.call(this);
        });
        return undefined;
      }
      const found = maps.findSent(late.verb, late.url, bytesOf(body));
      open.call(this, "GET", target(Object.assign({ url: late.url }, found)), late.background);
      return send.call(this);
    };
  }

  wrap("Audio", (args) => (args.length ? [local(args[0])] : args));
  wrap("FontFace", ([family, source, ...rest]) => [family, typeof source === "string" ? css(source) : source, ...rest]);

  Object.assign(page, { bytesOf });
}
