// Elements whose URLs came another way than through script setters: parsed, cloned, or set as a
// style property. They are rewritten as soon as they are in the document, or when they fail.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    scope,
    doc,
    URL_ATTRIBUTES,
    CORS_ATTRIBUTES,
    READABLE_ELEMENTS,
    outward,
    css,
    localValue,
    framedMarkup,
    showDataDocument,
    patch,
    parse,
    resolve,
    address,
    dataUrl,
    noteUnresolved,
    moduleUrl,
  } = page;
  const { Element, MutationObserver, Set } = scope;

  const { setAttribute } = Element.prototype;

  const NAMES = [...new Set([...Object.values(URL_ATTRIBUTES).flat(), "style"])];
  // Of a name with a prefix a selector knows the rest alone.
  const HOLDING = [
    ...NAMES.map((name) => `[*|${name.split(":").pop()}]`),
    "style",
    "[srcdoc]",
  ].join();

  // A document in an attribute has not begun to load when it is seen here.
  const LOADS = /<script|https?:|\/\//i;
  function rewriteFramed(frame) {
    const text = frame.getAttribute("srcdoc");
    if (text === null) showDataDocument(frame, frame.getAttribute("src") || "");
    else if (LOADS.test(text) && framedMarkup(text) !== text)
      setAttribute.call(frame, "srcdoc", framedMarkup(text));
  }

  function rewrite(element) {
    if (element.localName === "iframe") rewriteFramed(element);
    const names = URL_ATTRIBUTES[element.localName.toLowerCase()];
    if (names)
      for (const name of names) {
        const value = element.getAttribute(name);
        if (!value || !(name.endsWith("srcset") || outward(value))) continue;
        const changed = localValue(element, name, value);
        if (changed !== value) setAttribute.call(element, name, changed);
      }
    const data =
      READABLE_ELEMENTS.includes(element.localName) &&
      dataUrl(element.getAttribute("src") || "data:,");
    if (data) setAttribute.call(element, "src", data);
    const style = element.getAttribute("style");
    if (style && css(style) !== style) setAttribute.call(element, "style", css(style));
    if (element.localName === "style") {
      const text = element.textContent;
      if (css(text) !== text) element.textContent = css(text);
    }
  }
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      const target = /** @type {Element} */ (record.target);
      const added = /** @type {Iterable<Element>} */ (record.addedNodes);
      if (record.type === "attributes") rewrite(target);
      else {
        if (target.localName === "style") rewrite(target);
        for (const node of added)
          if (node.nodeType === 1) {
            rewrite(node);
            if (node.firstElementChild)
              for (const inner of Array.from(node.querySelectorAll(HOLDING))) rewrite(inner);
          }
      }
    }
  });
  const observe = (root) =>
    observer.observe(root, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: NAMES,
    });
  observe(doc);
  patch(
    Element.prototype,
    "attachShadow",
    (native) =>
      function (...args) {
        const root = native.apply(this, args);
        observe(root);
        return root;
      },
  );

  const retried = new WeakSet();
  scope.addEventListener(
    "error",
    (event) => {
      const element = /** @type {HTMLScriptElement} */ (event.target);
      if (!element || !element.localName) return;
      for (const name of URL_ATTRIBUTES[element.localName.toLowerCase()] || []) {
        const value = element.getAttribute(name);
        const found = value && !name.endsWith("srcset") ? resolve(value) : null;
        if (!found) continue;
        if (found.path && !retried.has(element)) {
          retried.add(element);
          if (element.localName === "script") {
            const again = doc.createElement("script");
            for (const attribute of element.attributes)
              if (!CORS_ATTRIBUTES.includes(attribute.name))
                setAttribute.call(again, attribute.name, attribute.value);
            again.src = (element.type === "module" && moduleUrl(found.path)) || address(found);
            element.after(again);
          } else {
            setAttribute.call(element, name, address(found));
          }
        } else if (!found.path) noteUnresolved(found.url);
      }
    },
    true,
  );
  // Chromium reports a font that the policy forbids when it is declared; it is an unresolved
  // request only where a text needed it and its face failed.
  const forbiddenFonts = new Set(); // URLs
  const failedFaces = new Set(); // faces
  function* faces() {
    for (const sheet of [...doc.styleSheets, ...(doc.adoptedStyleSheets || [])]) {
      try {
        for (const rule of sheet.cssRules)
          if (rule instanceof scope.CSSFontFaceRule) yield rule.style;
      } catch {
        // A sheet that may not be read, as on file://.
      }
    }
  }
  const plain = (text) => String(text).replace(/["']/g, "").toLowerCase();
  function noteFonts() {
    for (const face of failedFaces) {
      const rules = [...faces()].filter(
        (style) => plain(style.getPropertyValue("font-family")) === plain(face.family),
      );
      const named = rules.map((style) => style.getPropertyValue("src")).join();
      for (const href of forbiddenFonts)
        if (!rules.length || named.includes(href)) noteUnresolved(new URL(href));
    }
  }
  if (doc.fonts)
    doc.fonts.addEventListener("loadingerror", (event) => {
      for (const face of event.fontfaces) failedFaces.add(face);
      noteFonts();
    });
  doc.addEventListener("securitypolicyviolation", (event) => {
    const url = parse(event.blockedURI);
    if (!url || event.disposition === "report") return;
    if (event.effectiveDirective !== "font-src") noteUnresolved(url);
    else {
      forbiddenFonts.add(url.href);
      noteFonts();
    }
  });
};
