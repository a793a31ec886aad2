// fetch() and event streams in the global object of a worker; bodies stand in data: URLs, as in a
// folder that was opened from file://.
import assert from "node:assert/strict";
import test from "node:test";
import { pageContext } from "./load.mjs";

const dataUrl = (text, type = "text/plain") => `data:${type};base64,${btoa(text)}`;
const MAP = {
  "site.test": {
    "/list.json": 0,
    "HEADERS /list.json": "x-total: 3\ncontent-type: application/json",
    "/gone": 404,
    "/secret": 403,
    "REFUSED /secret": "site.test/secret.json",
    "POST /api bf9cf968": "site.test/answer.json",
    "HEAD /empty": 204,
    "RANGE /map.bin 100-104/5000": "site.test/map-100",
    "/events": 0,
  },
  "short.test": { "/x": "site.test/list.json" },
  "cdn.test": { "/a.txt": 0 },
};
const DATA = {
  "sites/site.test/list.json": dataUrl("[1,2,3]", "application/json"),
  "sites/site.test/secret.json": dataUrl('{"error":"login"}', "application/json"),
  "sites/site.test/answer.json": dataUrl("{}", "application/json"),
  "sites/site.test/map-100": dataUrl("abcde", "application/octet-stream"),
  "sites/site.test/events": dataUrl(
    "data: one\n\nevent: tick\nid: 7\ndata: 2\ndata: 3\n\ndata: cut",
  ),
  "sites/cdn.test/a.txt": dataUrl("0123456789"),
};

function context() {
  class EventSource {} // the browser's own, which is replaced
  const page = pageContext({
    url: "https://site.test/app/",
    map: MAP,
    root: "file:///talks/deck/",
    given: { __deckarchive_data: DATA, EventSource },
  });
  return page;
}

test("a captured answer comes with its address, status and header fields", async () => {
  const response = await context().scope.fetch("/list.json");
  assert.equal(response.clone().url, response.url);
  assert.deepEqual(await response.json(), [1, 2, 3]);
  assert.equal(response.url, "https://site.test/list.json");
  assert.equal(response.status, 200);
  assert.equal(response.type, "basic");
  assert.equal(response.redirected, false);
  assert.equal(response.headers.get("x-total"), "3");
  assert.equal(response.headers.get("content-length"), "7");
});

test("a redirected one says where it ended", async () => {
  const response = await context().scope.fetch("https://short.test/x");
  assert.equal(response.url, "https://site.test/list.json");
  assert.equal(response.redirected, true);
  assert.equal(response.type, "cors");
});

test("a refusal has its status, and the body that came with it", async () => {
  const { scope } = context();
  assert.equal((await scope.fetch("/gone")).status, 404);
  const response = await scope.fetch("/secret");
  assert.equal(response.status, 403);
  assert.deepEqual(await response.json(), { error: "login" });
});

test("a request with a body is answered by what it sends", async () => {
  const { scope } = context();
  for (const body of ["foobar", new TextEncoder().encode("foobar"), new Blob(["foobar"])]) {
    const response = await scope.fetch("/api", { method: "POST", body });
    assert.equal(await response.text(), "{}");
  }
});

test("a HEAD is answered by what a HEAD was", async () => {
  assert.equal((await context().scope.fetch("/empty", { method: "HEAD" })).status, 204);
});

test("what was not captured fails as with no network, and is noted", async () => {
  const page = context();
  await assert.rejects(page.scope.fetch("https://none.test/x"), {
    name: "TypeError",
    message: "Failed to fetch",
  });
  await assert.rejects(page.scope.fetch("/empty"), { name: "TypeError" });
  assert.deepEqual([...page.unresolved], ["https://none.test/x", "https://site.test/empty"]);
});

for (const [url, range, expected] of [
  ["https://cdn.test/a.txt", "bytes=2-4", ["234", "bytes 2-4/10"]],
  ["https://cdn.test/a.txt", "bytes=7-", ["789", "bytes 7-9/10"]],
  ["https://cdn.test/a.txt", "bytes=-3", ["789", "bytes 7-9/10"]],
  ["https://cdn.test/a.txt", "bytes=8-99", ["89", "bytes 8-9/10"]],
  ["/map.bin", "bytes=101-102", ["bc", "bytes 101-102/5000"]], // of a file known in parts
]) {
  test(`${range} of ${url}`, async () => {
    const response = await context().scope.fetch(url, { headers: { Range: range } });
    assert.equal(response.status, 206);
    assert.deepEqual([await response.text(), response.headers.get("content-range")], expected);
  });
}

test("the bytes of what a request sends", () => {
  const { bytesOf } = context();
  const text = (body) => new TextDecoder().decode(bytesOf(body));
  assert.equal(text("é"), "é");
  assert.equal(text(new URLSearchParams({ a: "1 2" })), "a=1+2");
  assert.equal(text(new TextEncoder().encode("xabx").subarray(1, 3)), "ab");
  assert.equal(bytesOf(null).length, 0);
});

test("a recorded event stream is replayed, but for what its end cut off", async () => {
  const { scope } = context();
  const source = new scope.EventSource("/events");
  const got = [];
  await new Promise((done) => {
    source.onmessage = ({ data }) => got.push(["message", data]);
    source.addEventListener("tick", ({ data, lastEventId, origin }) => {
      got.push(["tick", data, lastEventId, origin]);
      done();
    });
  });
  assert.deepEqual(got, [
    ["message", "one"],
    ["tick", "2\n3", "7", "https://site.test"],
  ]);
  assert.equal(source.url, "https://site.test/events");
});
