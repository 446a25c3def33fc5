import { assertEquals } from "@std/assert";
import { readResult } from "../../../bench/read_result.ts";
import { json } from "../../../bench/report/json.ts";
import { exporters } from "../../../bench/report/registry.ts";
import { fixedResult } from "./fixed_result.ts";

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
      births: undefined,
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

Deno.test("json.render() is a result file", () => {
  const text = json.render(fixedResult());

  assertEquals(
    JSON.parse(JSON.stringify(readResult(text, "a.json"))),
    fixedResult(),
  );
  assertEquals(JSON.parse(text), fixedResult());
});
