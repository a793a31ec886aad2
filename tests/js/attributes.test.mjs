// The cases of the table of attributes, which Python runs too (tests/web/test_attributes.py).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { pageContext } from "./load.mjs";

const CASES = new URL("../web/cases/attributes.json", import.meta.url);
const page = pageContext({
  url: "https://site.test/",
  map: { "cdn.test": { "/a.png": 0 } },
  parts: ["urls", "markup"],
});

for (const [markup, held] of JSON.parse(readFileSync(CASES, "utf-8")).markup) {
  test(`${held ? "a URL" : "no URL"}: ${markup}`, () => {
    const text = markup.replace("URL", "https://cdn.test/a.png");
    const copy = markup.replace("URL", "https://folder.test/sites/cdn.test/a.png");
    assert.equal(page.markup(text), held ? copy : text);
  });
}
