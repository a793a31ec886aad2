// Import maps that scripts make: a browser reads one when it comes into the page, so its addresses
// are those of the copies before that.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { apply, each, JSON, lists, Object, pairs, patterns, strings } = page.natives;
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
  const { Element, Node } = scope;

  function localUrl(text) {
    const url = parse(text, originalBase());
    if (!patterns.test(/^(\.{0,2}\/|https?:)/i, text) || !url) return text;
    if (!strings.endsWith(text, "/")) {
      const found = resolve(text);
      return found && found.path ? address(found) : text;
    }
    const live = reverse(url) || url;
    return root + "sites/" + strings.replace(live.host, ":", "+") + live.pathname;
  }
  const entries = (given) =>
    Object.fromEntries(
      lists.map(Object.entries(given || {}), (entry) => [
        entry[0],
        typeof entry[1] === "string" ? localUrl(entry[1]) : entry[1],
      ]),
    );

  function local(text) {
    const map = JSON.parse(text);
    const scopes = lists.map(Object.entries(map.scopes || {}), (entry) => [
      localUrl(entry[0]),
      entries(entry[1]),
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
  for (const [holder, names] of pairs(ways))
    for (const name of each(names)) {
      patch(
        holder,
        name,
        (native) =>
          ({
            [name](...nodes) {
              for (const node of each(nodes)) prepare(node);
              return apply(native, this, nodes);
            },
          })[name],
      );
    }
};
