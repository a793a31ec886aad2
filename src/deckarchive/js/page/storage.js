// What a copy's origin may lack: storage, cookies, a domain, service workers.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, doc, onFile, start, originalUrl, define } = page;
  const { EventTarget, Proxy } = scope;

  function memory() {
    const items = new Map();
    const storage = {
      getItem: (key) => (items.has(String(key)) ? items.get(String(key)) : null),
      setItem: (key, value) => void items.set(String(key), String(value)),
      removeItem: (key) => void items.delete(String(key)),
      clear: () => items.clear(),
      key: (index) => [...items.keys()][index] || null,
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

  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      scope[name].getItem("");
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
      get: () => [...jar].map(([name, value]) => name + "=" + value).join("; "),
      set(text) {
        const [, name, value] = String(text).match(/^\s*([^=;]*)=?([^;]*)/) || ["", "", ""];
        if (/max-age=(0|-)|expires=[^;]*19[67]\d/i.test(text)) jar.delete(name);
        else jar.set(name.trim(), value.trim());
      },
    });
  }
  // Any copy can plant a cookie for all names beside its own, but none with this prefix.
  if (cookieWorks && /(^|\.)deck\.localhost$/.test(scope.location.hostname)) {
    const OWN = "__Host-";
    const native = Object.getOwnPropertyDescriptor(scope.Document.prototype, "cookie");
    define(doc, "cookie", {
      get: () =>
        native.get
          .call(doc)
          .split("; ")
          .filter((one) => one.startsWith(OWN))
          .map((one) => one.slice(OWN.length))
          .join("; "),
      set(text) {
        const [pair, ...rest] = String(text).split(";");
        const lifetime = rest.filter((one) => /^\s*(expires|max-age)\s*=/i.test(one));
        native.set.call(
          doc,
          [OWN + pair.trim(), ...lifetime, "Path=/", "Secure", "SameSite=Lax"].join(";"),
        );
      },
    });
  }
  define(doc, "domain", { get: () => originalUrl.hostname, set() {} });
  if ("sendBeacon" in scope.navigator) define(scope.navigator, "sendBeacon", { value: () => true });

  let workers = null;
  try {
    workers = scope.navigator.serviceWorker;
  } catch {
    workers = null;
  }
  const register = workers && workers.register.bind(workers);
  if (workers) {
    const quiet = Object.assign(new EventTarget(), {
      scope: start,
      active: null,
      installing: null,
      waiting: null,
      update: () => Promise.resolve(quiet),
      unregister: () => Promise.resolve(true),
    });
    define(workers, "register", { value: () => Promise.resolve(quiet) });
  }

  Object.assign(page, /** @satisfies {Partial<PageContext>} */ ({ register }));
};
