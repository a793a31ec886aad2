import assert from "node:assert/strict";
import test from "node:test";
import { pageContext } from "./load.mjs";

const URL_PARTS = ["urls", "markup"];
const HTTP = "https://folder.test/";
const FILE = "file:///talks/deck/";
const MAP = {
  "site.test": {
    "/docs/page.html": 0,
    "/docs/app.js?v=1": "site.test/docs/app.js",
    "/api/list?page=2": "site.test/api/list.json",
    "/gone": 410,
    "/embed?origin=https%3A%2F%2Fsite.test": "site.test/embed.html",
  },
  "cdn.test": { "/lib.js": 0 },
  "[::1]:8080": { "/x": 0 },
};

const context = (root, more = {}) =>
  pageContext({
    url: "https://site.test/docs/page.html",
    map: MAP,
    root,
    parts: URL_PARTS,
    ...more,
  });

const DOCS = "sites/site.test/docs/";
for (const [raw, expected] of [
  ["page.html", `${DOCS}page.html`],
  ["page.html#part", `${DOCS}page.html#part`],
  ["/docs/page.html", `${DOCS}page.html`],
  ["//site.test/docs/page.html", `${DOCS}page.html`],
  ["https://site.test/docs/page.html", `${DOCS}page.html`],
  ["http://site.test/docs/page.html", `${DOCS}page.html`], // whichever scheme was captured
  [" https://cdn.test/lib.js ", "sites/cdn.test/lib.js"],
  ["app.js?v=77", `${DOCS}app.js?v=77`], // the query of a script stays: it may read it
  ["/api/list?page=2", "sites/site.test/api/list.json"], // that of a file means nothing any more
]) {
  for (const root of [HTTP, FILE]) {
    test(`${raw} leads to its copy below ${root}`, () => {
      assert.equal(context(root).local(raw), root + expected);
    });
  }
}

for (const raw of [
  "data:text/plain,x",
  "blob:https://site.test/1",
  "javascript:void 0",
  "mailto:a@b.test",
  "#part",
  "",
  "https://nowhere.test/",
  "/gone",
  "/api/list?page=3",
]) {
  test(`${JSON.stringify(raw)} stays as it is`, () => {
    assert.equal(context(HTTP).local(raw), raw);
  });
}

test("what was refused has its status, what was not captured has nothing", () => {
  const page = context(HTTP);
  assert.equal(page.resolve("/gone").status, 410);
  const { path, status, url } = page.resolve("nothing.html");
  assert.deepEqual(
    [path, status, url.href],
    [undefined, undefined, "https://site.test/docs/nothing.html"],
  );
});

test("an address made of the location leads to the live site's", () => {
  const http = context(HTTP);
  assert.equal(http.local("//folder.test/docs/page.html"), `${HTTP}${DOCS}page.html`);
  // On file:// a location has no host: "//" + "" + path.
  const file = context(FILE);
  assert.equal(file.local("///docs/page.html"), `${FILE}${DOCS}page.html`);
});

test("a page's own address in a query is looked up as the live one", () => {
  const asked = (origin) => `/embed?origin=${encodeURIComponent(origin)}`;
  const copy = `${HTTP}sites/site.test/embed.html${asked("https://site.test").slice(6)}`;
  assert.equal(context(HTTP).local(asked(new URL(HTTP).origin)), copy);
  assert.equal(context(HTTP).local(asked("https://other.test")), asked("https://other.test"));
});

for (const [root, local, expected] of [
  [HTTP, "sites/site.test/docs/page.html?x=1#y", "https://site.test/docs/page.html?x=1#y"],
  [HTTP, "sites/site.test/api/list.json", "https://site.test/api/list?page=2"],
  [HTTP, "sites/cdn.test/lib.js", "https://cdn.test/lib.js"],
  [HTTP, "sites/host.test+8080/p", "https://host.test:8080/p"], // a port's colon is a plus
  [HTTP, "about.html", "https://site.test/about.html"], // a path of the server is the site's
  [FILE, "sites/site.test/docs/page.html", "https://site.test/docs/page.html"],
]) {
  test(`${root}${local} stands for ${expected}`, () => {
    assert.equal(context(root).reverse(new URL(local, root)).href, expected);
  });
}

test("on file:// a path that begins with a slash is the site's, on any drive", () => {
  for (const href of ["file:///docs/page.html?a=1", "file:///C:/docs/page.html?a=1"]) {
    assert.equal(context(FILE).reverse(new URL(href)).href, "https://site.test/docs/page.html?a=1");
  }
  assert.equal(context(FILE).reverse(new URL("https://cdn.test/")), null);
});

test("the deck's own files are where they are", () => {
  const deck = context(HTTP, { url: "http://deck.localhost/talk.html", own: true });
  assert.equal(deck.resolve("images/own.png"), null);
  assert.equal(deck.local("https://cdn.test/lib.js"), `${HTTP}sites/cdn.test/lib.js`);
  assert.equal(
    deck.reverse(new URL("notes/a.html", HTTP)).href,
    "http://deck.localhost/notes/a.html",
  );
  assert.equal(deck.reverse(new URL("index.html", HTTP)).href, "http://deck.localhost/talk.html");
});

test("on file:// a script reads a data: URL, a page is shown from its file", () => {
  const data = { "sites/site.test/api/list.json": "data:application/json;base64,W10=" };
  const page = context(FILE, { given: { __deckarchive_data: data } });
  const found = page.resolve("/api/list?page=2");
  assert.equal(page.readable(found), "data:application/json;base64,W10=");
  assert.equal(page.address(found), `${FILE}sites/site.test/api/list.json`);
  assert.equal(page.dataUrl(`${FILE}sites/site.test/api/list.json?x`), data[found.path]);
  assert.equal(
    context(HTTP, { given: { __deckarchive_data: data } }).readable(found),
    page.address(found).replace(FILE, HTTP),
  );
});

test("what was not captured is noted once, at most 200 times", () => {
  const page = context(HTTP);
  for (const href of ["https://a.test/", "https://a.test/", "blob:x", "https://site.test/gone"]) {
    page.noteUnresolved(new URL(href));
  }
  assert.deepEqual([...page.unresolved], ["https://a.test/"]);
  for (let n = 0; n < 300; n++) page.noteUnresolved(new URL(`https://a.test/${n}`));
  assert.equal(page.unresolved.size, 200);
});
