// A copy has all that it needs, whether the hall has a network or not: the page finds itself
// connected, and gets no event of a change.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { each, Object, Reflect, web } = page.natives;
  const { scope, config, define, mask } = page;
  if (config.own || !scope.navigator) return;

  const holder = Reflect.getPrototypeOf(scope.navigator);
  const found = holder && Object.getOwnPropertyDescriptor(holder, "onLine");
  if (found)
    define(holder, "onLine", {
      enumerable: true,
      get: mask(() => true, found.get),
      set: undefined,
    });
  for (const name of each(["offline", "online"]))
    web.addEventListener(
      scope,
      name,
      (event) => {
        if (event.isTrusted) web.stopImmediatePropagation(event);
      },
      true,
    );
};
