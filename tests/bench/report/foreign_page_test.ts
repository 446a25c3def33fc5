/** No text of a stranger's result becomes markup of a page. */
import { assert, assertEquals } from "@std/assert";
import { renderPage } from "../../../bench/report/html.ts";
import { pages } from "../../../bench/report/registry.ts";
import { free, HOSTILE, hostile, undrawn, WILD } from "./hostile_result.ts";

/** All that a page is made of; `on...`, `src` and `action` are not among it. */
const ELEMENTS = new Set(
  ("html head meta link title style body header h1 h2 h3 p a nav ul li main " +
    "section div figure figcaption details summary table thead tbody tr th td " +
    "pre code strong svg desc g path line text rect defs pattern").split(" "),
);
const ATTRIBUTES = new Set(
  ("lang dir charset http-equiv content name rel href class id role " +
    "aria-labelledby aria-label tabindex scope colspan download xmlns focusable width " +
    "height viewbox fill stroke stroke-width stroke-opacity stroke-dasharray " +
    "stroke-miterlimit transform x y x1 x2 y1 y2 d opacity font-family " +
    "font-size font-weight text-anchor patternunits patterntransform")
    .split(" "),
);

/** Takes a page apart as a browser would, without what it forgives. */
function checkPage(html: string, told: string): void {
  assertEquals(WILD.exec(html), null, told);
  const body = html.replace(/<style>[^<]*<\/style>/, "")
    .replace("<!DOCTYPE html>", "");
  const tag = /<(\/?)([a-z0-9]+)((?: [a-zA-Z0-9:-]+="[^"<>]*")*) ?(\/?)>/gy;
  for (let at = 0; at < body.length;) {
    const next = body.indexOf("<", at);
    assertEquals(
      body.slice(at, next < 0 ? body.length : next).includes(">"),
      false,
      told,
    );
    if (next < 0) break;
    tag.lastIndex = next;
    const found = tag.exec(body);
    assert(found !== null, told + body.slice(next, next + 200));
    const [all, , name = "", attributes = ""] = found;
    assert(ELEMENTS.has(name), `${told}<${name}>`);
    for (
      const [, key = "", value = ""] of attributes.matchAll(
        / ([\w:-]+)="([^"]*)"/g,
      )
    ) {
      assert(ATTRIBUTES.has(key.toLowerCase()), `${told}${key}="${value}"`);
      if (key === "href") {
        assert(/^(#[\w.-]+$|data:)/.test(value), told + value);
      }
    }
    at = next + all.length;
  }
}

Deno.test("no text of a stranger's result becomes markup of a page", async () => {
  const options = { by: "structure" } as const;
  // Whole pages, drawn.
  for (const before of HOSTILE.filter((_, i) => i % 4 === 0)) {
    for (const { render } of pages) {
      checkPage(await render(hostile(before), options), before);
    }
  }
  // Pictures have the same labels: they are drawn above.
  for (const before of HOSTILE) {
    checkPage(await renderPage(hostile(before), options, undrawn), before);
  }
  for (const path of free.keys()) {
    const text = hostile("\"><i a='b'>&\n\u202e\u001b", path);
    checkPage(await renderPage(text, options, undrawn), path);
  }
});
