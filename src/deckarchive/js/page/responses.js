// What a script reads of a response is what the site had sent: the URL at the end of redirects,
// whether that is of the page's origin, status and header fields; not those of the file in its
// place.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, maps, originalUrl, parse } = page;
  const { Headers, Map, Object, Response, WeakMap, XMLHttpRequest } = scope;

  /** @type {WeakMap<object, Facts>} */
  const recorded = new WeakMap(); // Response or XMLHttpRequest → facts

  /** @type {(found: Found) => Facts} */
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
  /** @type {PageContext["responseFor"]} */
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
    recorded.set(answer, facts);
    return answer;
  }

  /**
   * @param {object} holder
   * @param {string[]} names
   * @param {(facts: Facts, name: string, holder: any) => unknown} read
   */
  function overrideGetters(holder, names, read) {
    for (const name of names) {
      const found = Object.getOwnPropertyDescriptor(holder, name);
      if (found && found.get)
        page.define(
          holder,
          name,
          Object.assign({}, found, {
            get() {
              const facts = recorded.get(this);
              const value = facts && read(facts, name, this);
              return value === undefined || value === null ? found.get.call(this) : value;
            },
          }),
        );
    }
  }
  if (Response) {
    overrideGetters(
      Response.prototype,
      ["url", "redirected", "type"],
      (facts, name) => /** @type {any} */ (facts)[name],
    );
    page.patch(
      Response.prototype,
      "clone",
      (native) =>
        function clone() {
          const copy = native.call(this);
          const facts = recorded.get(this);
          if (facts) recorded.set(copy, facts);
          return copy;
        },
    );
  }
  if (XMLHttpRequest) {
    /** @param {XMLHttpRequest} request */
    const begun = (request) => request.readyState > 1;
    overrideGetters(XMLHttpRequest.prototype, ["responseURL"], (facts, name, request) =>
      begun(request) ? facts.url : null,
    );
    overrideGetters(
      XMLHttpRequest.prototype,
      ["status"],
      (facts, name, request) => (begun(request) && facts.status) || null,
    );
    page.patch(
      XMLHttpRequest.prototype,
      "getResponseHeader",
      (native) =>
        function getResponseHeader(name) {
          const facts = recorded.get(this);
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
          const facts = recorded.get(this);
          /** @type {string[]} */
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
  /** @type {PageContext["clearFacts"]} */
  const clearFacts = (request) => void recorded.delete(request);
  /** @type {PageContext["setFacts"]} */
  const setFacts = (request, found) => void recorded.set(request, factsOf(found));
  // Of a request that reads a part of a file, which response was.
  /** @type {PageContext["copyFacts"]} */
  function copyFacts(request, response) {
    const facts = recorded.get(response) || { url: response.url };
    recorded.set(
      request,
      Object.assign({}, facts, { status: response.status, headers: new Map(response.headers) }),
    );
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({ responseFor, setFacts, copyFacts, clearFacts }),
  );
};
