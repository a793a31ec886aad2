// Where a captured URL stands in the folder: shared by page.js (windows, workers) and sw.js.
// A map is {host: {"/path?query": where}}; where is a path below sites/, 0 for the natural one,
// a path of the folder when it begins with "/" (the deck's own files have no place in sites/),
// or the status with which the site itself refused. What is not in the map was not captured.
/** @param {Natives} natives */
(natives) => {
  "use strict";
  const {
    each,
    entriesOf,
    JSON,
    lists,
    Map,
    Math,
    numbers,
    Number,
    Object,
    pairs,
    patterns,
    RegExp,
    Set,
    strings,
    TextDecoder,
    URLSearchParams,
    web,
  } = natives;

  // Parameters that make a URL new each time without changing its answer (web/tables).
  const { names, prefixes, callbacks, random, static: endings } = TABLES.queries;
  const NAMES = new Set(lists.concat(names, callbacks.names));
  const RANDOM = new RegExp(`^(?:${random})$`);
  const ENDINGS = new Set(endings);
  /** @param {string} path */
  const isStatic = (path) =>
    patterns.test(/\.[^.]*$/, path) &&
    ENDINGS.has(strings.toLowerCase(strings.slice(path, strings.lastIndexOf(path, ".") + 1)));

  /** @type {(name: string, value: string) => boolean} */
  function isVolatile(name, value) {
    const low = strings.toLowerCase(name);
    const known =
      NAMES.has(low) ||
      lists.some(prefixes, (start) => strings.startsWith(low, start)) ||
      lists.some(callbacks.suffixes, (end) => strings.endsWith(low, end));
    return known || patterns.test(RANDOM, name) || patterns.test(RANDOM, value);
  }

  /** @type {(object: object, key: string) => boolean} */
  const has = (object, key) => Object.hasOwn(object, key);

  // Browsers differ in whether a bar in a path is encoded.
  /** @param {URL} url */
  const pathOf = (url) => strings.replace(url.pathname, /\|/g, "%7C");

  // FNV-1a over UTF-8, as eight hexadecimal digits.
  /** @param {Uint8Array} bytes */
  function hash(bytes) {
    let value = 0x811c9dc5;
    for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ bytes[i], 0x01000193) >>> 0;
    return strings.padStart(numbers.toString(value, 16), 8, "0");
  }

  /** @param {Uint8Array} bytes */
  const latin = (bytes) =>
    strings.replace(
      web.decode(new TextDecoder("x-user-defined"), bytes),
      /[\uf780-\uf7ff]/g,
      (one) => strings.fromCharCode(strings.charCodeAt(one, 0) & 0xff),
    );

  // The query without what is volatile, in a fixed order.
  /** @param {string} search */
  function stable(search) {
    /** @type {string[]} */
    const kept = [];
    for (const [name, value] of pairs(entriesOf(new URLSearchParams(search)))) {
      if (!isVolatile(name, value)) lists.push(kept, JSON.stringify([name, value]));
    }
    return lists.join(lists.sort(kept));
  }

  /** @type {(map: UrlMap) => Lookup} */
  function lookup(map) {
    const paths = new Map(); // host → Map(pathname → keys)
    /** @type {Map<string, string | null> | null} */
    let files = null; // path → original URL without scheme

    /** @type {(host: string, pathname: string) => string[]} */
    function keysOf(host, pathname) {
      if (!paths.has(host)) {
        const index = new Map();
        for (const key of each(Object.keys(map[host]))) {
          const path = strings.split(key, "?", 1)[0];
          if (!index.has(path)) index.set(path, []);
          lists.push(index.get(path), key);
        }
        paths.set(host, index);
      }
      return paths.get(host).get(pathname) || [];
    }

    /** @param {string} where */
    const pathIn = (where) => (where[0] === "/" ? strings.slice(where, 1) : "sites/" + where);

    // {path} of a file or {status} of a refusal (body: the file that came with it); headers: lines.
    /** @type {(host: string, key: string) => KnownAnswer} */
    function answer(host, key) {
      const where = map[host][key];
      const headers = map[host]["HEADERS " + strings.replace(key, /^DATA /, "")];
      /** @type {KnownAnswer} */
      const found = { host, key, headers };
      if (typeof where === "string") found.path = pathIn(where);
      else if (!where) found.path = "sites/" + host + strings.split(key, "?", 1)[0];
      else {
        found.status = where;
        const refused = map[host]["REFUSED " + key];
        if (refused) found.body = pathIn(refused);
      }
      return found;
    }

    // Exact, else equal but for volatile parameters, else the only one there is of that path
    // where a query cannot mean other data.
    /** @type {Lookup["find"]} */
    function find(url) {
      const host = url.host;
      if (!has(map, host)) return null;
      const path = pathOf(url);
      const exact = path + url.search;
      if (has(map[host], exact)) return answer(host, exact);
      const keys = keysOf(host, path);
      if (!keys.length) return null;
      const parameters = stable(url.search);
      const same = lists.find(
        keys,
        (key) => stable(strings.slice(key, path.length)) === parameters,
      );
      if (same) return answer(host, same);
      const free = keys.length === 1 && (!url.search || keys[0] === path || isStatic(url.pathname));
      return free ? answer(host, keys[0]) : null;
    }

    // A request with a body: the same body, else the only one sent to that address. A form's own
    // boundary (type: its media type) is new each time.
    /** @type {Lookup["findSent"]} */
    function findSent(method, url, bytes, type) {
      const boundary = patterns.exec(/^multipart\/form-data;.*boundary="?([^";]+)/i, type || "");
      if (boundary)
        bytes = strings.bytes(lists.join(strings.split(latin(bytes), boundary[1]), "boundary"));
      if (!has(map, url.host)) return null;
      const start = method + " " + pathOf(url) + url.search + " ";
      const exact = start + hash(bytes);
      if (has(map[url.host], exact)) return answer(url.host, exact);
      const keys = lists.filter(Object.keys(map[url.host]), (key) =>
        strings.startsWith(key, start),
      );
      return keys.length === 1 ? answer(url.host, keys[0]) : null;
    }

    // Of a file of which only parts are known, the part that holds the requested one:
    // {path, start, size}.
    /** @type {Lookup["findRange"]} */
    function findRange(url, range) {
      const [, from, to] = each(patterns.exec(/^bytes=(\d+)-(\d+)$/, range || "") || []);
      if (!from || !has(map, url.host)) return null;
      const named = "RANGE " + pathOf(url) + url.search + " ";
      for (const key of each(Object.keys(map[url.host]))) {
        if (!strings.startsWith(key, named)) continue;
        const [start, end, size] = each(
          lists.map(strings.split(strings.slice(key, named.length), /[-/]/), Number),
        );
        if (start <= Number(from) && Math.min(Number(to), size - 1) <= end)
          return Object.assign(answer(url.host, key), { start, size });
      }
      return null;
    }

    // What a script reads, where the browser shows the same URL as a page.
    /** @type {Lookup["findData"]} */
    function findData(url) {
      const key = "DATA " + pathOf(url) + url.search;
      return has(map, url.host) && has(map[url.host], key) ? answer(url.host, key) : find(url);
    }

    // Of several addresses of a file the natural one is its own; the others were led to it.
    function index() {
      /** @type {Map<string, string | null>} */
      const files = new Map();
      for (const host of each(Object.keys(map))) {
        for (const key of each(Object.keys(map[host]))) {
          if (strings.startsWith(key, "HEADERS ")) continue;
          const found = answer(host, key);
          const own = key[0] === "/" ? host + key : strings.startsWith(key, "RANGE ") ? null : "";
          if (found.path && (!files.get(found.path) || map[host][key] === 0))
            files.set(found.path, own);
        }
      }
      return files;
    }

    // The original address (host/path?query) of a file of the folder, or undefined; "" where it
    // stands for a request of another kind, null where it is but a part.
    /** @type {Lookup["original"]} */
    function original(path) {
      if (!files) files = index();
      return files.get(path);
    }

    // Where the redirects of an answered address end: {address, headers}; null when there was none.
    /** @type {Lookup["end"]} */
    function end({ host, key, path }) {
      if (!path || !host || !key || typeof map[host][key] !== "string" || key[0] !== "/")
        return null;
      const address = original(path) || "";
      const [at] = each(strings.split(address, "/", 1));
      const last = strings.slice(address, at.length);
      return address && map[at][last] === 0
        ? { address, headers: map[at]["HEADERS " + last] }
        : null;
    }

    // What a mere HEAD was answered.
    /** @type {Lookup["findHead"]} */
    function findHead(url) {
      const key = "HEAD " + pathOf(url) + url.search;
      return has(map, url.host) && has(map[url.host], key) ? answer(url.host, key) : null;
    }

    // Each captured address (without its scheme) with its file.
    /** @type {Lookup["each"]} */
    function eachFile(visit) {
      for (const host of each(Object.keys(map))) {
        for (const key of each(Object.keys(map[host]))) {
          const found = answer(host, key);
          if (found.path && key[0] === "/") visit(host + key, found.path);
        }
      }
    }

    return { find, findSent, findData, findHead, findRange, original, end, each: eachFile, hash };
  }

  return lookup;
};
