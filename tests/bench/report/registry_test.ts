import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv";
import { readResult } from "../../../bench/result/read_result.ts";
import { json } from "../../../bench/report/json.ts";
import { exporters } from "../../../bench/report/registry.ts";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

Deno.test("exporters have names of their own and end their last line", () => {
  const names = exporters.map(({ name }) => name);

  assertEquals(new Set(names).size, names.length);
  for (const exporter of exporters) {
    assertEquals(exporter.render(fixedResult()).endsWith("\n"), true);
  }
});

Deno.test("exporters never print NaN, undefined or null of a sparse result", () => {
  const { environment: _, ...rest } = fixedResult();
  const sparse = {
    ...rest,
    environment: {},
    warnings: [],
    cells: rest.cells.map((cell) => ({
      ...cell,
      baseline: undefined,
      builds: undefined,
      description: undefined,
      kernel: undefined,
      noiseFloor: null,
      placement: undefined,
      rounds: undefined,
      layouts: cell.layouts.map(({ name, counts }) => ({
        name,
        counts,
        nsPerIo: null,
        ratio: null,
        verdict: null,
      })),
    })),
  };
  for (const exporter of exporters.filter(({ name }) => name !== "json")) {
    assertEquals(
      /NaN|undefined|null/.exec(exporter.render(sparse))?.[0],
      undefined,
      exporter.name,
    );
  }
});

Deno.test("exporters print no interval of a single measurement", () => {
  const none = { low: null, high: null };
  const single = fixedResult({
    cells: [fixedCell({
      builds: 1,
      rounds: 1,
      noiseFloor: { ratio: { median: 1.004, ...none }, difference: 0.004 },
      harness: [{ name: "noop", nsPerIo: { median: 2, ...none } }],
      layouts: [
        fixedLayout({
          nsPerIo: { median: 120, ...none },
          ratio: { median: 1, ...none },
        }),
        fixedLayout({
          name: "phys_packed",
          nsPerIo: { median: 60, ...none },
          ratio: { median: 0.5, ...none },
          verdict: "no difference shown",
          detectable: null,
        }),
      ],
    })],
  });
  assertEquals(resultSchema.safeParse(single).error, undefined);
  const rendered = new Map(
    exporters.map(({ name, render }) => [name, render(single)]),
  );
  for (const [name, text] of rendered) {
    if (name === "json") continue;
    assertEquals(
      /NaN|null(?!\\?_path)|120-120|60-60|1-1|0\.500-/.test(text),
      false,
      text,
    );
  }
  const [row] = parse(rendered.get("csv") ?? "", { skipFirstRow: true })
    .slice(1);
  assertEquals(
    [row?.["nsPerIo.median"], row?.["nsPerIo.low"], row?.["ratio.high"]],
    ["60", "", ""],
  );
  const said = "1 build x 1 round per layout: a single measurement has no " +
    "interval and shows no difference.";
  for (const name of ["text", "markdown"]) {
    assertStringIncludes(
      (rendered.get(name) ?? "").replaceAll(/\s+/g, " "),
      said,
    );
  }
  assertStringIncludes(
    (rendered.get("mail") ?? "").replaceAll(/\s+/g, " "),
    "Time in JavaScript: nothing shown, too noisy or too short to tell.",
  );
});

Deno.test("json.render() is a result file", () => {
  const text = json.render(fixedResult());

  assertEquals(
    JSON.parse(JSON.stringify(readResult(text, "a.json"))),
    fixedResult(),
  );
  assertEquals(JSON.parse(text), fixedResult());
});
