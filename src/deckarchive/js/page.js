// In every copy, before anything else: URLs that scripts make lead to the captured files, nothing
// leaves the folder, and the frame around the copy learns what it shows and which requests are
// unresolved.
// built: {natives, lookup, counts}. everywhere, documents: the parts in js/page/, in order; each
// takes what the ones before it put into one object. The latter run in windows alone (config: the
// script element's own data), the former in workers too (config: self.__deckarchive).
(built, everywhere, documents) => {
  "use strict";
  const { each } = built.natives;

  function install(scope, config) {
    if (!config || scope.__deckarchive_page) return;
    const page = { scope, config, install, doc: scope.document, ...built };
    for (const part of each(everywhere)) part(page);
    if (page.doc) for (const part of each(documents)) part(page);
    else scope.__deckarchive_page = true;
  }

  function configuration(script) {
    return {
      url: script.dataset.url,
      routed: script.dataset.routed,
      own: "own" in script.dataset, // the deck itself, not a copy
      page: script.src,
      map: script.previousElementSibling.src,
    };
  }

  const script = self.document && self.document.currentScript;
  install(self, script ? configuration(script) : self.__deckarchive);
};
