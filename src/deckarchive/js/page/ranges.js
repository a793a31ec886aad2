// Requests for a part of a file. Not every server gives one, and file:// none: then the part is cut
// here, out of the whole file or out of a part that was captured. (Media elements ask by themselves.)
(page) => {
  "use strict";
  const { scope, maps, define } = page;
  const { DOMException, Map, Math, Response, URL } = scope;
  const { fetch } = scope;
  const wholes = new Map(); // address → promise of its Blob, or of null where the server gives parts

  // The first and last byte that a header asks for; null where it asks for anything but one range.
  function spanOf(header, size) {
    const found = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i.exec(header || "");
    if (!found || !(found[1] || found[2])) return null;
    if (!found[1]) return [Math.max(0, size - Number(found[2])), size - 1];
    return [Number(found[1]), found[2] ? Math.min(Number(found[2]), size - 1) : size - 1];
  }

  // blob holds the bytes from offset on, of a file that has size bytes.
  function cut(blob, header, offset, size) {
    const span = spanOf(header, size);
    if (!span) return new Response(blob, { headers: { "Content-Type": blob.type, "Content-Length": String(blob.size) } });
    const [first, last] = span;
    if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": "bytes */" + size } });
    const part = blob.slice(first - offset, last + 1 - offset, blob.type);
    const headers = { "Content-Type": blob.type, "Content-Length": String(part.size), "Content-Range": `bytes ${first}-${last}/${size}` };
    return new Response(part, { status: 206, headers });
  }

  // What was captured of a file that was never captured whole, where that has all that is asked for.
  const partOf = (url, header) => {
    const span = spanOf(header, Infinity);
    return span && maps.findPart(url, span[0], span[1]);
  };

  // The answer to a request for the file at address, or for the part of it that stands there.
  async function ranged(address, header, { signal, part } = {}) {
    if (!wholes.has(address)) {
      const asked = fetch.call(scope, address, part ? {} : { headers: { Range: header } });
      const whole = asked.then((response) => (response.status === 200 ? response.blob() : null));
      wholes.set(address, whole);
      whole.catch(() => wholes.delete(address));
      if (!(await whole)) return asked;
    }
    const blob = await wholes.get(address);
    if (signal && signal.aborted) throw signal.reason || new DOMException("aborted", "AbortError");
    if (!blob) return fetch.call(scope, address, { headers: { Range: header }, signal });
    return part ? cut(blob, header, part.first, part.size) : cut(blob, header, 0, blob.size);
  }

  // An XMLHttpRequest cannot be given a response: it reads the part from a blob, and tells the rest.
  const TOLD = ["status", "statusText", "responseURL", "getResponseHeader", "getAllResponseHeaders"];
  async function sendPart(request, response, { open, send, address }) {
    const url = URL.createObjectURL(await response.blob());
    if (request.readyState !== 1) return;
    open.call(request, "GET", url, true);
    const started = () => request.readyState > 1;
    define(request, "status", { get: () => (started() ? response.status : 0) });
    define(request, "statusText", { get: () => (started() ? "Partial Content" : "") });
    define(request, "responseURL", { get: () => (started() ? address : "") });
    define(request, "getResponseHeader", { value: (name) => (started() ? response.headers.get(name) : null) });
    define(request, "getAllResponseHeaders", { value: () => (started() ? [...response.headers].map((pair) => pair.join(": ") + "\r\n").join("") : "") });
    send.call(request);
    request.addEventListener("loadend", () => URL.revokeObjectURL(url), { once: true });
  }
  const forget = (request) => TOLD.forEach((name) => delete request[name]);

  Object.assign(page, { ranged, partOf, sendPart, forget });
}
