// Where a captured URL stands in the folder: shared by page.js (windows, workers) and sw.js.
// A map is {host: {"/path?query": where}}; where is a path below sites/, 0 for the natural one,
// a path of the folder when it begins with "/" (the deck's own files have no place in sites/),
// or the status with which the site itself refused. What is not in the map was not captured.
(function (scope) {
  "use strict";

  // Parameters that make a URL new each time without changing its answer.
  const VOLATILE = /^(_|_t|cb|callback|jsonp|jsoncallback|cachebuste?r?|nocache|rand(om)?|r|t|ts|time|timestamp|v|ver|version|now|nonce|sig|signature|hmac|expires|(access|auth|csrf)_?token|(request|trace)_?id|x-(amz|goog)-\w+(-\w+)?|utm_\w+)$/i;
  const RANDOM = /^(\d{10,}|0\.\d{6,})$/;
  const STATIC = /\.(m?js|css|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp4|webm|mp3)$/i;
  const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);

  // Browsers differ in whether a bar in a path is encoded.
  const pathOf = (url) => url.pathname.replace(/\|/g, "%7C");

  // FNV-1a over UTF-8, as eight hexadecimal digits.
  function hash(bytes) {
    let value = 0x811c9dc5;
    for (let i = 0; i < bytes.length; i++) value = Math.imul(value ^ bytes[i], 0x01000193) >>> 0;
    return value.toString(16).padStart(8, "0");
  }

  // The query without what is volatile, in a fixed order.
  function stable(search) {
    const kept = [];
    for (const [name, value] of new URLSearchParams(search)) {
      if (!VOLATILE.test(name) && !RANDOM.test(name) && !RANDOM.test(value)) kept.push(name + "=" + value);
    }
    return kept.sort().join("&");
  }

  function lookup(map) {
    const paths = new Map(); // host → Map(pathname → keys)
    let files = null; // path → original URL without scheme

    function keysOf(host, pathname) {
      if (!paths.has(host)) {
        const index = new Map();
        for (const key of Object.keys(map[host])) {
          const path = key.split("?", 1)[0];
          if (!index.has(path)) index.set(path, []);
          index.get(path).push(key);
        }
        paths.set(host, index);
      }
      return paths.get(host).get(pathname) || [];
    }

    function answer(host, key) {
      const where = map[host][key];
      if (typeof where === "string") return { path: where[0] === "/" ? where.slice(1) : "sites/" + where, key };
      return where ? { status: where, key } : { path: "sites/" + host + key.split("?", 1)[0], key };
    }

    // Exact, else equal but for volatile parameters, else the only one there is of that path
    // where a query cannot mean other data.
    function find(url) {
      const host = url.host;
      if (!has(map, host)) return null;
      const path = pathOf(url);
      const exact = path + url.search;
      if (has(map[host], exact)) return answer(host, exact);
      const keys = keysOf(host, path);
      if (!keys.length) return null;
      const wanted = stable(url.search);
      const same = keys.find((key) => stable(key.slice(path.length)) === wanted);
      if (same) return answer(host, same);
      const free = keys.length === 1 && (!url.search || keys[0] === path || STATIC.test(url.pathname));
      return free ? answer(host, keys[0]) : null;
    }

    // A request with a body: the same body, else the only one sent to that address.
    function findSent(method, url, bytes) {
      if (!has(map, url.host)) return null;
      const start = method + " " + pathOf(url) + url.search + " ";
      const exact = start + hash(bytes);
      if (has(map[url.host], exact)) return answer(url.host, exact);
      const keys = Object.keys(map[url.host]).filter((key) => key.startsWith(start));
      return keys.length === 1 ? answer(url.host, keys[0]) : null;
    }

    // What a script reads, where the browser shows the same URL as a page.
    function findData(url) {
      const key = "DATA " + pathOf(url) + url.search;
      return has(map, url.host) && has(map[url.host], key) ? answer(url.host, key) : find(url);
    }

    // A captured part of a file that was not captured whole: its file, the first byte and the size of
    // the whole; one that holds all bytes from first to last.
    function findPart(url, first, last) {
      if (!has(map, url.host)) return null;
      const start = "PART " + pathOf(url) + url.search + " ";
      for (const key of Object.keys(map[url.host])) {
        const span = key.startsWith(start) && /^(\d+)-(\d+)\/(\d+)$/.exec(key.slice(start.length));
        if (!span || Number(span[1]) > first || Math.min(last, span[3] - 1) > Number(span[2])) continue;
        return Object.assign(answer(url.host, key), { first: Number(span[1]), size: Number(span[3]) });
      }
      return null;
    }

    // The original address (host/path?query) of a file of the folder, or undefined.
    function original(path) {
      if (!files) {
        files = new Map();
        for (const host of Object.keys(map)) {
          for (const key of Object.keys(map[host])) {
            const found = answer(host, key);
            if (found.path && key[0] === "/" && !files.has(found.path)) files.set(found.path, host + key);
            else if (found.path && !files.has(found.path)) files.set(found.path, "");
          }
        }
      }
      return files.get(path);
    }

    // Each captured address (without its scheme) with its file.
    function each(visit) {
      for (const host of Object.keys(map)) {
        for (const key of Object.keys(map[host])) {
          const found = answer(host, key);
          if (found.path && key[0] === "/") visit(host + key, found.path);
        }
      }
    }

    return { find, findSent, findData, findPart, original, each };
  }

  scope.__deckarchive_lookup = lookup;
})(self);
