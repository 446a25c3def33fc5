import { assertEquals, assertThrows } from "@std/assert";
import {
  readSweep,
  resultOfSweep,
  sweepJsonSchema,
} from "../../../bench/sweep/read_sweep.ts";
import { parseConditions } from "../../../bench/result/where.ts";
import { fixedCell } from "../report/fixed_result.ts";

// After a wanted change: deno task docs
Deno.test("sweepJsonSchema() equals the committed file", async () => {
  const file = new URL("../../../bench/sweep.schema.json", import.meta.url);
  assertEquals(
    JSON.parse(await Deno.readTextFile(file)),
    JSON.parse(JSON.stringify(sweepJsonSchema())),
  );
});

const merged = (
  axes: Record<string, string>,
  machine: number | null = null,
) => ({
  id: Object.values(axes).join("-"),
  axes,
  machine,
  setup: { ...axes, workloads: ["w"], abis: [axes["abi"]], seed: 1 },
  cell: fixedCell({ workload: "w", abi: axes["abi"] ?? "lp64" }),
});

const SWEEP = {
  schemaVersion: 1,
  tool: { name: "bvec-lab", version: "0.1.0" },
  kind: "sweep",
  ...{ name: "n", plan: "p", axes: ["abi", "cpu"], version: "0.1.0" },
  ...{ commit: "c", codeDigest: null, machines: [{ arch: "a" }, {}] },
  ...{ complete: true, missing: [], leftOut: [], dropped: 0, repeated: 0 },
  cells: [
    merged({ abi: "lp64", cpu: "zen4" }),
    merged({ abi: "lp64", cpu: "a53" }),
    merged({ abi: "ilp32", cpu: "zen4" }, 0),
    merged({ abi: "lp64_be", cpu: "zen4" }, 1),
  ],
};

Deno.test("a part of a sweep is a result, where it tells its cells apart", () => {
  const sweep = readSweep(JSON.stringify(SWEEP), "s.json");
  const part = (...texts: string[]) =>
    resultOfSweep(sweep, parseConditions(texts));
  const { cells, config, environment } = part(
    "abi=lp64",
    "abi=ilp32",
    "cpu=zen4",
  );
  assertEquals(cells.map(({ abi }) => abi), ["lp64", "ilp32"]);
  // What they have in common, and lists of what they have not.
  assertEquals(config["cpu"], "zen4");
  assertEquals(config["abi"], undefined);
  assertEquals(config["abis"], ["lp64", "ilp32"]);
  assertEquals([environment["arch"], environment["commit"]], ["a", "c"]);
  assertEquals(part("abis=ilp32").cells, part("abi=ilp32").cells);
  assertThrows(() => part("abi=lp64"), RangeError, "cpu=zen4 and cpu=a53");
  assertThrows(() => part("cpu=zen4"), RangeError, "times of 2 machines");
  assertThrows(() => part("cpu=none"), RangeError, 'find cpu "none"');
});

Deno.test("readSweep() says what is wrong with a file", () => {
  const refused = (value: object, message: string) =>
    assertThrows(
      () => readSweep(JSON.stringify(value), "s.json"),
      TypeError,
      message,
    );
  refused({ ...SWEEP, kind: "result" }, 'Cannot read "s.json": kind is not');
  refused({ ...SWEEP, cells: [] }, "cells is not that of a sweep");
  refused(
    { ...SWEEP, cells: [{ ...merged({ abi: "lp64" }), cell: {} }] },
    "cells.0.",
  );
});
