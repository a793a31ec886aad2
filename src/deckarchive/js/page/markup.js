// Texts that hold URLs: a srcset, a style sheet, markup.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { each, lists, Map, Object, pairs, patterns, RegExp, Set, String, strings, URL } =
    page.natives;
  const { root, local, resolve } = page;

  const NOWHERE = "about:blank#"; // before the address of a framed page that was never captured

  // What a frame without an origin loads is, for `present`, what a page of any other site asks for,
  // and refused. There a copy has an origin of its own, with nothing in it but the copy; and a
  // frame inside a frame never may what the one around it may not (docs/threat-model.md).
  const isApart = patterns.test(/(^|\.)deck\.localhost$/, new URL(root).hostname);
  /** @type {PageContext["withOrigin"]} */
  function withOrigin(sandbox) {
    const tokens = String(sandbox);
    if (!isApart || patterns.test(/(^|\s)allow-same-origin(\s|$)/i, tokens)) return tokens;
    return strings.trim(`${tokens} allow-same-origin`);
  }

  /** @param {string} text */
  const outward = (text) => patterns.test(/^\s*(https?:)?[\\/]/i, text);

  /** @type {PageContext["srcset"]} */
  function srcset(text) {
    return strings.replace(
      String(text),
      /(^|,\s+|\s,\s*)([^\s,]\S*[^\s,])/g,
      (all, before, url) => before + local(url),
    );
  }

  /** @type {PageContext["css"]} */
  function css(text) {
    text = String(text);
    /** @type {(all: string, open: string, quote: string, url: string) => string} */
    const replace = (all, open, quote, url) => open + quote + local(url) + quote;
    if (!patterns.test(/\/\/|url\(\s*["']?\//, text)) return text;
    return strings.replace(
      strings.replace(text, /(url\(\s*)(["']?)((?:https?:)?\/[^"')\s]*)\2/gi, replace),
      /(@import\s+)(["'])((?:https?:)?\/[^"']*)\2/gi,
      replace,
    );
  }

  // Attribute → what it holds on the elements that have it.
  /** @type {Map<string, string>} */
  const HOLDERS = new Map();
  const FRAMES = new Set();
  const { any, html, svg } = TABLES.attributes;
  for (const [tag, given] of pairs(
    lists.concat([["", any]], Object.entries(html), Object.entries(svg)),
  )) {
    for (const [name, held] of pairs(Object.entries(given))) {
      const [kind] = each(strings.split(held, " "));
      if (kind === "frame") FRAMES.add(tag);
      if (!lists.includes(["ping", "html"], kind)) HOLDERS.set(name, kind);
    }
  }
  const OPEN = /<!--[\s\S]*?(?:-->|$)|<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)/gi;
  const ATTRIBUTE = /([\s/"'])([^\s"'>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;
  const BARE_SANDBOX = /("[^"]*"|'[^']*')|\ssandbox(?=[\s/]|$)(?!\s*=)/gi;
  // The content of these is text: code to read, a template, Markdown.
  const TEXT = new Set([
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "noembed",
    "noframes",
    "noscript",
    "iframe",
  ]);

  /** @type {(tag: string, name: string, value: string, connects: boolean) => string} */
  function valueIn(tag, name, value, connects) {
    if (name === "sandbox") return withOrigin(value);
    if (HOLDERS.get(name) === "srcset") return srcset(value);
    if (HOLDERS.get(name) === "css") return css(value);
    // No policy stops a mere connection: a link or a frame that would open one leads nowhere.
    if (connects && name === "href") return "data:,";
    if (FRAMES.has(tag) && (name === "src" || name === "data")) {
      const found = resolve(value);
      if (found && !found.path) return NOWHERE + value;
    }
    return outward(value) ? local(value) : value;
  }

  /** @type {(tag: string, text: string) => string} */
  function attributes(tag, text) {
    const connects = tag === "link" && patterns.test(/\b(preconnect|dns-prefetch)\b/i, text);
    const given =
      tag === "iframe"
        ? strings.replace(text, BARE_SANDBOX, (all, quoted) => quoted || `${all}=""`)
        : text;
    return strings.replace(given, ATTRIBUTE, (all, before, name, equals, quoted) => {
      const kind = strings.toLowerCase(name);
      if (!HOLDERS.has(kind) && !(kind === "sandbox" && tag === "iframe")) return all;
      const quote = patterns.test(/^["']/, quoted) ? quoted[0] : "";
      const around = quote || (kind === "sandbox" ? '"' : ""); // it may get a second token
      const value = strings.replace(quote ? strings.slice(quoted, 1, -1) : quoted, /&amp;/g, "&");
      const changed = valueIn(tag, kind, value, connects);
      return changed === value
        ? all
        : before + name + equals + around + strings.replace(changed, /&/g, "&amp;") + around;
    });
  }

  /** @type {PageContext["markup"]} */
  function markup(html) {
    html = String(html);
    if (!patterns.test(/\/\/|=\s*["']?\/|sandbox/i, html)) return html;
    let made = "";
    let at = 0;
    OPEN.lastIndex = 0;
    for (let found; (found = patterns.exec(OPEN, html)); ) {
      const tag = strings.toLowerCase(found[1] || "");
      const whole = tag ? `<${found[1]}${attributes(tag, found[2])}` : found[0];
      made += strings.slice(html, at, found.index) + whole;
      at = OPEN.lastIndex;
      if (!TEXT.has(tag)) continue;
      const close = new RegExp(`</${tag}`, "gi");
      close.lastIndex = at;
      const end = patterns.exec(close, html);
      OPEN.lastIndex = end ? end.index : html.length;
      made += strings.slice(html, at, OPEN.lastIndex);
      at = OPEN.lastIndex;
    }
    return made + strings.slice(html, at);
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      NOWHERE,
      outward,
      srcset,
      css,
      markup,
      withOrigin,
    }),
  );
};
