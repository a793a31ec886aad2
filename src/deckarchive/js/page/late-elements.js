// Elements whose URLs came another way than through script setters: parsed, cloned, or set as a
// style property. They are rewritten as soon as they are in the document, or when they fail.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    apply,
    each,
    lists,
    Object,
    patterns,
    Set,
    String,
    strings,
    URL,
    valuesOf,
    WeakSet,
    web,
  } = page.natives;
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
  const { CSSFontFaceRule, Element, MutationObserver } = scope;

  const NAMES = valuesOf(
    new Set(lists.concat(lists.flat(Object.values(URL_ATTRIBUTES)), ["style"])),
  );
  // Of a name with a prefix a selector knows the rest alone.
  const HOLDING = lists.join([
    ...each(lists.map(NAMES, (name) => `[*|${lists.pop(strings.split(name, ":"))}]`)),
    "style",
    "[srcdoc]",
  ]);

  // A document in an attribute has not begun to load when it is seen here.
  const LOADS = /<script|https?:|\/\//i;
  function rewriteFramed(frame) {
    const text = web.getAttribute(frame, "srcdoc");
    if (text === null) showDataDocument(frame, web.getAttribute(frame, "src") || "");
    else if (patterns.test(LOADS, text) && framedMarkup(text) !== text)
      web.setAttribute(frame, "srcdoc", framedMarkup(text));
  }

  function rewrite(element) {
    if (element.localName === "iframe") rewriteFramed(element);
    const names = URL_ATTRIBUTES[strings.toLowerCase(element.localName)];
    if (names)
      for (const name of each(names)) {
        const value = web.getAttribute(element, name);
        if (!value || !(strings.endsWith(name, "srcset") || outward(value))) continue;
        const changed = localValue(element, name, value);
        if (changed !== value) web.setAttribute(element, name, changed);
      }
    const data =
      lists.includes(READABLE_ELEMENTS, element.localName) &&
      dataUrl(web.getAttribute(element, "src") || "data:,");
    if (data) web.setAttribute(element, "src", data);
    const style = web.getAttribute(element, "style");
    if (style && css(style) !== style) web.setAttribute(element, "style", css(style));
    if (element.localName === "style") {
      const text = element.textContent;
      if (css(text) !== text) element.textContent = css(text);
    }
  }
  const observer = new MutationObserver((records) => {
    for (const record of each(records)) {
      const target = /** @type {Element} */ (record.target);
      const added = /** @type {Iterable<Element>} */ (record.addedNodes);
      if (record.type === "attributes") rewrite(target);
      else {
        if (target.localName === "style") rewrite(target);
        for (const node of each(added))
          if (node.nodeType === 1) {
            rewrite(node);
            if (node.firstElementChild)
              for (const inner of each(web.querySelectorAll(node, HOLDING))) rewrite(inner);
          }
      }
    }
  });
  const observe = (root) =>
    web.observe(observer, root, {
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
        const root = apply(native, this, args);
        observe(root);
        return root;
      },
  );

  const retried = new WeakSet();
  web.addEventListener(
    scope,
    "error",
    (event) => {
      const element = /** @type {HTMLScriptElement} */ (event.target);
      if (!element || !element.localName) return;
      for (const name of each(URL_ATTRIBUTES[strings.toLowerCase(element.localName)] || [])) {
        const value = web.getAttribute(element, name);
        const found = value && !strings.endsWith(name, "srcset") ? resolve(value) : null;
        if (!found) continue;
        if (found.path && !retried.has(element)) {
          retried.add(element);
          if (element.localName === "script") {
            const again = web.createElement(doc, "script");
            for (const attribute of each(element.attributes))
              if (!lists.includes(CORS_ATTRIBUTES, attribute.name))
                web.setAttribute(again, attribute.name, attribute.value);
            again.src = (element.type === "module" && moduleUrl(found.path)) || address(found);
            web.after(element, again);
          } else {
            web.setAttribute(element, name, address(found));
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
  function faces() {
    const styles = [];
    for (const sheet of each([...each(doc.styleSheets), ...each(doc.adoptedStyleSheets || [])])) {
      try {
        for (const rule of each(sheet.cssRules))
          if (rule instanceof CSSFontFaceRule) lists.push(styles, rule.style);
      } catch {
        // A sheet that may not be read, as on file://.
      }
    }
    return styles;
  }
  const plain = (text) => strings.toLowerCase(strings.replace(String(text), /["']/g, ""));
  function noteFonts() {
    for (const face of each(valuesOf(failedFaces))) {
      const rules = lists.filter(
        faces(),
        (style) => plain(web.getPropertyValue(style, "font-family")) === plain(face.family),
      );
      const named = lists.join(lists.map(rules, (style) => web.getPropertyValue(style, "src")));
      for (const href of each(valuesOf(forbiddenFonts)))
        if (!rules.length || strings.includes(named, href)) noteUnresolved(new URL(href));
    }
  }
  if (doc.fonts)
    web.addEventListener(doc.fonts, "loadingerror", (event) => {
      for (const face of each(event.fontfaces)) failedFaces.add(face);
      noteFonts();
    });
  web.addEventListener(doc, "securitypolicyviolation", (event) => {
    const url = parse(event.blockedURI);
    if (!url || event.disposition === "report") return;
    if (event.effectiveDirective !== "font-src") noteUnresolved(url);
    else {
      forbiddenFonts.add(url.href);
      noteFonts();
    }
  });
};
