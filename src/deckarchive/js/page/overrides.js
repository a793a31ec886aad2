// Ways to stand in for what the browser offers.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { call, Object, Proxy, Reflect, WeakMap } = page.natives;
  const { scope } = page;

  // Pages ask whether a function is the browser's own, and bring another one when it is not.
  const masks = new WeakMap();
  const { toString } = scope.Function.prototype;
  /** @type {PageContext["mask"]} */
  function mask(made, native) {
    if (typeof native === "function") masks.set(made, native);
    return made;
  }
  const { toString: masked } = {
    toString() {
      return call(toString, masks.get(this) || this);
    },
  };
  Object.defineProperty(scope.Function.prototype, "toString", {
    value: mask(masked, toString),
    writable: true,
    configurable: true,
  });

  // Replaces a constructor; instanceof, statics and subclasses keep working.
  /** @type {PageContext["wrap"]} */
  function wrap(name, swap, made) {
    const native = scope[name];
    if (typeof native !== "function") return;
    scope[name] = new Proxy(native, {
      construct(target, args, self) {
        const result = Reflect.construct(
          target,
          swap(args),
          self === /** @type {unknown} */ (scope[name]) ? target : self,
        );
        if (made) made(result);
        return result;
      },
    });
  }

  /** @type {PageContext["patch"]} */
  function patch(holder, name, make) {
    const native = holder && holder[name];
    if (typeof native !== "function") return;
    Object.defineProperty(holder, name, {
      value: mask(make(native), native),
      writable: true,
      configurable: true,
    });
  }

  /** @type {PageContext["property"]} */
  function property(holder, name, change) {
    const found = holder && Object.getOwnPropertyDescriptor(holder, name);
    if (!found || !found.set) return;
    Object.defineProperty(
      holder,
      name,
      Object.assign({}, found, {
        /** @param {any} value */
        set(value) {
          const changed = change(this, value);
          if (changed !== undefined) call(found.set, this, changed);
        },
      }),
    );
  }

  /** @type {PageContext["define"]} */
  function define(holder, name, descriptor) {
    try {
      Object.defineProperty(holder, name, Object.assign({ configurable: true }, descriptor));
    } catch {
      // The browser keeps its own.
    }
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({ mask, wrap, patch, property, define }),
  );
};
