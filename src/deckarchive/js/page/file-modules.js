// On file:// a page may read no file and load no module or worker from one. What it needs is in two
// scripts: the group's .data.js (data: URLs of what scripts read, texts of modules and workers) and
// text.js (this script's own text, for workers). Here the texts become blob: URLs.
/** @param {PageContext} page */
(page) => {
  "use strict";
  const {
    Array,
    Boolean,
    call,
    each,
    encodeURIComponent,
    Function,
    JSON,
    lists,
    Map,
    Object,
    pairs,
    patterns,
    Set,
    String,
    strings,
    URL,
    valuesOf,
    web,
  } = page.natives;
  const { scope, config, doc, root, onFile, maps, parse, reverse, noteUnresolved } = page;
  const { Blob, MessageEvent, MutationObserver, setTimeout } = scope;
  const { createObjectURL } = scope.URL;
  const blob = (...parts) => createObjectURL(new Blob(parts, { type: "text/javascript" }));
  const texts = () => scope.__deckarchive_scripts || {};
  const windowUrls = new Map();
  const workerUrls = new Map(); // workers and worklets have no import map
  const firstMapNames = new Set(); // what the first import map resolves
  const searches = new Map(); // path → the queries with which it was requested

  // The blob: URL of a text; undefined where there is none. Windows find what a module imports
  // by an import map; workers and worklets have none, so there the names in its text are replaced,
  // inmost first (modules that import each other in a circle do not run there).
  function moduleUrl(path, inWindow = Boolean(doc), opened = []) {
    const known = inWindow ? windowUrls : workerUrls;
    if (known.has(path) || !Object.hasOwn(texts(), path)) return known.get(path);
    const entry = texts()[path];
    let [type, text] = each(Array.isArray(entry) ? entry : ["text/javascript", entry]);
    if (!inWindow) {
      text = strings.replace(text, /(["'])deckarchive:([\w.~@+=/-]+)\1/g, (all, quote, other) =>
        lists.includes(opened, other)
          ? all
          : quote + (moduleUrl(other, false, lists.concat(opened, [path])) || other) + quote,
      );
    }
    known.set(path, createObjectURL(new Blob([text], { type })));
    return known.get(path);
  }

  // For a worklet, which may read no blob: either: a data: URL that holds all that it imports.
  const moduleDataUrl = (text) => "data:text/javascript;charset=utf-8," + encodeURIComponent(text);
  function workletUrl(path, opened = []) {
    if (!Object.hasOwn(texts(), path) || Array.isArray(texts()[path])) return undefined;
    const text = strings.replace(
      strings.replace(texts()[path], /(["'])deckarchive:([\w.~@+=/-]+)\1/g, (all, quote, other) =>
        lists.includes(opened, other)
          ? all
          : '"' + (workletUrl(other, lists.concat(opened, [path])) || other) + '"',
      ),
      /self\.__deckarchive_meta\(import\.meta,("[^"]*")\)/g,
      (all, file) => "({url:" + JSON.stringify(root + JSON.parse(file)) + "})",
    );
    const head = opened.length
      ? ""
      : "import " +
        JSON.stringify(
          moduleDataUrl(
            "globalThis.self = globalThis; self.__deckarchive_location = (value) => value;",
          ),
        ) +
        ";";
    return moduleDataUrl(head + text);
  }

  const folderPath = (href) =>
    strings.startsWith(href, root)
      ? strings.split(strings.slice(href, root.length), /[?#]/, 1)[0]
      : "";

  // The live URL of a file of the folder.
  const liveUrl = (path) => /** @type {URL} */ (reverse(new URL(root + path)));

  // What import(…) and import.meta in a text were rewritten to.
  scope.__deckarchive_import = (from) => (specifier, options) => {
    const text = String(specifier);
    const url = patterns.test(/^(\.{0,2}\/|https?:)/i, text) ? parse(text, liveUrl(from)) : null;
    const found = url && maps.find(url);
    if (url && !found) noteUnresolved(url);
    const target =
      (found && moduleUrl(found.path)) || moduleUrl(folderPath(text)) || (url ? url.href : text);
    return options === undefined
      ? import(target)
      : Function("u,o", "return import(u,o)")(target, options);
  };
  scope.__deckarchive_meta = (meta, path) => {
    meta.url = root + path;
    meta.resolve = (specifier) => /** @type {URL} */ (parse(specifier, meta.url)).href;
    return meta;
  };

  scope.__deckarchive_location = (value) => value; // in windows location-shim.js replaces it

  // The arguments for a worker that runs the file at path (requested with search), or a source;
  // null: as it was.
  function workerArguments(path, search, source, options, shared) {
    const given = typeof options === "string" ? { name: options } : options;
    const isModule = Boolean(given) && given.type === "module";
    if (!scope.__deckarchive_text) return null;
    if (path && moduleUrl(path) === undefined)
      return [blob("throw new Error('Not in this offline copy')")];
    const setup = {
      url: page.originalBase().href,
      page: config.page,
      map: config.map,
      local: "",
      shared,
      data: scope.__deckarchive_data || config.data,
      later: page.deferredData(),
    };
    if (path)
      Object.assign(setup, {
        url: liveUrl(path).href,
        local: root + path + search,
      });
    const head = lists.join(
      [
        "self.__deckarchive=" + JSON.stringify(setup),
        "self.__deckarchive_map=" + JSON.stringify(scope.__deckarchive_map || {}),
        "self.__deckarchive_text=" + JSON.stringify(scope.__deckarchive_text),
        "self.__deckarchive_scripts=" +
          JSON.stringify(
            isModule && !path ? Object.assign({}, texts(), { inline: source }) : texts(),
          ),
        scope.__deckarchive_text,
      ],
      ";\n",
    );
    const body = isModule
      ? "self.__deckarchive_start(" + JSON.stringify(path || "inline") + ")"
      : path
        ? texts()[path]
        : source;
    return [
      blob(head, ";\n", body),
      ...each(given ? [Object.assign({}, given, { type: "classic" })] : []),
    ];
  }

  // A module worker is a classic one that imports its module; what comes meanwhile waits.
  if (!doc)
    scope.__deckarchive_start = (start) => {
      const waiting = [];
      const hold = (event) => {
        web.stopImmediatePropagation(event);
        lists.push(waiting, event);
      };
      for (const type of each(["message", "connect"])) web.addEventListener(scope, type, hold);
      startModule();
      async function startModule() {
        try {
          await import(moduleUrl(start));
        } catch (error) {
          setTimeout(() => {
            throw error;
          });
          return;
        }
        for (const type of each(["message", "connect"])) web.removeEventListener(scope, type, hold);
        for (const { type, data, ports, source } of each(waiting))
          web.dispatchEvent(
            scope,
            new MessageEvent(type, { data, ports: [...each(ports)], source }),
          );
      }
    };

  // One that is shared among the windows of an origin is, without an origin, this window's own. The
  // first message that it gets is its port.
  if (!doc && config.shared) {
    web.addEventListener(scope, "message", (event) => {
      if (!event.data || event.data.deckarchive !== 1) return;
      web.stopImmediatePropagation(event);
      web.dispatchEvent(
        scope,
        new MessageEvent("connect", {
          ports: [...each(event.ports)],
          source: event.ports[0],
        }),
      );
    });
    scope.onconnect = null;
    web.addEventListener(scope, "connect", (event) => {
      if (typeof scope.onconnect === "function") call(scope.onconnect, scope, event);
    });
  }

  // An import map of the page, with the blob: URL of each text in place of its address.
  function localMap(text) {
    const found = JSON.parse(text);
    const paths = Object.keys(texts());
    const entries = (given, known) => {
      const result = {};
      for (const [name, address] of pairs(Object.entries(given || {}))) {
        const url = parse(address, doc.baseURI);
        const path = url ? folderPath(url.href) : "";
        if (strings.endsWith(name, "/"))
          for (const file of each(paths)) {
            if (!path || !strings.startsWith(file, path)) continue;
            for (const search of each(["", ...each(searches.get(file) || [])])) {
              const full = name + strings.slice(file, path.length) + search;
              if (!known.has(full)) result[full] = moduleUrl(file);
            }
          }
        if (!known.has(name)) result[name] = moduleUrl(path) || address;
      }
      return result;
    };
    // Addresses in texts were rewritten already: only bare names are still looked up.
    const bare = (given) =>
      Object.fromEntries(
        lists.filter(
          Object.entries(given),
          (entry) => !patterns.test(/^(\.{0,2}\/|https?:)/i, entry[0]),
        ),
      );
    const scopes = {};
    for (const [name, given] of pairs(Object.entries(found.scopes || {}))) {
      const url = parse(name, doc.baseURI);
      scopes[name] = entries(given, new Set());
      const inner = bare(scopes[name]);
      if (!url || !Object.keys(inner).length) continue;
      for (const file of each(paths))
        if (strings.startsWith(root + file, url.href))
          scopes[moduleUrl(file)] = Object.assign({}, scopes[moduleUrl(file)], inner);
    }
    return { imports: entries(found.imports, firstMapNames), scopes };
  }

  // Resolves each text for the browser, before the first element that could need one.
  function start() {
    const imports = {};
    for (const path of each(Object.keys(texts()))) {
      imports["deckarchive:" + path] = imports[root + path] = moduleUrl(path);
    }
    maps.each((address, path) => {
      const url = parse("https://" + address);
      if (!url || moduleUrl(path) === undefined) return;
      imports[url.href] = imports[strings.replace(url.href, /^https/, "http")] = moduleUrl(path);
      if (url.search) {
        imports[root + path + url.search] = moduleUrl(path);
        searches.set(path, [...each(searches.get(path) || []), url.search]);
      }
      if (url.host === page.originalUrl.host)
        imports["file://" + url.pathname + url.search] = moduleUrl(path);
    });
    for (const name of each(Object.keys(imports))) firstMapNames.add(name);
    pending = imports;
    web.addEventListener(doc, "readystatechange", () => addImportMap());
    // Firefox requests the file before observers run; the module then runs when that failed.
    const again = new Set();
    web.addEventListener(
      scope,
      "error",
      (event) => {
        const target = /** @type {HTMLScriptElement} */ (event.target);
        if (
          !target ||
          target.localName !== "script" ||
          target.type !== "module" ||
          again.has(target)
        )
          return;
        if (!lists.includes(valuesOf(windowUrls), target.src)) return;
        const script = web.createElement(doc, "script");
        again.add(target).add(script);
        script.type = "module";
        web.setAttribute(script, "src", target.src);
        web.after(target, script);
      },
      true,
    );
    web.observe(
      new MutationObserver((records) => {
        for (const { addedNodes, target } of each(records)) {
          for (const node of each(addedNodes)) prepare(node);
          // A script's text, which may come in parts.
          /** @type {any} */
          const script = target.nodeType === 3 ? target.parentNode : target;
          if (script && script.localName === "script") page.replaceScript(script);
        }
      }),
      doc,
      { subtree: true, childList: true, characterData: page.shim.isActive() },
    );
  }

  // Some browsers take one import map alone: ours joins the page's first, or comes before the
  // first script that may import something.
  let pending = null;
  function addImportMap(before) {
    if (!pending) return;
    const map = web.createElement(doc, "script");
    map.type = "importmap";
    map.textContent = JSON.stringify({ imports: pending });
    pending = null;
    if (before) web.before(before, map);
    else web.append(doc.head || doc.documentElement, map);
  }

  function joinedMap(text) {
    const found = localMap(text);
    Object.assign(found.imports, pending);
    pending = null;
    return JSON.stringify(found);
  }

  // The parser lets observers see a script before it looks at what to run.
  function prepare(node) {
    const isScript = node.localName === "script";
    if (isScript && (node.type === "module" || patterns.test(/\bimport\s*\(/, node.textContent)))
      addImportMap(node);
    if (isScript && node.type === "importmap" && !patterns.test(/deckarchive:/, node.textContent)) {
      try {
        node.textContent = joinedMap(node.textContent);
      } catch {
        // Not JSON: the browser will say so.
      }
    } else if (
      (isScript && node.type === "module" && node.src) ||
      (node.localName === "link" && node.rel === "modulepreload")
    ) {
      const url = moduleUrl(folderPath(isScript ? page.fileSrc(node) : node.href || ""));
      if (url) web.setAttribute(node, isScript ? "src" : "href", url);
    } else if (isScript) page.replaceScript(node);
    else if (node.localName === "base") page.shimBase(node, web.getAttribute(node, "href"));
  }

  if (doc && doc.currentScript && onFile) {
    try {
      const script = (address) => '<script src="' + address + '"></' + "script>";
      web.write(
        doc,
        script(strings.replace(config.map, /\.js$/, ".data.js")) + script(root + "runtime/text.js"),
      );
      web.write(doc, "<script>self.__deckarchive_page.start()</" + "script>");
    } catch {
      // XHTML: no document.write, so what needs fetch falls back by itself.
    }
  }

  Object.assign(
    page,
    /** @satisfies {Partial<PageContext>} */ ({
      moduleUrl,
      folderPath,
      workerArguments,
      workletUrl,
      moduleDataUrl,
      joinedMap,
      startModules: start,
    }),
  );
};
