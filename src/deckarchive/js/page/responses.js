// What a script reads of a response is what the site had sent: the URL at the end of redirects,
// whether that is of the page's origin, status and header fields; not those of the file in its
// place.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    Boolean,
    call,
    each,
    entriesOf,
    Headers,
    lists,
    Map,
    Object,
    pairs,
    patterns,
    String,
    strings,
    WeakMap,
  } = page.natives;
  const { scope, maps, originalUrl, parse } = page;
  const { Response, XMLHttpRequest } = scope;

  /** @type {WeakMap<object, Facts>} */
  const recorded = new WeakMap(); // Response or XMLHttpRequest → facts

  /** @type {(found: Found) => Facts} */
  function factsOf(found) {
    const end = maps.end(found);
    const url = (end && parse(found.url.protocol + "//" + end.address)) || found.url;
    const type =
      url.origin === originalUrl.origin && found.url.origin === url.origin ? "basic" : "cors";
    const headers = new Map(
      lists.map(
        lists.filter(strings.split((end || found).headers || "", "\n"), Boolean),
        (line) => {
          const [, name, value] = each(patterns.exec(/^([^:]*): ?(.*)$/, line) || []);
          return /** @type {[string, string]} */ ([name, value]);
        },
      ),
    );
    return {
      url: strings.split(url.href, "#")[0],
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
    if (size && !new Headers(response.headers).has("content-length"))
      facts.headers.set("content-length", String(size));
    const status = facts.status || response.status;
    let answer = response;
    if (facts.headers.size || status !== response.status) {
      const headers = new Headers(response.headers);
      for (const [name, value] of pairs(entriesOf(facts.headers))) headers.set(name, value);
      answer = new Response(lists.includes([101, 204, 205, 304], status) ? null : response.body, {
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
    for (const name of each(names)) {
      const found = Object.getOwnPropertyDescriptor(holder, name);
      if (found && found.get)
        page.define(
          holder,
          name,
          Object.assign({}, found, {
            get() {
              const facts = recorded.get(this);
              const value = facts && read(facts, name, this);
              return value === undefined || value === null ? call(found.get, this) : value;
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
          const copy = call(native, this);
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
            facts && begun(this) ? facts.headers.get(strings.toLowerCase(String(name))) : undefined;
          return value === undefined ? call(native, this, name) : value;
        },
    );
    page.patch(
      XMLHttpRequest.prototype,
      "getAllResponseHeaders",
      (native) =>
        function getAllResponseHeaders() {
          const facts = recorded.get(this);
          /** @type {string[]} */
          const lines = lists.filter(strings.split(call(native, this), "\r\n"), Boolean);
          if (!facts || !begun(this)) return call(native, this);
          const kept = lists.filter(
            lines,
            (line) => !facts.headers.has(strings.toLowerCase(strings.split(line, ":")[0])),
          );
          for (const [name, value] of pairs(entriesOf(facts.headers)))
            lists.push(kept, name + ": " + value);
          return lists.join(
            lists.map(lists.sort(kept), (line) => line + "\r\n"),
            "",
          );
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
      Object.assign({}, facts, {
        status: response.status,
        headers: new Map(entriesOf(new Headers(response.headers))),
      }),
    );
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({ responseFor, setFacts, copyFacts, clearFacts }),
  );
};
