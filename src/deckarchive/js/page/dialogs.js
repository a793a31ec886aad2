// Dialogs open, as live, after the presenter has used the page: one that opens by itself would
// interrupt the presentation. `beforeunload` opens none, and nothing is printed.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { apply, web } = page.natives;
  const { scope, config, patch } = page;
  if (config.own) return;

  const { userActivation } = scope.navigator;
  const isUsed = () => !userActivation || web.hasBeenActive(userActivation);
  /** @type {(native: Native, words: any[], none: any) => any} */
  const show = (native, words, none) => (isUsed() ? apply(native, scope, words) : none);
  patch(
    scope,
    "alert",
    (native) =>
      ({
        alert(...words) {
          return show(native, words, undefined);
        },
      }).alert,
  );
  patch(
    scope,
    "confirm",
    (native) =>
      ({
        confirm(...words) {
          return show(native, words, false);
        },
      }).confirm,
  );
  patch(
    scope,
    "prompt",
    (native) =>
      ({
        prompt(...words) {
          return show(native, words, null);
        },
      }).prompt,
  );
  patch(scope, "print", () => ({ print() {} }).print);
  web.addEventListener(scope, "beforeunload", (event) => web.stopImmediatePropagation(event), true);
};
