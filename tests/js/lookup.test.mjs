import assert from "node:assert/strict";
import test from "node:test";
import { lookup } from "./load.mjs";

const bytes = (text) => new TextEncoder().encode(text);
const url = (text) => new URL(text, "https://site.test");
const plain = (value) => JSON.parse(JSON.stringify(value ?? null));

// http://www.isthe.com/chongo/src/fnv/test_fnv.c
for (const [text, expected] of [
  ["", "811c9dc5"],
  ["a", "e40c292c"],
  ["foobar", "bf9cf968"],
  ["é", "1e9de8c1"],
]) {
  test(`FNV-1a of ${JSON.stringify(text)}`, () => {
    assert.equal(lookup({}).hash(bytes(text)), expected);
  });
}

const FILES = {
  "site.test": {
    "/": "site.test/index.html",
    "/page.html": 0,
    "/a.js?v=1": "site.test/a.js",
    "/list?page=1&_=99": "site.test/list-1",
    "/list?page=2": "site.test/list-2",
    "/only?id=1": "site.test/only",
    "/own.png": "/images/own.png",
    "/a%7Cb": "site.test/bar",
    "/gone": 404,
    "/secret": 403,
    "REFUSED /secret": "site.test/secret.json",
    "HEADERS /page.html": "x-a: 1\nx-b: 2",
  },
};

for (const [asked, expected] of [
  ["/", "sites/site.test/index.html"],
  ["/page.html", "sites/site.test/page.html"], // 0 is the natural place
  ["/a.js?v=2", "sites/site.test/a.js"], // a version says nothing
  ["/a.js?theme=dark", "sites/site.test/a.js"], // no query means anything to a static file
  ["/list?_=5&page=1", "sites/site.test/list-1"], // in any order, without what is volatile
  ["/list?page=2", "sites/site.test/list-2"],
  ["/list?page=3", null], // other data
  ["/only?id=2", null],
  ["/only", "sites/site.test/only"], // the only one there is
  ["/own.png", "images/own.png"], // the deck's own
  ["/a|b", "sites/site.test/bar"], // as one browser writes it, and as the other does
  ["/gone", null],
  ["/nowhere", null],
  ["https://other.test/", null],
]) {
  test(`find ${asked}`, () => {
    assert.equal(lookup(FILES).find(url(asked))?.path ?? null, expected);
  });
}

test("a refusal has its status, and the file that came with it", () => {
  const maps = lookup(FILES);
  assert.equal(maps.find(url("/gone")).status, 404);
  const { path, status, body } = maps.find(url("/secret"));
  assert.deepEqual([path, status, body], [undefined, 403, "sites/site.test/secret.json"]);
});

test("header fields belong to their answer", () => {
  assert.equal(lookup(FILES).find(url("/page.html")).headers, "x-a: 1\nx-b: 2");
});

const SENT = {
  "site.test": {
    "POST /api bf9cf968": "site.test/foobar.json",
    "POST /api e40c292c": "site.test/a.json",
    "POST /one 811c9dc5": "site.test/one.json",
    "PUT /api bf9cf968": 204,
  },
};

for (const [method, asked, body, expected] of [
  ["POST", "/api", "foobar", "sites/site.test/foobar.json"],
  ["POST", "/api", "a", "sites/site.test/a.json"],
  ["POST", "/api", "b", null], // two are known, none of them is this
  ["POST", "/one", "anything", "sites/site.test/one.json"], // the only one to that address
  ["POST", "/api?x", "a", null],
  ["DELETE", "/api", "a", null],
]) {
  test(`${method} ${asked} with ${body}`, () => {
    assert.equal(lookup(SENT).findSent(method, url(asked), bytes(body))?.path ?? null, expected);
  });
}

test("a form's boundary does not count", () => {
  const form = (boundary) => `--${boundary}\r\nname="a"\r\n\r\nü\r\n--${boundary}--\r\n`;
  const type = (boundary) => `multipart/form-data; boundary=${boundary}`;
  const key = lookup({}).hash(bytes(form("boundary")));
  const maps = lookup({ "site.test": { [`POST /f ${key}`]: "one", "POST /f 00000000": "two" } });
  for (const boundary of ["----WebKitFormBoundaryx7", "--geckoformboundary9"]) {
    const found = maps.findSent("POST", url("/f"), bytes(form(boundary)), type(boundary));
    assert.equal(found.path, "sites/one");
  }
});

const PARTS = {
  "site.test": {
    "RANGE /map.bin 0-99/5000": "site.test/map-0",
    "RANGE /map.bin 100-4999/5000": "site.test/map-100",
  },
};

for (const [range, expected] of [
  ["bytes=0-99", ["sites/site.test/map-0", 0]],
  ["bytes=10-20", ["sites/site.test/map-0", 0]],
  ["bytes=100-199", ["sites/site.test/map-100", 100]],
  ["bytes=4990-9999", ["sites/site.test/map-100", 100]], // ends with the file
  ["bytes=50-150", null], // in no single part
  ["bytes=-500", null],
  ["bytes=100-", null],
  ["", null],
]) {
  test(`the part of a file for "${range}"`, () => {
    const found = lookup(PARTS).findRange(url("/map.bin"), range);
    assert.deepEqual(found && [found.path, found.start], expected);
    if (found) assert.equal(found.size, 5000);
  });
}

test("what a script reads where a page is shown, and what a HEAD was answered", () => {
  const maps = lookup({
    "site.test": { "/p": "site.test/p.html", "DATA /p": "site.test/p.json", "HEAD /h": 204 },
  });
  assert.equal(maps.find(url("/p")).path, "sites/site.test/p.html");
  assert.equal(maps.findData(url("/p")).path, "sites/site.test/p.json");
  assert.equal(maps.findHead(url("/h")).status, 204);
  assert.equal(maps.findHead(url("/p")), null);
});

test("an address that was redirected says where it ended", () => {
  const maps = lookup({
    "short.test": { "/x": "site.test/page.html" },
    "site.test": { "/page.html": 0, "HEADERS /page.html": "x-a: 1" },
  });
  assert.deepEqual(plain(maps.end(maps.find(url("https://short.test/x")))), {
    address: "site.test/page.html",
    headers: "x-a: 1",
  });
  assert.equal(maps.end(maps.find(url("/page.html"))), null);
});

test("each file knows its live address", () => {
  const maps = lookup({
    "short.test": { "/x": "site.test/page.html" },
    "site.test": {
      "/page.html": 0,
      "/q?a=1": "site.test/q",
      "POST /api 1": "site.test/api",
      "RANGE /m 0-9/10": "site.test/part",
    },
  });
  assert.equal(maps.original("sites/site.test/page.html"), "site.test/page.html");
  assert.equal(maps.original("sites/site.test/q"), "site.test/q?a=1");
  assert.equal(maps.original("sites/site.test/api"), "");
  assert.equal(maps.original("sites/site.test/part"), null);
  assert.equal(maps.original("sites/site.test/other"), undefined);
  const visited = [];
  maps.each((address, path) => visited.push(`${address} ${path}`));
  assert.deepEqual(visited, [
    "short.test/x sites/site.test/page.html",
    "site.test/page.html sites/site.test/page.html",
    "site.test/q?a=1 sites/site.test/q",
  ]);
});
