// Runs in the page's own world, before (`on`) and after the page is used a little: meanwhile it
// opens no window, asks nothing and submits no form. A page that has replaced what is called here
// is kept from it by the browser all the same: windows are closed, dialogs
// answered, navigations prevented.
(on) => {
  const key = Symbol.for("deckarchive.side-effects");
  const undo = window[key] || [];
  const replace = (object, name, value) => {
    const own = Object.getOwnPropertyDescriptor(object, name);
    try {
      Object.defineProperty(object, name, { value, configurable: true, writable: true });
      undo.push(() => (own ? Object.defineProperty(object, name, own) : delete object[name]));
    } catch {
      /* the page has sealed it */
    }
  };
  for (let back = undo.pop(); back; back = undo.pop()) back();
  if (!on) {
    delete window[key];
    return;
  }
  Object.defineProperty(window, key, { value: undo, configurable: true });
  for (const name of ["open", "print", "alert", "prompt"]) replace(window, name, () => null);
  replace(window, "confirm", () => false);
  for (const name of ["submit", "requestSubmit"])
    replace(HTMLFormElement.prototype, name, () => {});
};
