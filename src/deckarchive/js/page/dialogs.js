// Dialogs open, as live, after the presenter has used the page: one that opens by itself would
// interrupt the presentation. `beforeunload` opens none, and nothing is printed.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { apply, each, web } = page.natives;
  const { scope, config, patch } = page;
  if (config.own) return;

  const { userActivation } = scope.navigator;
  const isUsed = () => !userActivation || web.hasBeenActive(userActivation);
  /** What each answers where it does not open. */
  const unopened = { __proto__: null, alert: undefined, confirm: false, prompt: null };
  for (const name of each(["alert", "confirm", "prompt"]))
    patch(
      scope,
      name,
      (native) =>
        ({
          [name](...words) {
            return isUsed() ? apply(native, scope, words) : unopened[name];
          },
        })[name],
    );
  patch(scope, "print", () => ({ print() {} }).print);
  web.addEventListener(scope, "beforeunload", (event) => web.stopImmediatePropagation(event), true);
};
