// Texts that hold URLs: a srcset, a style sheet, markup.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const { scope, root, local, resolve } = page;

  const NOWHERE = "about:blank#"; // before the address of a framed page that was never captured

  // What a frame without an origin loads is, for `present`, what a page of any other site asks for,
  // and refused. There a copy has an origin of its own, with nothing in it but the copy; and a
  // frame inside a frame never may what the one around it may not (docs/threat-model.md).
  const isApart = /(^|\.)deck\.localhost$/.test(new scope.URL(root).hostname);
  /** @type {PageContext["withOrigin"]} */
  function withOrigin(sandbox) {
    const tokens = String(sandbox);
    if (!isApart || /(^|\s)allow-same-origin(\s|$)/i.test(tokens)) return tokens;
    return `${tokens} allow-same-origin`.trim();
  }

  /** @param {string} text */
  const outward = (text) => /^\s*(https?:)?[\\/]/i.test(text);

  /** @type {PageContext["srcset"]} */
  function srcset(text) {
    return String(text).replace(
      /(^|,\s+|\s,\s*)([^\s,]\S*[^\s,])/g,
      (all, before, url) => before + local(url),
    );
  }

  /** @type {PageContext["css"]} */
  function css(text) {
    text = String(text);
    /** @type {(all: string, open: string, quote: string, url: string) => string} */
    const replace = (all, open, quote, url) => open + quote + local(url) + quote;
    if (!/\/\/|url\(\s*["']?\//.test(text)) return text;
    return text
      .replace(/(url\(\s*)(["']?)((?:https?:)?\/[^"')\s]*)\2/gi, replace)
      .replace(/(@import\s+)(["'])((?:https?:)?\/[^"']*)\2/gi, replace);
  }

  // Attribute → what it holds on the elements that have it.
  /** @type {Map<string, string>} */
  const HOLDERS = new Map();
  const FRAMES = new Set();
  const { any, html, svg } = TABLES.attributes;
  for (const [tag, given] of [["", any], ...Object.entries(html), ...Object.entries(svg)]) {
    for (const [name, held] of Object.entries(given)) {
      const [kind] = held.split(" ");
      if (kind === "frame") FRAMES.add(tag);
      if (!["ping", "html"].includes(kind)) HOLDERS.set(name, kind);
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
    const connects = tag === "link" && /\b(preconnect|dns-prefetch)\b/i.test(text);
    const given =
      tag === "iframe" ? text.replace(BARE_SANDBOX, (all, quoted) => quoted || `${all}=""`) : text;
    return given.replace(ATTRIBUTE, (all, before, name, equals, quoted) => {
      const kind = name.toLowerCase();
      if (!HOLDERS.has(kind) && !(kind === "sandbox" && tag === "iframe")) return all;
      const quote = /^["']/.test(quoted) ? quoted[0] : "";
      const around = quote || (kind === "sandbox" ? '"' : ""); // it may get a second token
      const value = (quote ? quoted.slice(1, -1) : quoted).replace(/&amp;/g, "&");
      const changed = valueIn(tag, kind, value, connects);
      return changed === value
        ? all
        : before + name + equals + around + changed.replace(/&/g, "&amp;") + around;
    });
  }

  /** @type {PageContext["markup"]} */
  function markup(html) {
    html = String(html);
    if (!/\/\/|=\s*["']?\/|sandbox/i.test(html)) return html;
    let made = "";
    let at = 0;
    OPEN.lastIndex = 0;
    for (let found; (found = OPEN.exec(html)); ) {
      const tag = (found[1] || "").toLowerCase();
      const whole = tag ? `<${found[1]}${attributes(tag, found[2])}` : found[0];
      made += html.slice(at, found.index) + whole;
      at = OPEN.lastIndex;
      if (!TEXT.has(tag)) continue;
      const close = new RegExp(`</${tag}`, "gi");
      close.lastIndex = at;
      const end = close.exec(html);
      OPEN.lastIndex = end ? end.index : html.length;
      made += html.slice(at, OPEN.lastIndex);
      at = OPEN.lastIndex;
    }
    return made + html.slice(at);
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
