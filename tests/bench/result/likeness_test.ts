import { assertEquals } from "@std/assert";
import {
  cellKey,
  differences,
  differingKeys,
} from "../../../bench/result/likeness.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { fixedCell, fixedResult } from "../report/fixed_result.ts";

const base = fixedResult();
const keys = (after: LabResult) =>
  differingKeys(base, after).map(({ key }) => key);

Deno.test("differingKeys() of a result and itself are none", () => {
  assertEquals(keys(fixedResult()), []);
});

Deno.test("differingKeys() names parts of the machine, but not its load", () => {
  const { environment } = base;

  assertEquals(
    differingKeys(
      base,
      fixedResult({ environment: { ...environment, cpuModel: "Other" } }),
    ),
    [{
      key: "environment.cpuModel",
      before: "Example CPU 9000",
      after: "Other",
    }],
  );
  assertEquals(
    keys(fixedResult({
      environment: { ...environment, loadAverage: [9], commit: "ab" },
    })),
    [],
  );
});

Deno.test("differingKeys() compares each part of the machine that times depend on", () => {
  const { environment } = base;
  const parts = [
    ...["os", "osRelease", "arch", "cpuModel", "cpuCount", "memoryBytes"],
    ...["deno", "v8", "v8Flags", "compiler", "compilerFlags"],
  ];
  for (const part of parts) {
    assertEquals(
      keys(fixedResult({ environment: { ...environment, [part]: "other" } })),
      [`environment.${part}`],
    );
  }
});

Deno.test("differingKeys() names configuration, seed, cells and I/Os", () => {
  const { config } = base;
  const cell = fixedCell();
  const path = `cells[${cellKey(cell)}]`;

  assertEquals(
    keys(fixedResult({ config: { ...config, rounds: 5, json: "b.json" } })),
    ["config.rounds"],
  );
  assertEquals(
    keys(fixedResult({ config: { ...config, layouts: ["page_offset", "x"] } })),
    ["config.layouts[1]"],
  );
  assertEquals(keys(fixedResult({ seed: 2 })), ["seed"]);
  assertEquals(keys(fixedResult({ cells: [] })), [path]);
  assertEquals(
    keys(fixedResult({ cells: [cell, fixedCell({ abi: "ilp32" })] })),
    [path.replace("lp64", "ilp32")],
  );
  assertEquals(
    keys(fixedResult({
      cells: [fixedCell({ ios: { ...cell.ios, skipped: 4 } })],
    })),
    [`${path}.ios.skipped`],
  );
});

Deno.test("differingKeys() knows the submitter of each cell, also of an older file", () => {
  const cell = fixedCell();
  const { placement: _, ...older } = cell;
  const path = `cells[${cellKey(cell)}]`;
  const found = (submitter: string | undefined, config: string | undefined) =>
    differingKeys(
      fixedResult({ cells: [{ ...older, submitter }] }),
      fixedResult({
        config: {
          ...base.config,
          ...(config === undefined ? {} : { submitter: config }),
        },
      }),
    ).map(({ key }) => key);
  assertEquals(found("user", undefined), []);
  assertEquals(found("registered", "registered"), []);
  assertEquals(found("registered", undefined), [`${path}.submitter`]);
  assertEquals(found("registered", "user"), [`${path}.submitter`]);
  assertEquals(
    keys(fixedResult({ cells: [{ ...cell, placement: "elsewhere" }] })),
    [`${path}.placement`],
  );
});

Deno.test("differences() walks to the deepest key", () => {
  assertEquals(
    differences("a", { b: [1, { c: 2 }], d: 3 }, { b: [1, { c: 5 }], e: 4 }),
    [
      { key: "a.b[1].c", before: 2, after: 5 },
      { key: "a.d", before: 3, after: null },
      { key: "a.e", before: null, after: 4 },
    ],
  );
  assertEquals(differences("a", [1, 2], [1, 2]), []);
});

Deno.test("differingKeys() takes a file from before there were workers for one of one worker", () => {
  const { config } = base;
  const one = { workers: 1, devices: 0, poll: false, completeOn: "submitter" };

  assertEquals(keys(fixedResult({ config: { ...config, ...one } })), []);
  assertEquals(
    keys(fixedResult({ config: { ...config, ...one, workers: 2 } })),
    ["config.workers"],
  );
});
