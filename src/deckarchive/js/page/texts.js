// Texts that hold URLs: a srcset, a style sheet, markup.
(page) => {
  "use strict";
  const { local, resolve } = page;

  const NOWHERE = "about:blank#"; // before the address of a framed page that was never captured

  const outward = (text) => /^\s*(https?:)?[\\/]/i.test(text);

  function srcset(text) {
    return String(text).replace(/(^|,\s+|\s,\s*)([^\s,]\S*[^\s,])/g, (all, before, url) => before + local(url));
  }

  function css(text) {
    text = String(text);
    if (!/\/\/|url\(\s*["']?\//.test(text)) return text;
    return text
      .replace(/(url\(\s*)(["']?)((?:https?:)?\/[^"')\s]*)\2/gi, (all, open, quote, url) => open + quote + local(url) + quote)
      .replace(/(@import\s+)(["'])((?:https?:)?\/[^"']*)\2/gi, (all, open, quote, url) => open + quote + local(url) + quote);
  }

  // No policy stops a mere connection: a link or a frame that would open one leads nowhere.
  function connectionless(html) {
    return html.replace(/<(?:iframe|frame|embed|object)\b[^>]*>/gi, (tag) =>
      tag.replace(/(\s(?:src|data)\s*=\s*["']?)([^\s"'>]+)/gi, (all, before, value) => {
        const found = resolve(value.replace(/&amp;/g, "&"));
        return found && !found.path ? before + NOWHERE + value : all;
      })
    ).replace(/<link\b[^>]*\b(?:preconnect|dns-prefetch)\b[^>]*>/gi, (tag) =>
      tag.replace(/(\shref\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/i, '$1"data:,"'));
  }

  function markup(html) {
    html = String(html);
    if (!/\/\/|=\s*["']?\//.test(html)) return html;
    return connectionless(html).replace(
      /(\s(src|href|poster|data|srcset|xlink:href|style)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/gi,
      (all, before, name, quoted) => {
        const quote = /^["']/.test(quoted) ? quoted[0] : "";
        const value = (quote ? quoted.slice(1, -1) : quoted).replace(/&amp;/g, "&");
        const kind = name.toLowerCase();
        const changed = kind === "srcset" ? srcset(value) : kind === "style" ? css(value) : outward(value) ? local(value) : value;
        return changed === value ? all : before + quote + changed.replace(/&/g, "&amp;") + quote;
      }
    );
  }

  Object.assign(page, { NOWHERE, outward, srcset, css, markup });
}
