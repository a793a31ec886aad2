// What a copy's origin may lack: storage, cookies, a domain, service workers.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { call, each, entriesOf, lists, Map, Object, patterns, Proxy, String, strings } =
    page.natives;
  const { scope, doc, onFile, start, originalUrl, define } = page;
  const { EventTarget } = scope;

  function memory() {
    const items = new Map();
    const storage = {
      getItem: (key) => (items.has(String(key)) ? items.get(String(key)) : null),
      setItem: (key, value) => void items.set(String(key), String(value)),
      removeItem: (key) => void items.delete(String(key)),
      clear: () => items.clear(),
      key: (index) => lists.map(entriesOf(items), (entry) => entry[0])[index] || null,
    };
    return new Proxy(storage, {
      get: (target, key) =>
        key === "length" ? items.size : key in target ? target[key] : items.get(key),
      set(target, key, value) {
        items.set(key, String(value));
        return true;
      },
      has: (target, key) => key in target || items.has(key),
      deleteProperty(target, key) {
        items.delete(key);
        return true;
      },
    });
  }

  for (const name of each(["localStorage", "sessionStorage"])) {
    try {
      void scope[name].length;
    } catch {
      const storage = memory();
      define(scope, name, { get: () => storage });
    }
  }
  let cookieWorks = !onFile;
  try {
    void doc.cookie;
  } catch {
    cookieWorks = false;
  }
  if (!cookieWorks) {
    const jar = new Map();
    define(doc, "cookie", {
      get: () =>
        lists.join(
          lists.map(entriesOf(jar), (entry) => entry[0] + "=" + entry[1]),
          "; ",
        ),
      set(text) {
        const [, name, value] = each(
          patterns.exec(/^\s*([^=;]*)=?([^;]*)/, String(text)) || ["", "", ""],
        );
        if (patterns.test(/max-age=(0|-)|expires=[^;]*19[67]\d/i, text)) jar.delete(name);
        else jar.set(strings.trim(name), strings.trim(value));
      },
    });
  }
  // Any copy can plant a cookie for all names beside its own, but none with this prefix.
  if (cookieWorks && patterns.test(/(^|\.)deck\.localhost$/, scope.location.hostname)) {
    const OWN = "__Host-";
    const native = Object.getOwnPropertyDescriptor(scope.Document.prototype, "cookie");
    define(doc, "cookie", {
      get: () =>
        lists.join(
          lists.map(
            lists.filter(strings.split(call(native.get, doc), "; "), (one) =>
              strings.startsWith(one, OWN),
            ),
            (one) => strings.slice(one, OWN.length),
          ),
          "; ",
        ),
      set(text) {
        const [pair, ...rest] = each(strings.split(String(text), ";"));
        const lifetime = lists.filter(rest, (one) =>
          patterns.test(/^\s*(expires|max-age)\s*=/i, one),
        );
        call(
          native.set,
          doc,
          lists.join(
            [OWN + strings.trim(pair), ...each(lifetime), "Path=/", "Secure", "SameSite=Lax"],
            ";",
          ),
        );
      },
    });
  }
  define(doc, "domain", { get: () => originalUrl.hostname, set() {} });
  if ("sendBeacon" in scope.navigator) define(scope.navigator, "sendBeacon", { value: () => true });

  const registration = (workers) => {
    const { register } = workers;
    return (url, options) => call(register, workers, url, options);
  };
  let workers = null;
  try {
    workers = scope.navigator.serviceWorker;
  } catch {
    workers = null;
  }
  const register = workers && registration(workers);
  if (workers) {
    const quiet = Object.assign(new EventTarget(), {
      scope: start,
      active: null,
      installing: null,
      waiting: null,
      update: async () => quiet,
      unregister: async () => true,
    });
    define(workers, "register", { value: async () => quiet });
  }

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ register }));
};
