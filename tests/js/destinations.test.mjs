import assert from "node:assert/strict";
import test from "node:test";
import { pageContext } from "./load.mjs";

const MAP = {
  "site.test": {
    "/app": "site.test/app/index.html",
    "/about": "site.test/about.html",
    "/search?q=a": "site.test/search-a.html",
  },
  "www.site.test": { "/app": "site.test/app/index.html" },
};

/** The copy of https://site.test/app; `shim` says whether the location shim is at work. */
function context({ root = "https://folder.test/", readyState = "complete", shim = false, routed }) {
  const file = `${root}sites/site.test/app/index.html`;
  const script = {
    dataset: { url: "https://site.test/app", routed },
    src: `${root}runtime/page.js`,
    previousElementSibling: { src: `${root}runtime/maps/a.js` },
  };
  const location = new URL(file);
  class Document {
    createElement() {
      return {};
    }
  }
  class Element {
    before() {}
  }
  class History {
    replaceState(state, title, url) {
      location.href = url;
    }
  }
  const document = { baseURI: file, currentScript: script, readyState };
  return pageContext({
    url: "https://site.test/app",
    map: MAP,
    root,
    documentParts: [
      `(page) => { page.shim = { isActive: () => ${shim}, current: () => page.originalUrl }; }`,
      "destinations",
    ],
    parts: ["urls"],
    given: { Document, Element, History, document, history: {}, location },
  });
}

for (const [href, readyState, expected] of [
  ["https://site.test/app", "complete", true], // itself
  ["http://site.test/app#x", "complete", true],
  ["https://www.site.test/app", "complete", true], // led here when it was captured
  ["https://site.test/about", "complete", false],
  ["https://site.test/app?lang=fr", "loading", false], // what it reads there differs
  ["https://site.test/fr/", "loading", true], // not captured, while the page loads
  ["https://site.test/fr/", "complete", false], // later: it is said that it is missing
]) {
  test(`a copy of /app that is ${readyState} is${expected ? "" : " not"} at ${href}`, () => {
    assert.equal(context({ readyState }).isCurrent(new URL(href)), expected);
  });
}

const HTTP = "https://folder.test/";
const COPY = `${HTTP}sites/site.test/app/index.html`;
for (const [raw, expected] of [
  ["?page=2", `${COPY}?page=2`],
  ["#part", `${COPY}#part`],
  ["/app?page=2#part", `${COPY}?page=2#part`],
  ["/about", `${HTTP}sites/site.test/about.html`],
  ["/app/list?page=2", `${HTTP}sites/site.test/app/list?page=2`], // where its copy would stand
  ["https://other.test:8080/x", `${HTTP}sites/other.test+8080/x`],
  ["javascript:void 0", "javascript:void 0"], // the browser refuses it as it does live
]) {
  test(`pushState(${raw}) leads to ${expected}`, () => {
    const { target, moved } = context({}).historyTarget(raw);
    assert.deepEqual([target, moved], [expected, undefined]);
  });
}

test("what the browser refuses keeps its fragment", () => {
  assert.equal(context({}).historyTarget("/about#part").spare, `${COPY}#part`);
});

test("a page that reads its path from location has it, on a server", () => {
  const page = context({ routed: "sites/site.test/app/" });
  assert.equal(page.scope.location.href, "https://folder.test/app");
  assert.equal(page.historyTarget("/app/list?page=2#x").target, `${HTTP}app/list?page=2#x`);
  assert.equal(page.historyTarget("https://other.test/").target, undefined);
});

test("on file:// the shim follows, and the browser keeps the file", () => {
  const page = context({ root: "file:///talks/deck/", shim: true });
  const file = "file:///talks/deck/sites/site.test/app/index.html";
  const { target, moved, spare } = page.historyTarget("/app/list?page=2");
  assert.deepEqual(
    [target, moved.href, spare],
    [`${file}?page=2`, "https://site.test/app/list?page=2", undefined],
  );
  assert.deepEqual({ ...page.historyTarget("https://other.test/") }, { target: file });
});
