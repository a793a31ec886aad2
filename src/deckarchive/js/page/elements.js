// URLs that scripts give to elements, as attributes, properties or markup.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    apply,
    call,
    each,
    encodeURIComponent,
    entriesOf,
    isObject,
    lists,
    Map,
    Object,
    pairs,
    patterns,
    String,
    strings,
    TextDecoder,
    unescape,
    URLSearchParams,
    valuesOf,
    WeakMap,
    web,
  } = page.natives;
  const {
    scope,
    config,
    doc,
    maps,
    onFile,
    install,
    resolve,
    address,
    classicUrl,
    readable,
    srcset,
    css,
    markup,
    withOrigin,
    NOWHERE,
    patch,
    property,
    moduleUrl,
    folderPath,
  } = page;
  const { atob, Blob, CSSStyleSheet, Document, Element, Range } = scope;

  // Element → its attributes with URLs that the browser itself fetches.
  const { html, svg, properties } = TABLES.attributes;
  const fetched = (held) =>
    lists.filter(Object.keys(held), (name) => patterns.test(/^(url|frame|rel|srcset)/, held[name]));
  /** @type {Record<string, string[]>} */
  const URL_ATTRIBUTES = {};
  for (const [tag, held] of pairs(lists.concat(Object.entries(html), Object.entries(svg)))) {
    const names = tag === "*" ? [] : fetched(held);
    if (names.length) URL_ATTRIBUTES[tag] = lists.concat(URL_ATTRIBUTES[tag] || [], names);
  }
  const CORS_ATTRIBUTES = ["crossorigin", "integrity"];
  // A canvas or a texture may want its pixels; a player reads its cues.
  const READABLE_ELEMENTS = ["img", "track"];
  const FRAMES = lists.filter(Object.keys(html), (tag) =>
    lists.some(Object.values(html[tag]), (held) => patterns.test(/^frame/, held)),
  );

  // name → {script element: the name, in parts, that stands for it there}
  const aliases = new Map();
  const inside = (names) =>
    lists.reduce(names, (holder, name) => (holder ? holder[name] : undefined), scope);

  const { callbacks } = TABLES.queries;
  const isCallback = (name) =>
    lists.includes(callbacks.names, name) ||
    lists.some(callbacks.suffixes, (end) => strings.endsWith(name, end));

  // The answer of a JSONP address calls the function that was named when it was captured.
  function alias(element, found) {
    const then = new URLSearchParams(strings.split(found.key || "", "?")[1] || "");
    for (const [name, value] of pairs(entriesOf(new URLSearchParams(found.url.search)))) {
      const old = then.get(name);
      if (!isCallback(strings.toLowerCase(name)) || !old || old === value) continue;
      const parts = strings.split(old, ".");
      const holder = inside(lists.slice(parts, 0, -1));
      if (!isObject(holder)) continue;
      const last = parts[parts.length - 1];
      if (!aliases.has(old) && !(last in holder)) {
        const names = new Map();
        aliases.set(old, names);
        const now = () => names.get(doc.currentScript) || lists.pop(valuesOf(names));
        Object.defineProperty(holder, last, {
          configurable: true,
          get: () => inside(now()),
          set() {},
        });
      }
      if (aliases.has(old)) aliases.get(old).set(element, strings.split(value, "."));
    }
  }

  // A page that a script has written into a blob starts as any other.
  function withRuntime(url) {
    const found = onFile ? null : page.blobs.get(String(url));
    if (!found || !patterns.test(/html/i, found.type)) return url;
    return page.blobUrl(new Blob([runtime, found], { type: found.type }));
  }

  // The same for one that stands in srcdoc or in a data: URL. The latter's text is null where there
  // is none.
  const DATA_DOCUMENT = /^\s*data:text\/html\s*(;[^,]*?)??(;\s*base64\s*)?,([^#]*)/i;
  function dataText(url) {
    const [, parameters, coded, body] = each(patterns.exec(DATA_DOCUMENT, String(url)) || []);
    if (body === undefined) return null;
    const [, label] = each(
      patterns.exec(/;\s*charset\s*=\s*"?([^\s;"]+)/i, parameters || "") || [],
    );
    try {
      const text = unescape(unescape(encodeURIComponent(strings.replace(body, /[\t\r\n]/g, ""))));
      const data = coded ? atob(text) : text;
      const bytes = strings.bytes(data);
      return web.decode(new TextDecoder(label || "utf-8"), bytes);
    } catch {
      return null; // no base64, or an encoding that no browser knows
    }
  }
  const framedMarkup = (text) =>
    strings.includes(String(text), "runtime/page.js") ? String(text) : runtime + markup(text);
  function showDataDocument(element, url) {
    const text = element.localName === "iframe" ? dataText(url) : null;
    if (text !== null) web.setAttribute(element, "srcdoc", framedMarkup(text));
  }

  function localValue(element, name, value) {
    const tag = strings.toLowerCase(element.localName);
    const key = strings.toLowerCase(name);
    if (key === "style") return css(value);
    if (key === "srcdoc" && tag === "iframe") return framedMarkup(value);
    if (key === "src" && tag === "iframe") {
      if (patterns.test(/^\s*data:/i, value)) showDataDocument(element, value);
      else if (
        web.hasAttribute(element, "srcdoc") &&
        dataText(web.getAttribute(element, "src") || "") !== null
      )
        web.removeAttribute(element, "srcdoc"); // it was that of the URL before
    }
    if (key === "sandbox" && tag === "iframe") return withOrigin(value);
    if (!URL_ATTRIBUTES[tag] || !lists.includes(URL_ATTRIBUTES[tag], key)) return value;
    if (strings.endsWith(key, "srcset")) return srcset(value);
    const found = resolve(value);
    if (!found)
      return lists.includes(FRAMES, tag) && patterns.test(/^blob:/i, value)
        ? withRuntime(value)
        : value;
    if (found.path) {
      if (tag === "script") alias(element, found);
      if (lists.includes(READABLE_ELEMENTS, tag)) return readable(found);
      const script =
        onFile &&
        tag === "script" &&
        (element.type === "module" ? moduleUrl(found.path) : classicUrl(found.path));
      return script || address(found);
    }
    // No policy stops a mere connection, so a link that could open one leads nowhere.
    if (tag === "link" && patterns.test(/preconnect|dns-prefetch|^$/, element.rel)) return "data:,";
    // Nor the one that Chromium opens for a frame before it checks the policy.
    if (lists.includes(FRAMES, tag)) {
      page.unresolved.add(found.url.href);
      return NOWHERE + found.url.href;
    }
    return value;
  }

  // On file:// a script that becomes a module after it was given its address.
  function typed(element, value) {
    const src =
      onFile &&
      value === "module" &&
      element.localName === "script" &&
      moduleUrl(folderPath(page.fileSrc(element)));
    if (src) web.setAttribute(element, "src", src);
    return value;
  }

  const { setAttribute, setAttributeNS } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (onFile && lists.includes(CORS_ATTRIBUTES, strings.toLowerCase(String(name))))
      return undefined;
    if (strings.toLowerCase(String(name)) === "type") typed(this, value);
    return call(setAttribute, this, name, localValue(this, String(name), value));
  };
  Element.prototype.setAttributeNS = function (space, name, value) {
    return call(setAttributeNS, this, space, name, localValue(this, String(name), value));
  };

  page.mask(Element.prototype.setAttribute, setAttribute);
  page.mask(Element.prototype.setAttributeNS, setAttributeNS);

  for (const [type, names] of pairs(Object.entries(properties))) {
    for (const name of each(names))
      property(scope[type] && scope[type].prototype, name, (element, value) =>
        localValue(element, name, value),
      );
    if (onFile)
      for (const name of each(["crossOrigin", "integrity"]))
        property(scope[type] && scope[type].prototype, name, () => undefined);
  }
  if (onFile) property(scope.HTMLScriptElement.prototype, "type", typed);
  for (const type of each(["Element", "ShadowRoot"])) {
    property(scope[type] && scope[type].prototype, "innerHTML", (element, value) =>
      element.localName === "style"
        ? css(value === null ? "" : value)
        : markup(value === null ? "" : value),
    );
  }
  property(Element.prototype, "outerHTML", (element, value) => markup(value));
  const framed = scope.HTMLIFrameElement.prototype;
  const { get: windowOf } = Object.getOwnPropertyDescriptor(framed, "contentWindow");
  const runtime =
    '<script src="' +
    config.map +
    '"></' +
    'script><script src="' +
    config.page +
    '" data-url="' +
    config.url +
    '"></' +
    "script>";
  function adopt(frame) {
    // The deck's frames are on their way to a page of ours, which may get this very window.
    if (config.own && web.getAttribute(frame, "src")) return;
    try {
      const inner = call(windowOf, frame);
      if (inner && strings.startsWith(inner.location.href, "about:blank"))
        install(inner, Object.assign({ maps, data: scope.__deckarchive_data }, config));
    } catch {
      // Another origin: a page of its own, not ours to change.
    }
  }
  property(framed, "srcdoc", (element, value) => framedMarkup(value));
  // A script gives a frame its sandbox as an attribute, a property, or by the tokens of its list.
  const { get: sandboxOf } = Object.getOwnPropertyDescriptor(framed, "sandbox");
  const sandboxed = new WeakMap(); // list of tokens → its frame
  property(framed, "sandbox", (frame, value) => withOrigin(value));
  Object.defineProperty(
    framed,
    "sandbox",
    Object.assign({}, Object.getOwnPropertyDescriptor(framed, "sandbox"), {
      get() {
        const tokens = call(sandboxOf, this);
        sandboxed.set(tokens, this);
        return tokens;
      },
    }),
  );
  function giveOrigin(frame) {
    const tokens = frame && web.getAttribute(frame, "sandbox");
    if (typeof tokens === "string") web.setAttribute(frame, "sandbox", withOrigin(tokens));
  }
  for (const name of each(["add", "remove", "replace", "toggle"]))
    patch(
      scope.DOMTokenList.prototype,
      name,
      (native) =>
        function (...tokens) {
          const result = apply(native, this, tokens);
          giveOrigin(sandboxed.get(this));
          return result;
        },
    );
  property(scope.DOMTokenList.prototype, "value", (tokens, value) =>
    sandboxed.has(tokens) ? withOrigin(value) : value,
  );
  patch(
    Element.prototype,
    "toggleAttribute",
    (native) =>
      function (...args) {
        const result = apply(native, this, args);
        if (this.localName === "iframe") giveOrigin(this);
        return result;
      },
  );
  // An empty frame has browser functions of its own: they are replaced before a script gets them.
  for (const name of each(["contentWindow", "contentDocument"])) {
    const found = Object.getOwnPropertyDescriptor(framed, name);
    Object.defineProperty(
      framed,
      name,
      Object.assign({}, found, {
        get() {
          adopt(this);
          return call(found.get, this);
        },
      }),
    );
  }
  patch(
    Element.prototype,
    "setAttributeNode",
    (native) =>
      function (attribute) {
        attribute.value = localValue(this, attribute.name, attribute.value);
        return call(native, this, attribute);
      },
  );
  for (const holder of each([Element.prototype, scope.ShadowRoot && scope.ShadowRoot.prototype])) {
    patch(
      holder,
      "setHTMLUnsafe",
      (native) =>
        function (html, ...rest) {
          return call(native, this, markup(html), ...each(rest));
        },
    );
  }
  patch(
    Element.prototype,
    "insertAdjacentHTML",
    (native) =>
      function (where, html) {
        return call(native, this, where, markup(html));
      },
  );
  patch(
    Range.prototype,
    "createContextualFragment",
    (native) =>
      function (html) {
        return call(native, this, markup(html));
      },
  );
  for (const name of each(["write", "writeln"])) {
    patch(
      Document.prototype,
      name,
      (native) =>
        function (...parts) {
          return call(native, this, markup(lists.join(parts, "")));
        },
    );
  }
  // A style sheet's text is right before it comes into the page.
  const texts = { textContent: scope.Node.prototype, innerText: scope.HTMLElement.prototype };
  for (const [name, holder] of pairs(Object.entries(texts))) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found)
      Object.defineProperty(
        scope.HTMLStyleElement.prototype,
        name,
        Object.assign({}, found, {
          set(value) {
            call(found.set, this, value === null ? value : css(value));
          },
        }),
      );
  }
  for (const type of each(["CSSStyleDeclaration", "CSSStyleProperties"])) {
    const holder = scope[type] && scope[type].prototype;
    for (const name of each([
      "cssText",
      "background",
      "backgroundImage",
      "borderImage",
      "borderImageSource",
      "listStyle",
      "listStyleImage",
      "mask",
      "maskImage",
      "content",
      "cursor",
    ])) {
      property(holder, name, (style, value) => (value === null ? value : css(value)));
    }
    if (holder && Object.hasOwn(holder, "setProperty"))
      patch(
        holder,
        "setProperty",
        (native) =>
          function (name, value, ...rest) {
            return call(native, this, name, value === null ? value : css(value), ...each(rest));
          },
      );
  }
  for (const name of each(["insertRule", "replace", "replaceSync"])) {
    patch(
      CSSStyleSheet.prototype,
      name,
      (native) =>
        function (text, ...rest) {
          return call(native, this, css(text), ...each(rest));
        },
    );
  }

  if (doc) {
    web.addEventListener(doc, "DOMContentLoaded", () => {
      for (const frame of each(
        web.querySelectorAll(
          doc,
          lists.join(
            lists.map(FRAMES, (tag) => `${tag}[src^="${NOWHERE}"],${tag}[data^="${NOWHERE}"]`),
          ),
        ),
      )) {
        const written = web.getAttribute(frame, "src") || web.getAttribute(frame, "data") || "";
        const url = strings.slice(written, NOWHERE.length);
        const found = resolve(url);
        if (!found || !found.status) page.unresolved.add(url);
        // What it holds shows.
        if (frame.localName === "object") web.setAttribute(frame, "data", "");
      }
    });
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      URL_ATTRIBUTES,
      CORS_ATTRIBUTES,
      READABLE_ELEMENTS,
      localValue,
      framedMarkup,
      showDataDocument,
    }),
  );
};
