// Import maps that scripts make: a browser reads one when it comes into the page, so its addresses
// are those of the copies before that.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    scope,
    doc,
    root,
    onFile,
    parse,
    originalBase,
    reverse,
    resolve,
    address,
    joinedMap,
    patch,
  } = page;
  const { Element, JSON, Node, Object } = scope;

  function localUrl(text) {
    const url = parse(text, originalBase());
    if (!/^(\.{0,2}\/|https?:)/i.test(text) || !url) return text;
    if (!text.endsWith("/")) {
      const found = resolve(text);
      return found && found.path ? address(found) : text;
    }
    const live = reverse(url) || url;
    return root + "sites/" + live.host.replace(":", "+") + live.pathname;
  }
  const entries = (given) =>
    Object.fromEntries(
      Object.entries(given || {}).map(([name, value]) => [
        name,
        typeof value === "string" ? localUrl(value) : value,
      ]),
    );

  function local(text) {
    const map = JSON.parse(text);
    const scopes = Object.entries(map.scopes || {}).map(([name, given]) => [
      localUrl(name),
      entries(given),
    ]);
    const made = JSON.stringify({
      imports: entries(map.imports),
      scopes: Object.fromEntries(scopes),
    });
    return onFile ? joinedMap(made) : made;
  }

  function prepare(node) {
    if (
      !node ||
      node.localName !== "script" ||
      node.type !== "importmap" ||
      node.isConnected ||
      node.ownerDocument !== doc
    )
      return;
    try {
      node.textContent = local(node.textContent);
    } catch {
      // No import map: the browser will say so.
    }
  }
  /** @type {[Node, string[]][]} */
  const ways = [
    [Node.prototype, ["appendChild", "insertBefore", "replaceChild"]],
    [Element.prototype, ["append", "prepend", "before", "after", "replaceWith", "replaceChildren"]],
  ];
  for (const [holder, names] of ways)
    for (const name of names) {
      patch(
        holder,
        name,
        (native) =>
          ({
            [name](...nodes) {
              for (const node of nodes) prepare(node);
              return native.apply(this, nodes);
            },
          })[name],
      );
    }
};
