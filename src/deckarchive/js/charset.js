// The document's address and the encoding in which the browser read it, guessed or declared:
// {url, encoding}; null for what no encoding was needed for.
() =>
  /^(text|application)\/.*(html|xml|plain)/.test(document.contentType)
    ? { url: location.href.split("#")[0], encoding: document.characterSet }
    : null;
