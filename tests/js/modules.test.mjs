// Modules on file://: what the folder's scripts hold becomes blob: and data: URLs.
import assert from "node:assert/strict";
import { resolveObjectURL } from "node:buffer";
import test from "node:test";
import { pageContext } from "./load.mjs";

const ROOT = "file:///talks/deck/";
const SCRIPTS = {
  "sites/site.test/main.js":
    'import { a } from "deckarchive:sites/site.test/a.js"; export default a;',
  "sites/site.test/a.js":
    'export const a = self.__deckarchive_meta(import.meta,"sites/site.test/a.js").url;',
  "sites/site.test/one.js": 'import "deckarchive:sites/site.test/two.js";',
  "sites/site.test/two.js": 'import "deckarchive:sites/site.test/one.js";',
};

const context = () =>
  pageContext({
    url: "https://site.test/",
    map: { "site.test": { "/main.js": 0, "/a.js": 0 } },
    root: ROOT,
    given: { __deckarchive_scripts: SCRIPTS },
  });
const textAt = (url) => resolveObjectURL(url).text();

test("the imports of a worker's module are blob: URLs, innermost first", async () => {
  const page = context();
  const main = await textAt(page.moduleUrl("sites/site.test/main.js"));
  const [, inner] = /from "(blob:[^"]+)"/.exec(main);
  assert.equal(inner, page.moduleUrl("sites/site.test/a.js"));
  assert.equal(await textAt(inner), SCRIPTS["sites/site.test/a.js"]);
});

test("each has one URL, and what is not there has none", () => {
  const page = context();
  const path = "sites/site.test/a.js";
  assert.equal(page.moduleUrl(path), page.moduleUrl(path));
  assert.equal(page.moduleUrl("sites/site.test/none.js"), undefined);
  assert.equal(page.moduleUrl("constructor"), undefined);
});

test("modules that import each other are cut where the circle closes", async () => {
  const text = await textAt(context().moduleUrl("sites/site.test/one.js"));
  const [, inner] = /"(blob:[^"]+)"/.exec(text);
  assert.equal(await textAt(inner), SCRIPTS["sites/site.test/two.js"]);
});

test("a worklet's module holds all that it imports, and its own address", async () => {
  const url = context().workletUrl("sites/site.test/main.js");
  assert.match(url, /^data:text\/javascript/);
  const { default: found } = await import(url);
  assert.equal(found, `${ROOT}sites/site.test/a.js`);
});

test("a file of the folder, from its URL", () => {
  const page = context();
  assert.equal(page.folderPath(`${ROOT}sites/site.test/a.js?v=1#x`), "sites/site.test/a.js");
  assert.equal(page.folderPath("https://site.test/a.js"), "");
});
