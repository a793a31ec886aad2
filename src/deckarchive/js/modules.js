// On file:// browsers load no modules from files: an import map gives them as data: URLs instead.
// files: {name: source text}, names: {what the page calls it: name}.
(files, names) => {
  if (location.protocol !== "file:") return;
  const imports = {};
  for (const name of Object.keys(files)) {
    imports[name] = "data:text/javascript;charset=utf-8," + encodeURIComponent(files[name]);
  }
  for (const name of Object.keys(names)) {
    if (names[name] in imports) imports[name] = imports[names[name]];
  }
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({ imports });
  /** @type {Element} */ (document.currentScript).after(map);
};
