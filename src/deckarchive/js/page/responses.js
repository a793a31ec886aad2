// What a script reads of an answer is what the site had said: its address at the end of redirects,
// whose origin it came from, its status and headers; not those of the file that stands for it.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, maps, originalUrl, parse } = page;
  const { Headers, Map, Object, Response, WeakMap, XMLHttpRequest } = scope;

  const told = new WeakMap(); // Response or XMLHttpRequest → facts

  function factsOf(found) {
    const end = maps.end(found);
    const url = (end && parse(found.url.protocol + "//" + end.address)) || found.url;
    const type =
      url.origin === originalUrl.origin && found.url.origin === url.origin ? "basic" : "cors";
    const headers = new Map(
      ((end || found).headers || "")
        .split("\n")
        .filter(Boolean)
        .map((line) => {
          const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) || [];
          return /** @type {[string, string]} */ ([name, value]);
        }),
    );
    return {
      url: url.href.split("#")[0],
      redirected: Boolean(end),
      type,
      status: found.status || 0,
      headers,
    };
  }

  // What a file or a data: URL answered, as the site had.
  function responseFor(response, found, size) {
    const facts = factsOf(found);
    if (size && !response.headers.has("content-length"))
      facts.headers.set("content-length", String(size));
    const status = facts.status || response.status;
    let answer = response;
    if (facts.headers.size || status !== response.status) {
      const headers = new Headers(response.headers);
      for (const [name, value] of facts.headers) headers.set(name, value);
      answer = new Response([101, 204, 205, 304].includes(status) ? null : response.body, {
        status,
        headers,
      });
    }
    told.set(answer, facts);
    return answer;
  }

  function tell(holder, names, read) {
    for (const name of names) {
      const found = Object.getOwnPropertyDescriptor(holder, name);
      if (found && found.get)
        page.define(
          holder,
          name,
          Object.assign({}, found, {
            get() {
              const facts = told.get(this);
              const value = facts && read(facts, name, this);
              return value === undefined || value === null ? found.get.call(this) : value;
            },
          }),
        );
    }
  }
  if (Response) {
    tell(Response.prototype, ["url", "redirected", "type"], (facts, name) => facts[name]);
    page.patch(
      Response.prototype,
      "clone",
      (native) =>
        function clone() {
          const copy = native.call(this);
          if (told.has(this)) told.set(copy, told.get(this));
          return copy;
        },
    );
  }
  if (XMLHttpRequest) {
    const begun = (request) => request.readyState > 1;
    tell(XMLHttpRequest.prototype, ["responseURL"], (facts, name, request) =>
      begun(request) ? facts.url : null,
    );
    tell(
      XMLHttpRequest.prototype,
      ["status"],
      (facts, name, request) => (begun(request) && facts.status) || null,
    );
    page.patch(
      XMLHttpRequest.prototype,
      "getResponseHeader",
      (native) =>
        function getResponseHeader(name) {
          const facts = told.get(this);
          const value =
            facts && begun(this) ? facts.headers.get(String(name).toLowerCase()) : undefined;
          return value === undefined ? native.call(this, name) : value;
        },
    );
    page.patch(
      XMLHttpRequest.prototype,
      "getAllResponseHeaders",
      (native) =>
        function getAllResponseHeaders() {
          const facts = told.get(this);
          const lines = native.call(this).split("\r\n").filter(Boolean);
          if (!facts || !begun(this)) return native.call(this);
          const kept = lines.filter((line) => !facts.headers.has(line.split(":")[0].toLowerCase()));
          for (const [name, value] of facts.headers) kept.push(name + ": " + value);
          return kept
            .sort()
            .map((line) => line + "\r\n")
            .join("");
        },
    );
  }
  const clearFacts = (request) => told.delete(request);
  const setFacts = (request, found) => void told.set(request, factsOf(found));
  // Of a request that reads a part of a file, which response was.
  function copyFacts(request, response) {
    const facts = told.get(response) || { url: response.url };
    told.set(
      request,
      Object.assign({}, facts, { status: response.status, headers: new Map(response.headers) }),
    );
  }

  Object.assign(page, { responseFor, setFacts, copyFacts, clearFacts });
};
