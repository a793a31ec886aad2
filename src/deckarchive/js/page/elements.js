// URLs that scripts give to elements, as attributes, properties or markup.
/** @param {PageContext} page */
(page) => {
  "use strict";
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
  const { CSSStyleSheet, Document, Element, Range, URLSearchParams } = scope;

  // Element → its attributes with URLs that the browser itself fetches.
  const { html, svg, properties } = TABLES.attributes;
  const fetched = (held) =>
    Object.keys(held).filter((name) => /^(url|frame|rel|srcset)/.test(held[name]));
  /** @type {Record<string, string[]>} */
  const URL_ATTRIBUTES = {};
  for (const [tag, held] of [...Object.entries(html), ...Object.entries(svg)]) {
    const names = tag === "*" ? [] : fetched(held);
    if (names.length) URL_ATTRIBUTES[tag] = [...(URL_ATTRIBUTES[tag] || []), ...names];
  }
  const CORS_ATTRIBUTES = ["crossorigin", "integrity"];
  // A canvas or a texture may want its pixels; a player reads its cues.
  const READABLE_ELEMENTS = ["img", "track"];
  const FRAMES = Object.keys(html).filter((tag) =>
    Object.values(html[tag]).some((held) => /^frame/.test(held)),
  );

  // name → {script element: the name, in parts, that stands for it there}
  const aliases = new Map();
  const inside = (names) =>
    names.reduce((holder, name) => (holder ? holder[name] : undefined), scope);

  const { callbacks } = TABLES.queries;
  const isCallback = (name) =>
    callbacks.names.includes(name) || callbacks.suffixes.some((end) => name.endsWith(end));

  // The answer of a JSONP address calls the function that was named when it was captured.
  function alias(element, found) {
    const then = new URLSearchParams((found.key || "").split("?")[1] || "");
    for (const [name, value] of found.url.searchParams) {
      const old = then.get(name);
      if (!isCallback(name.toLowerCase()) || !old || old === value) continue;
      const parts = old.split(".");
      const holder = inside(parts.slice(0, -1));
      if (Object(holder) !== holder) continue;
      const last = parts[parts.length - 1];
      if (!aliases.has(old) && !(last in holder)) {
        const names = new Map();
        aliases.set(old, names);
        const now = () => names.get(doc.currentScript) || [...names.values()].pop();
        Object.defineProperty(holder, last, {
          configurable: true,
          get: () => inside(now()),
          set() {},
        });
      }
      if (aliases.has(old)) aliases.get(old).set(element, value.split("."));
    }
  }

  // A page that a script has written into a blob starts as any other.
  function withRuntime(url) {
    const found = onFile ? null : page.blobs.get(String(url));
    if (!found || !/html/i.test(found.type)) return url;
    return page.blobUrl(new scope.Blob([runtime, found], { type: found.type }));
  }

  // The same for one that stands in srcdoc or in a data: URL. The latter's text is null where there
  // is none.
  const DATA_DOCUMENT = /^\s*data:text\/html\s*(;[^,]*?)??(;\s*base64\s*)?,([^#]*)/i;
  function dataText(url) {
    const [, parameters, coded, body] = DATA_DOCUMENT.exec(String(url)) || [];
    if (body === undefined) return null;
    const [, label] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(parameters || "") || [];
    try {
      const text = unescape(unescape(encodeURIComponent(body.replace(/[\t\r\n]/g, ""))));
      const data = coded ? scope.atob(text) : text;
      const bytes = scope.Uint8Array.from(data, (character) => character.charCodeAt(0));
      return new scope.TextDecoder(label || "utf-8").decode(bytes);
    } catch {
      return null; // no base64, or an encoding that no browser knows
    }
  }
  const framedMarkup = (text) =>
    String(text).includes("runtime/page.js") ? String(text) : runtime + markup(text);
  function showDataDocument(element, url) {
    const text = element.localName === "iframe" ? dataText(url) : null;
    if (text !== null) setAttribute.call(element, "srcdoc", framedMarkup(text));
  }

  function localValue(element, name, value) {
    const tag = element.localName.toLowerCase();
    const key = name.toLowerCase();
    if (key === "style") return css(value);
    if (key === "srcdoc" && tag === "iframe") return framedMarkup(value);
    if (key === "src" && tag === "iframe") {
      if (/^\s*data:/i.test(value)) showDataDocument(element, value);
      else if (
        element.hasAttribute("srcdoc") &&
        dataText(element.getAttribute("src") || "") !== null
      )
        element.removeAttribute("srcdoc"); // it was that of the URL before
    }
    if (key === "sandbox" && tag === "iframe") return withOrigin(value);
    if (!URL_ATTRIBUTES[tag] || !URL_ATTRIBUTES[tag].includes(key)) return value;
    if (key.endsWith("srcset")) return srcset(value);
    const found = resolve(value);
    if (!found) return FRAMES.includes(tag) && /^blob:/i.test(value) ? withRuntime(value) : value;
    if (found.path) {
      if (tag === "script") alias(element, found);
      if (READABLE_ELEMENTS.includes(tag)) return readable(found);
      const script =
        onFile &&
        tag === "script" &&
        (element.type === "module" ? moduleUrl(found.path) : classicUrl(found.path));
      return script || address(found);
    }
    // No policy stops a mere connection, so a link that could open one leads nowhere.
    if (tag === "link" && /preconnect|dns-prefetch|^$/.test(element.rel)) return "data:,";
    // Nor the one that Chromium opens for a frame before it checks the policy.
    if (FRAMES.includes(tag)) {
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
    if (src) setAttribute.call(element, "src", src);
    return value;
  }

  const { setAttribute, setAttributeNS } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (onFile && CORS_ATTRIBUTES.includes(String(name).toLowerCase())) return undefined;
    if (String(name).toLowerCase() === "type") typed(this, value);
    return setAttribute.call(this, name, localValue(this, String(name), value));
  };
  Element.prototype.setAttributeNS = function (space, name, value) {
    return setAttributeNS.call(this, space, name, localValue(this, String(name), value));
  };

  page.mask(Element.prototype.setAttribute, setAttribute);
  page.mask(Element.prototype.setAttributeNS, setAttributeNS);

  for (const [type, names] of Object.entries(properties)) {
    for (const name of names)
      property(scope[type] && scope[type].prototype, name, (element, value) =>
        localValue(element, name, value),
      );
    if (onFile)
      for (const name of ["crossOrigin", "integrity"])
        property(scope[type] && scope[type].prototype, name, () => undefined);
  }
  if (onFile) property(scope.HTMLScriptElement.prototype, "type", typed);
  for (const type of ["Element", "ShadowRoot"]) {
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
    if (config.own && frame.getAttribute("src")) return;
    try {
      const inner = windowOf.call(frame);
      if (inner && inner.location.href.startsWith("about:blank"))
        install(inner, Object.assign({ maps, data: scope.__deckarchive_data }, config));
    } catch {
      // Another origin: a page of its own, not ours to change.
    }
  }
  property(framed, "srcdoc", (element, value) => framedMarkup(value));
  // A script gives a frame its sandbox as an attribute, a property, or by the tokens of its list.
  const { get: sandboxOf } = Object.getOwnPropertyDescriptor(framed, "sandbox");
  const sandboxed = new scope.WeakMap(); // list of tokens → its frame
  property(framed, "sandbox", (frame, value) => withOrigin(value));
  Object.defineProperty(
    framed,
    "sandbox",
    Object.assign({}, Object.getOwnPropertyDescriptor(framed, "sandbox"), {
      get() {
        const tokens = sandboxOf.call(this);
        sandboxed.set(tokens, this);
        return tokens;
      },
    }),
  );
  function giveOrigin(frame) {
    const tokens = frame && frame.getAttribute("sandbox");
    if (typeof tokens === "string") setAttribute.call(frame, "sandbox", withOrigin(tokens));
  }
  for (const name of ["add", "remove", "replace", "toggle"])
    patch(
      scope.DOMTokenList.prototype,
      name,
      (native) =>
        function (...tokens) {
          const result = native.apply(this, tokens);
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
        const result = native.apply(this, args);
        if (this.localName === "iframe") giveOrigin(this);
        return result;
      },
  );
  // An empty frame has browser functions of its own: they are replaced before a script gets them.
  for (const name of ["contentWindow", "contentDocument"]) {
    const found = Object.getOwnPropertyDescriptor(framed, name);
    Object.defineProperty(
      framed,
      name,
      Object.assign({}, found, {
        get() {
          adopt(this);
          return found.get.call(this);
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
        return native.call(this, attribute);
      },
  );
  for (const holder of [Element.prototype, scope.ShadowRoot && scope.ShadowRoot.prototype]) {
    patch(
      holder,
      "setHTMLUnsafe",
      (native) =>
        function (html, ...rest) {
          return native.call(this, markup(html), ...rest);
        },
    );
  }
  patch(
    Element.prototype,
    "insertAdjacentHTML",
    (native) =>
      function (where, html) {
        return native.call(this, where, markup(html));
      },
  );
  patch(
    Range.prototype,
    "createContextualFragment",
    (native) =>
      function (html) {
        return native.call(this, markup(html));
      },
  );
  for (const name of ["write", "writeln"]) {
    patch(
      Document.prototype,
      name,
      (native) =>
        function (...parts) {
          return native.call(this, markup(parts.join("")));
        },
    );
  }
  // A style sheet's text is right before it comes into the page.
  const texts = { textContent: scope.Node.prototype, innerText: scope.HTMLElement.prototype };
  for (const [name, holder] of Object.entries(texts)) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found)
      Object.defineProperty(
        scope.HTMLStyleElement.prototype,
        name,
        Object.assign({}, found, {
          set(value) {
            found.set.call(this, value === null ? value : css(value));
          },
        }),
      );
  }
  for (const type of ["CSSStyleDeclaration", "CSSStyleProperties"]) {
    const holder = scope[type] && scope[type].prototype;
    for (const name of [
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
    ]) {
      property(holder, name, (style, value) => (value === null ? value : css(value)));
    }
    if (holder && Object.hasOwn(holder, "setProperty"))
      patch(
        holder,
        "setProperty",
        (native) =>
          function (name, value, ...rest) {
            return native.call(this, name, value === null ? value : css(value), ...rest);
          },
      );
  }
  for (const name of ["insertRule", "replace", "replaceSync"]) {
    patch(
      CSSStyleSheet.prototype,
      name,
      (native) =>
        function (text, ...rest) {
          return native.call(this, css(text), ...rest);
        },
    );
  }

  if (doc) {
    doc.addEventListener("DOMContentLoaded", () => {
      for (const frame of doc.querySelectorAll(
        FRAMES.map((tag) => `${tag}[src^="${NOWHERE}"],${tag}[data^="${NOWHERE}"]`).join(),
      )) {
        const written = frame.getAttribute("src") || frame.getAttribute("data") || "";
        const url = written.slice(NOWHERE.length);
        const found = resolve(url);
        if (!found || !found.status) page.unresolved.add(url);
        // What it holds shows.
        if (frame.localName === "object") setAttribute.call(frame, "data", "");
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
