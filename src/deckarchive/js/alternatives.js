// The URLs that another screen, browser or moment would request: every srcset candidate, media
// source, poster, text track and lazy data-src of the document and its open shadow roots; and what
// style sheets would ask for in the other colour scheme, in print and at other pixel densities, for
// elements that are there. Absolute, http(s), no doubles: {images: [...], media: [...], unread:
// [...]}; unread are style sheets of other sites, which a page cannot read.
() => {
  const images = new Set();
  const media = new Set();
  const unread = new Set();
  // What differs from one screen to the next; a narrower window is no matter of the screen.
  const FEATURES = /\bprint\b|prefers-|resolution|ratio|gamut|-range|colors\b|\bmin-|>/i;
  const MOST = 20000; // rules
  const IMAGES = ["backgroundImage", "content", "maskImage", "listStyleImage", "cursor"];
  const add = (set, raw, base) => {
    try {
      const url = new URL(raw, base || document.baseURI);
      if (/^https?:$/.test(url.protocol)) set.add(url.href.split("#")[0]);
    } catch {
      /* not a URL: it cannot be requested */
    }
  };
  const candidates = (value) => {
    for (const part of value.matchAll(
      /(?:^|[\s,])\s*((?!,)\S*[^\s,])(?:\s+[\d.]+[wxh])?\s*(?=,|$)/g,
    )) {
      add(images, part[1]);
    }
  };

  const URLS = /url\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^"')\s]*))\s*\)/gi;
  const SETS = /image-set\((?:[^()"']|"[^"]*"|'[^']*'|\([^()]*\))*\)/gi;
  const urlsOf = (text, base) => {
    for (const [, double, single, bare] of text.matchAll(URLS)) {
      const url = double || single || bare;
      if (url && !url.startsWith("data:")) add(images, url.replace(/\\(.)/g, "$1"), base);
    }
  };
  const setsOf = (text, base) => {
    for (const [set] of text.matchAll(SETS)) {
      urlsOf(set, base);
      for (const [, double, single] of set.matchAll(/[(,]\s*(?:"([^"]*)"|'([^']*)')/g))
        add(images, double || single, base);
    }
  };

  // Whether a rule is about an element that is there, in whatever state that is.
  const isUsed = (root, selector) => {
    const element = selector
      .replace(/::?(before|after|first-letter|first-line|marker|backdrop|placeholder)\b/gi, "")
      .replace(/:(hover|focus(-visible|-within)?|active|visited|target|checked|open)\b/gi, "")
      .replace(/(^|[,>+~(]\s*)(?=$|\s*[,>+~)])/g, "$1*");
    try {
      return !!root.querySelector(element) || !!root.host;
    } catch {
      return true; // a selector of another browser
    }
  };

  let seen = 0;
  const rulesOf = (rules, root, base, other, parent) => {
    for (const rule of Array.from(rules)) {
      if ((seen += 1) > MOST) return;
      if (rule instanceof CSSImportRule) {
        const differs = other || isOther(rule.media);
        if (rule.styleSheet) sheetOf(rule.styleSheet, root, differs);
        continue;
      }
      let selector = parent;
      if (rule instanceof CSSStyleRule) {
        const own = rule.selectorText;
        if (own.includes("&")) selector = own.replaceAll("&", `:is(${parent || ":root"})`);
        else selector = parent ? `:is(${parent}) :is(${own})` : own;
      }
      const { style } = /** @type {any} */ (rule);
      if (style && !(rule instanceof CSSFontFaceRule)) {
        // All of a rule's text takes its time: of one that applies here only sets are looked for.
        const text = other ? style.cssText : IMAGES.map((name) => style[name]).join(" ");
        const asked = other ? /url\(|image-set\(/i.test(text) : /image-set\(/i.test(text);
        if (asked && (!selector || isUsed(root, selector))) {
          setsOf(text, base);
          if (other) urlsOf(text, base);
        }
      }
      const nested = /** @type {any} */ (rule).cssRules;
      if (nested && nested.length) {
        const differs = other || (rule instanceof CSSMediaRule && isOther(rule.media));
        rulesOf(nested, root, base, differs, selector);
      }
    }
  };
  const isOther = (list) =>
    FEATURES.test(list.mediaText) && !window.matchMedia(list.mediaText).matches;
  const sheetOf = (sheet, root, other) => {
    if (sheet.disabled) return;
    let rules = null;
    try {
      rules = sheet.cssRules;
    } catch {
      add(unread, sheet.href);
    }
    const differs = other || isOther(sheet.media);
    if (rules) rulesOf(rules, root, sheet.href || document.baseURI, differs, "");
  };

  const rootOf = (root) => {
    const all = (selector) => Array.from(root.querySelectorAll(selector));
    for (const element of all("[srcset]")) candidates(element.getAttribute("srcset"));
    for (const link of all("link[imagesrcset]")) candidates(link.getAttribute("imagesrcset"));
    for (const link of all("link[rel~=preload][as=image][href]"))
      add(images, link.getAttribute("href"));
    for (const video of all("video[poster]")) add(images, video.getAttribute("poster"));
    for (const image of all("img[data-src]")) add(images, image.getAttribute("data-src"));
    for (const element of all("[style*='image-set(']"))
      setsOf(element.getAttribute("style"), document.baseURI);
    const sources = "video[src], audio[src], video source[src], audio source[src], track[src]";
    for (const element of all(sources)) add(media, element.getAttribute("src"));
    for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets])
      sheetOf(sheet, root, false);
    for (const element of all("*")) if (element.shadowRoot) rootOf(element.shadowRoot);
  };
  rootOf(document);
  return { images: [...images], media: [...media], unread: [...unread] };
};
