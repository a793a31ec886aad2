// Helps copies with what neither splicing nor page.js could map: root-relative addresses, query
// variants, modules. Requests of copies for what was not captured are answered with a 404.
// Files that exist are left to the server, Range requests too; the deck's own pages are not ours.
/** @param {ServiceWorkerScope} scope */ ((scope) => {
  "use strict";
  const root = scope.registration.scope;
  let loading = null;
  let known = null;

  function maps() {
    if (!loading) {
      loading = fetch(root + "map.json")
        .then((response) => response.json())
        .then((map) => {
          known = scope.__deckarchive_lookup(map);
          return known;
        });
      loading.catch(() => (loading = null));
    }
    return loading;
  }

  scope.addEventListener("install", (event) =>
    event.waitUntil(maps().then(() => scope.skipWaiting())),
  );
  scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

  const below = (url) => (url.startsWith(root) ? url.slice(root.length).split(/[?#]/, 1)[0] : "");

  // The live host of the copy that sent the request, from where that copy stands.
  async function askerOf(event) {
    const client = event.clientId ? await scope.clients.get(event.clientId) : null;
    const url = client && /^https?:/.test(client.url) ? client.url : event.request.referrer;
    const found =
      url.startsWith(root + "sites/") && url.slice(root.length).match(/^sites\/([^/]+)\//);
    return found ? found[1].replace("+", ":") : "";
  }

  async function answer(event) {
    const { request } = event;
    const url = new URL(request.url);
    const path = below(request.url);
    const inside = path.match(/^sites\/([^/]+)(\/.*)$/);
    const host = inside ? inside[1].replace("+", ":") : await askerOf(event);
    if (!host) return fetch(request);
    await maps();
    if (known.original(path) !== undefined) return fetch(request);
    let live = url;
    if (inside) live = new URL("https://" + host + inside[2] + url.search);
    else if (url.origin === scope.location.origin)
      live = new URL("https://" + host + url.pathname + url.search);
    const body =
      request.method === "GET" || request.method === "HEAD"
        ? null
        : new Uint8Array(await request.clone().arrayBuffer());
    const found = body
      ? known.findSent(request.method, live, body, request.headers.get("content-type"))
      : known.findData(live);
    if (found && found.path)
      return fetch(root + found.path, {
        headers: request.headers.has("range") ? { Range: request.headers.get("range") } : {},
      });
    const reason = found && found.body ? await fetch(root + found.body) : new Response("");
    return new Response(reason.body, {
      status: found && found.status >= 400 ? found.status : 404,
      headers: reason.headers,
    });
  }

  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    if (
      !/^https?:/.test(request.url) ||
      request.mode === "navigate" ||
      request.headers.has("range")
    )
      return;
    // The deck's question whether a live site answers (js/live.js) is for the network alone.
    if (request.cache === "no-store" && new URL(request.url).origin !== scope.location.origin)
      return;
    const path = below(request.url);
    if (path.startsWith("runtime/") || (known && known.original(path) !== undefined)) return;
    event.respondWith(answer(event));
  });
})(/** @type {any} */ (self));
