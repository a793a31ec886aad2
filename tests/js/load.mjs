// Loads the scripts of src/deckarchive/js as browsers do, each into a fresh global object.
import { readdirSync, readFileSync } from "node:fs";
import { URL as NodeURL } from "node:url";
import vm from "node:vm";

const SOURCES = new NodeURL("../../src/deckarchive/js/", import.meta.url);
const TABLES_FOLDER = new NodeURL("../../src/deckarchive/web/tables/", import.meta.url);

/** The parts of the page script that run in workers too, in their order (rewrite/runtime.py). */
export const PARTS = [
  "urls",
  "markup",
  "overrides",
  "connection",
  "responses",
  "network",
  "streams",
  "file-modules",
  "workers",
];

const tables = Object.fromEntries(
  readdirSync(TABLES_FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [
      name.replace(".json", ""),
      JSON.parse(readFileSync(new NodeURL(name, TABLES_FOLDER), "utf-8")),
    ]),
);

/** The text of a script, as an expression. */
export const expression = (name) =>
  readFileSync(new NodeURL(`${name}.js`, SOURCES), "utf-8")
    .trimEnd()
    .replace(/;$/, "");

/** Node has no x-user-defined: bytes above 0x7F become U+F780 to U+F7FF (Encoding, 14.5). */
class Decoder {
  constructor(label = "utf-8") {
    this.native = label === "x-user-defined" ? null : new TextDecoder(label);
  }
  decode(bytes) {
    if (this.native) return this.native.decode(bytes);
    return Array.from(bytes, (one) => String.fromCharCode(one < 0x80 ? one : 0xf700 + one)).join(
      "",
    );
  }
}

/** A global object like a worker's: what Node has of the web's interfaces, and no document. */
export function workerScope(location, given = {}) {
  const names = [
    ...["AbortController", "Blob", "DOMException", "Event", "EventTarget", "FormData", "Headers"],
    ...["MessageEvent", "Request", "Response", "TextEncoder", "URL"],
    ...["URLSearchParams", "atob", "fetch", "setTimeout"],
  ];
  const scope = Object.assign(new EventTarget(), {
    ...Object.fromEntries(names.map((name) => [name, globalThis[name]])),
    TABLES: tables,
    TextDecoder: Decoder,
    location: new URL(location),
    ...given,
  });
  scope.self = scope;
  return vm.createContext(scope);
}

/** `lookup.js` over a URL map. */
export function lookup(map) {
  const scope = workerScope("https://folder.test/");
  return vm.runInContext(`(${expression("lookup")})((${expression("natives")})(self))`, scope)(map);
}

/**
 * The page context of a worker whose live address is `url`, for the files of `map`.
 *
 * `root` is the URL of the offline folder; `given` is put on the global object first. `parts` are
 * names of files in page/, or functions as text that stand for one.
 */
export function pageContext({
  url,
  map = {},
  root = "https://folder.test/",
  own,
  parts,
  documentParts = [],
  given,
}) {
  const { host, pathname } = new URL(url);
  const local = own ? `${root}index.html` : `${root}sites/${host}${pathname}`;
  const scope = workerScope(local, given);
  scope.__deckarchive_map = map;
  scope.__deckarchive = {
    url,
    page: `${root}runtime/page.js`,
    map: `${root}maps/a.js`,
    local,
    own,
  };
  const keep = "(page) => { self.page = page; }";
  const list = (names) =>
    names.map((part) => (part.startsWith("(") ? part : `(${expression(`page/${part}`)})`)).join();
  const everywhere = list([...(parts || PARTS), keep]);
  const built = `(natives) => ({ natives, lookup: (${expression("lookup")})(natives) })`;
  const natives = `(${expression("natives")})(self)`;
  const lists = `[${everywhere}], [${list(documentParts)}]`;
  vm.runInContext(`(${expression("page")})((${built})(${natives}), ${lists});`, scope);
  return scope.page;
}
