// On file:// nothing may be read but scripts, so what pages read stands in a script beside the map.
(page) => {
  "use strict";
  const { config, doc, onFile } = page;

  if (!doc.currentScript || !onFile) return;
  try {
    doc.write('<script src="' + config.map.replace(/\.js$/, ".data.js") + '"></' + "script>");
  } catch (error) {
    // XHTML: no document.write, so what needs fetch falls back by itself.
  }
}
