import assert from "node:assert/strict";
import test from "node:test";
import { pageContext } from "./load.mjs";

const MAP = {
  "cdn.test": { "/a.png": 0, "/b.png": 0, "/f.woff2": 0, "/q?a=1&b=2": "cdn.test/q.png" },
};
const page = pageContext({ url: "https://site.test/", map: MAP, parts: ["urls", "markup"] });
const ROOT = "https://folder.test/sites/";

for (const [text, expected] of [
  [
    "//cdn.test/a.png 1x, https://cdn.test/b.png 2x",
    `${ROOT}cdn.test/a.png 1x, ${ROOT}cdn.test/b.png 2x`,
  ],
  ["//cdn.test/a.png", `${ROOT}cdn.test/a.png`],
  ["https://none.test/a.png 2x", "https://none.test/a.png 2x"],
  // A comma within an address does not part it from the next.
  ["https://none.test/w_100,h_50/a.png 1x", "https://none.test/w_100,h_50/a.png 1x"],
]) {
  test(`srcset ${text}`, () => assert.equal(page.srcset(text), expected));
}

for (const [text, expected] of [
  ["a { background: url(//cdn.test/a.png) }", `a { background: url(${ROOT}cdn.test/a.png) }`],
  [
    `a { background: url( "https://cdn.test/a.png" ) }`,
    `a { background: url( "${ROOT}cdn.test/a.png" ) }`,
  ],
  ["@import 'https://cdn.test/f.woff2';", `@import '${ROOT}cdn.test/f.woff2';`],
  ["a { background: url(a.png) }", "a { background: url(a.png) }"], // relative to its sheet
  [
    "a { background: url(https://none.test/a.png) }",
    "a { background: url(https://none.test/a.png) }",
  ],
  ["a { color: red }", "a { color: red }"],
]) {
  test(`css ${text}`, () => assert.equal(page.css(text), expected));
}

const IMAGE = `<img src="${ROOT}cdn.test/a.png">`;
for (const [text, expected] of [
  ['<img src="//cdn.test/a.png">', IMAGE],
  ["<img src=//cdn.test/a.png>", `<img src=${ROOT}cdn.test/a.png>`],
  ["<IMG alt='x > y' SRC='//cdn.test/a.png'>", `<IMG alt='x > y' SRC='${ROOT}cdn.test/a.png'>`],
  ['<img src="//cdn.test/q?a=1&amp;b=2">', `<img src="${ROOT}cdn.test/q.png">`],
  ['<img data-src="//cdn.test/a.png">', '<img data-src="//cdn.test/a.png">'],
  [
    '<p style="background:url(//cdn.test/a.png)">',
    `<p style="background:url(${ROOT}cdn.test/a.png)">`,
  ],
  // What stands in these is text, and a comment is none of the page's.
  [
    '<textarea><img src="//cdn.test/a.png"></textarea>',
    '<textarea><img src="//cdn.test/a.png"></textarea>',
  ],
  [
    `<script>"<img src='//cdn.test/a.png'>"</script>`,
    `<script>"<img src='//cdn.test/a.png'>"</script>`,
  ],
  ['<!-- <img src="//cdn.test/a.png"> -->', '<!-- <img src="//cdn.test/a.png"> -->'],
  ['<!-- <p> --><img src="//cdn.test/a.png">', `<!-- <p> -->${IMAGE}`],
  ['<title>a</title><img src="//cdn.test/a.png">', `<title>a</title>${IMAGE}`],
  // No policy stops a mere connection.
  ['<link rel="preconnect" href="https://none.test">', '<link rel="preconnect" href="data:,">'],
  ['<iframe src="https://none.test/">', '<iframe src="about:blank#https://none.test/">'],
  ["a < b && c", "a < b && c"],
]) {
  test(`markup ${text}`, () => assert.equal(page.markup(text), expected));
}

test("what is no text is taken as one", () => {
  assert.equal(page.markup(5), "5");
  assert.equal(page.css(null), "null");
});
