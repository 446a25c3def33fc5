import { assert, assertEquals, assertRejects } from "@std/assert";
import { drawChart } from "../../../bench/draw/chart_svg.ts";
import { downloadLink } from "../../../bench/draw/download.ts";
import { drawShapes } from "../../../bench/draw/drawing.ts";
import { markupText, nameFrom } from "../../../bench/draw/markup.ts";
import { page } from "../../../bench/draw/page.ts";
import {
  CATEGORY_COLORS,
  PAGES,
  REST_COLOR,
  VERDICT_MARKS,
} from "../../../bench/draw/palette.ts";
import { inlinePicture, pictureFile } from "../../../bench/draw/picture.ts";

/** Relative luminance (WCAG 2.2, "relative luminance"). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)]
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

Deno.test("colours can be told from both pages, and words read on them", () => {
  // Black on white is 21 : 1 by definition.
  assertEquals(contrast("#000000", "#ffffff"), 21);
  const colors = [
    ...CATEGORY_COLORS,
    REST_COLOR,
    ...Object.values(VERDICT_MARKS).map(({ color }) => color),
  ];
  for (const color of colors) {
    assert(contrast(color, "#ffffff") >= 4.5, `white on ${color}`);
    for (const { page } of Object.values(PAGES)) {
      assert(contrast(color, page) >= 3, `${color} on ${page}`);
    }
  }
  for (const { page, text } of Object.values(PAGES)) {
    assert(contrast(page, text) >= 7);
  }
  const shapes = Object.entries(VERDICT_MARKS).map(([, { shape }]) => shape);
  assertEquals(new Set(shapes).size, shapes.length);
});

Deno.test("markupText() leaves nothing that is markup or turns the text", () => {
  assertEquals(
    markupText(`<a href="x" id='y'>&amp;\u202e\u001b\n\u2028`),
    "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;" +
      "\\u202e\\x1b\\x0a\\u2028",
  );
});

Deno.test("nameFrom() makes names that are files of the folder alone", () => {
  assertEquals(nameFrom("128k-scattered"), "128k-scattered");
  assertEquals(nameFrom("../../etc/passwd"), "etc-passwd");
  assertEquals(nameFrom("soa(phys_flags)"), "soa-phys_flags");
  assertEquals(nameFrom("--force"), "force");
  assertEquals(nameFrom("\u202e"), "x");
  assertEquals(nameFrom("a".repeat(500)).length, 80);
});

Deno.test("drawChart() draws names of strangers as text", async () => {
  const name = `<script>"' + datum.x \${y}`;
  const { body, widthPx, heightPx } = await drawChart({
    width: 100,
    height: { step: 20 },
    data: { values: [{ name, value: 3 }] },
    mark: "bar",
    encoding: {
      y: { field: "name", type: "nominal", sort: null },
      x: { field: "value", type: "quantitative" },
    },
  });
  assert(widthPx > 100 && heightPx > 20);
  assertEquals(body.includes("<script"), false);
  assert(body.includes(`&lt;script&gt;"' + datum.x `), body);
  // The page says the rest once.
  assertEquals(/role=|aria-|class=/.exec(body), null);
});

Deno.test("drawChart() loads nothing, and refuses what is no chart", async () => {
  const spec = {
    data: { url: "https://example.invalid/a.json" },
    mark: "bar",
    encoding: { x: { field: "a", type: "quantitative" } },
  };
  const warnings: string[] = [];
  await drawChart(spec, (text) => warnings.push(text));
  assert(/Cannot load anything/.test(warnings.join()), warnings.join());
  await assertRejects(() => drawChart({ mark: "no such mark" }), Error);
});

Deno.test("drawShapes() merges what looks alike, and escapes words", () => {
  const box = {
    kind: "box",
    ...{ y: 0, width: 5, height: 4 },
    fill: "#0072b2",
  } as const;
  const { body } = drawShapes({
    widthPx: 20,
    heightPx: 10,
    shapes: [
      { ...box, x: 0 },
      { ...box, x: 6 },
      { ...box, x: 12, tip: "<b>" },
      { ...box, x: 0, fill: "hole" },
      { kind: "words", x: 1, y: 2, text: "</svg>" },
    ],
  }, "one");
  assert(body.includes('d="M0,0h5v4h-5zM6,0h5v4h-5z"'), body);
  assert(body.includes("<title>&lt;b&gt;</title>"), body);
  assert(body.includes(">&lt;/svg&gt;</text>"), body);
  assert(body.includes('id="one-hole"') && body.includes("url(#one-hole)"));
});

Deno.test("a picture says what it is, inline and alone", () => {
  const picture = { widthPx: 10, heightPx: 5, body: "<g/>" };
  const words = { title: "<t>", description: "d & e" };
  for (
    const [id, svg] of [
      ["x", inlinePicture(picture, words, "x")],
      ["picture", pictureFile(picture, words)],
    ]
  ) {
    assert(
      svg !== undefined &&
        svg.includes(`aria-labelledby="${id}-title ${id}-desc"`),
      svg,
    );
    assert(svg.includes(`<title id="${id}-title">&lt;t&gt;</title>`), svg);
    assert(svg.includes(`<desc id="${id}-desc">d &amp; e</desc>`), svg);
  }
  assert(pictureFile(picture, words).includes("prefers-color-scheme:dark"));
});

Deno.test("a page has no script, no link to outside, and a policy", () => {
  const text = page({
    title: "<x>",
    parts: [{ id: "a", heading: "<y>", body: "<p>z</p>" }],
  });
  assert(text.startsWith("<!DOCTYPE html>"));
  assert(text.includes("default-src 'none'"));
  assertEquals(/<script|https?:|@import|url\(/i.exec(text), null);
  assert(text.includes("<title>&lt;x&gt;</title>"));
  assert(text.includes(">&lt;y&gt;</h2>"));
});

Deno.test("downloadLink() has the text, packed where it is long", async () => {
  const short = await downloadLink("a.json", '{"a":"\u00e4"}');
  const packed = /href="data:application\/json;base64,([^"]*)"/.exec(short);
  assertEquals(
    new TextDecoder().decode(Uint8Array.fromBase64(packed?.[1] ?? "")),
    '{"a":"\u00e4"}',
  );
  const text = JSON.stringify("x".repeat(100_000));
  const long = await downloadLink("a.json", text);
  assert(long.includes('download="a.json.gz"'));
  assert(long.length < 1000, `${long.length}`);
  const gz = /href="data:application\/gzip;base64,([^"]*)"/.exec(long)?.[1];
  const stream = new Blob([Uint8Array.fromBase64(gz ?? "")]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(stream).text(), text);
  // The same text gives the same page.
  assertEquals(await downloadLink("a.json", text), long);
});
