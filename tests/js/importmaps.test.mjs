// Import maps that scripts make lead to copies when they come into the page.
import assert from "node:assert/strict";
import test from "node:test";
import { pageContext } from "./load.mjs";

const MAP = {
  "site.test": { "/": "site.test/index.html", "/js/own.js?v=2": "site.test/js/own.js" },
  "cdn.test": { "/lib@1/index.js": 0 },
};

function importMap(content, root = "https://folder.test/") {
  class Node {
    appendChild(child) {
      return child;
    }
  }
  class Element extends Node {}
  const page = pageContext({
    url: "https://site.test/",
    map: MAP,
    root,
    given: { Node, Element, JSON },
    parts: [
      ...["urls", "markup", "overrides"],
      "(page) => { page.joinedMap = (text) => JSON.stringify({ joined: JSON.parse(text) }); }",
      "importmaps",
    ],
  });
  const script = {
    localName: "script",
    type: "importmap",
    textContent: typeof content === "string" ? content : JSON.stringify(content),
    isConnected: false,
    ownerDocument: page.doc,
  };
  page.scope.Node.prototype.appendChild.call(new page.scope.Element(), script);
  return script.textContent;
}

const SITES = "https://folder.test/sites/";
for (const [given, expected] of [
  ["https://cdn.test/lib@1/index.js", `${SITES}cdn.test/lib@1/index.js`],
  ["./js/own.js", `${SITES}site.test/js/own.js`],
  ["/js/own.js?v=3", `${SITES}site.test/js/own.js?v=3`],
  ["https://cdn.test/lib@1/", `${SITES}cdn.test/lib@1/`], // a prefix: files within it are asked for
  ["https://other.test:8080/lib/", `${SITES}other.test+8080/lib/`],
  ["https://none.test/x.js", "https://none.test/x.js"],
  ["bare", "bare"], // an address must not be bare: the browser says so
  [null, null],
]) {
  test(`${given} becomes ${expected}`, () => {
    const made = JSON.parse(importMap({ imports: { name: given } }));
    assert.deepEqual(made, { imports: { name: expected }, scopes: {} });
  });
}

test("a scope is where its files stand", () => {
  const scopes = { "https://cdn.test/lib@1/": { a: "./js/own.js" } };
  assert.deepEqual(JSON.parse(importMap({ scopes })), {
    imports: {},
    scopes: { [`${SITES}cdn.test/lib@1/`]: { a: `${SITES}site.test/js/own.js` } },
  });
});

test("what is no JSON stays, and on file:// our own map joins", () => {
  assert.equal(importMap("{imports"), "{imports");
  const root = "file:///talks/deck/";
  const imports = { a: "https://cdn.test/lib@1/index.js" };
  assert.deepEqual(JSON.parse(importMap({ imports }, root)), {
    joined: { imports: { a: `${root}sites/cdn.test/lib@1/index.js` }, scopes: {} },
  });
});
