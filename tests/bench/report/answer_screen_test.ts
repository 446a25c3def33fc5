import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { layouts as registered } from "../../../layouts/registry.ts";
import {
  answer,
  SCREEN_COLUMNS,
  SCREEN_LINES,
} from "../../../bench/report/answer.ts";
import type {
  LabResult,
  ResultCell,
  ResultLayout,
} from "../../../bench/result/result.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import { DEFAULT_LAYOUTS } from "../../../bench/setup/run_layouts.ts";
import { rebaseResult } from "../../../bench/result/rebase_result.ts";
import { fixedCell, fixedLayout, fixedResult } from "./fixed_result.ts";

/** Messages as long as those of the lab get. */
const WARNINGS = [
  ["other-work", "other work took 83 % of the CPUs while the lab waited"],
  ["modified-checkout", `the checkout is not commit ${"a".repeat(12)}: b.ts`],
  ["few-rounds", "4 rounds per build are too few for a median"],
  ["no-native-engine", `Cannot run C compiler "cc": ${"not found ".repeat(9)}`],
  ["cut-ios", `${"1000 I/Os are longer than 8 MiB: each was ".repeat(3)}`],
  ["rounded-ios", "3 I/Os were widened to whole sectors of 512 B"],
  ["noisy-control", "identical code differed by 11%"],
  ["not-steady", "9 of 39 warm-ups ended while times were still changing"],
  ["engines-apart", `js takes 7 times as long as C: ${"phyr, ".repeat(20)}`],
].map(([code = "", message = ""]) => ({ code, message, hint: "hint" }));

/** What a screen may have to hold. */
const shape = fc.record({
  layouts: fc.constantFrom(
    ["phys_packed"],
    DEFAULT_LAYOUTS,
    registered.map(({ name }) => name),
  ),
  ownLayouts: fc.constantFrom(0, 1, 8),
  workloads: fc.constantFrom(
    ["4k-hot"],
    ["4k-hot", "128k-scattered"],
    ["4k-hot", "128k-scattered", "1m-p2p"],
    Array.from({ length: 7 }, (_, i) => `/a/rather/long/path/to/trace${i}.log`),
  ),
  engines: fc.constantFrom<ResultCell["engine"][]>(
    ["js"],
    ["native"],
    ["js", "native"],
  ),
  times: fc.constantFrom("none", "faster", "slower", "noisy", "untimed"),
  areEqual: fc.boolean(),
  hasLines: fc.boolean(),
  isBusy: fc.boolean(),
  warnings: fc.subarray(WARNINGS),
  leftOut: fc.constantFrom(0, 1, 20),
  baseline: fc.constantFrom(undefined, "phys_packed", "missing"),
  command: fc.constantFrom(
    undefined,
    "run",
    `run ${"--p2p-provider-of-a-long-name x ".repeat(30)}`,
  ),
  isWhole: fc.boolean(),
  isBig: fc.boolean(),
  hasGroups: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer Found> ? Found : never;

function resultOf(of: Shape): LabResult {
  const own = Array.from(
    { length: of.ownLayouts },
    (_, i) => `own_struct_of_a_mail_${i}`,
  );
  const names = [...new Set(["page_offset", ...of.layouts, ...own])];
  const layoutOf = (name: string, i: number): ResultLayout => {
    const ratio = of.times === "faster"
      ? { median: 0.5, low: 0.4, high: 0.6 }
      : { median: 1.5, low: 1.2, high: 3 };
    const isTimed = of.times !== "untimed";
    const isShown = of.times === "faster" || of.times === "slower";
    return fixedLayout({
      name,
      nsPerIo: isTimed ? fixedLayout().nsPerIo : null,
      ratio: isTimed ? (isShown ? ratio : fixedLayout().ratio) : null,
      verdict: isTimed && i > 0
        ? isShown ? of.times as "faster" | "slower" : "no difference shown"
        : null,
      detectable: of.times === "noisy" ? 0.9 : 0.11 + i / 1000,
      counts: {
        ...fixedLayout().counts,
        ...(of.hasLines
          ? {
            linesPerIo: (of.areEqual ? 91.25 : 91.25 + i) *
              (of.isBig ? 1e6 : 1),
          }
          : {}),
      },
    });
  };
  const cells = of.workloads.flatMap((workload) =>
    of.engines.map((engine) =>
      fixedCell({
        workload,
        engine,
        kernel: "7.2",
        layouts: names.map(layoutOf),
        warnings: of.warnings,
        leftOut: Array.from({ length: of.leftOut }, (_, i) => ({
          name: `left_out_${i}`,
          reason: "reaches less far",
        })),
        complete: of.isWhole,
      })
    )
  );
  const result = fixedResult({
    config: {
      ...completeOptions({}),
      layouts: [
        ...names.slice(0, names.length - own.length),
        ...own.map((name) => ({
          name,
          title: `a struct ${"of mine ".repeat(9)}`,
        })),
      ],
      workloads: [...of.workloads],
      ...(of.command === undefined ? {} : { command: of.command }),
      ...(of.baseline === undefined ? {} : { baseline: of.baseline }),
    },
    environment: {
      cpuModel: "Intel(R) Xeon(R) Platinum 8488C Processor",
      cpuCount: 192,
      deno: "2.9.6",
      commit: "c9b7f5298a5e7e0d9c0a9a1f2b3c4d5e6f708192",
      date: "2026-11-29T12:40:25Z",
    },
    warnings: of.isBusy ? WARNINGS.slice(0, 2) : [],
    complete: of.isWhole,
    ...(of.isWhole ? {} : { interrupted: true }),
    cells,
  });
  return of.baseline === "phys_packed" && names.includes(of.baseline)
    ? rebaseResult(result, of.baseline)
    : result;
}

Deno.test("answer.render() of any result is one screen of 45 lines of 80 columns", () => {
  fc.assert(
    fc.property(shape, (of) => {
      const text = answer.render(resultOf(of));
      const lines = text.trimEnd().split("\n");
      assert(lines.length <= SCREEN_LINES, `${lines.length}:\n${text}`);
      assert(lines.every((line) => line.length <= SCREEN_COLUMNS), text);
      assert(!/NaN|undefined|\[object/.test(text), text);
      assertMatch(text, /^(Cache lines|Nothing to compare)/);
      // Not even the longest has to be cut off.
      assert(!text.includes("(--details has the rest)"), text);
    }),
    { numRuns: 400 },
  );
});

/** What a run without options gave: lines vs page_offset, and times. */
const SEEN: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["phys_flags", [0, 0]],
  ["phys_len", [0, 0.931]],
  ["phyr", [0, 0.932]],
  ["phys_packed", [-4, 0]],
  ["len31_p2p", [-4, 0]],
  ["len56_p2p", [0, 0.95]],
  ["scatterlist", [16, 1.077]],
  ["rlist_16", [12, 1.24]],
  ["soa_phys_len", [0, 0.931]],
]);

Deno.test("answer.render() of a run without options says what each layout is", () => {
  const cellOf = (workload: string, isTimed: boolean) =>
    fixedCell({
      workload,
      kernel: "7.2",
      submitter: "user",
      leftOut: [],
      warnings: isTimed
        ? WARNINGS.filter(({ code }) => /^(few|noisy|not)-/.test(code))
        : [],
      layouts: DEFAULT_LAYOUTS.map((name, i) => {
        const [lines, time] = SEEN.get(name) ?? [0, 0];
        const isShown = isTimed && time > 0;
        const ratio = isShown
          ? { median: time, low: time - 0.04, high: time + 0.04 }
          : { median: 1, low: 0.95, high: 1.05 };
        return fixedLayout({
          name,
          ratio: isTimed ? ratio : null,
          nsPerIo: isTimed ? fixedLayout().nsPerIo : null,
          verdict: !isTimed
            ? null
            : !isShown
            ? "no difference shown"
            : time < 1
            ? "faster"
            : "slower",
          detectable: 0.043 + i / 500,
          bytesPerSegment: [16, 16, 16, 12, 12, 12, 16, 32, 18][i] ?? 12,
          counts: {
            ...fixedLayout().counts,
            linesPerIo: 91.25 + (isTimed ? lines : 0),
          },
        });
      }),
    });
  const text = answer.render(fixedResult({
    config: { ...completeOptions({}), command: "run" },
    environment: {
      cpuModel: "AMD EPYC",
      cpuCount: 2,
      deno: "2.9.6",
      commit: "89a4c7038c50",
      date: "2026-11-29T17:42:06Z",
    },
    warnings: WARNINGS.slice(0, 2),
    cells: [cellOf("4k-hot", false), cellOf("128k-scattered", true)],
  }));
  const said = text.replaceAll(/\s+/g, " ");
  const shown = registered.filter(({ name }) =>
    new RegExp(`^${name} +\\d`, "m").test(text)
  );
  // Sentences of more lines may take the room of a row.
  assert(shown.length >= DEFAULT_LAYOUTS.length - 2, text);
  for (const { name, title } of shown) {
    assert(said.includes(`${name}: ${title}`), `${name}\n${text}`);
  }
});

Deno.test("answer.render() says what of a large run it leaves out", () => {
  const large = fc.sample(shape, 1)[0] as Shape;
  const text = answer.render(resultOf({
    ...large,
    layouts: registered.map(({ name }) => name),
    workloads: Array.from({ length: 7 }, (_, i) => `trace${i}`),
    engines: ["js"],
    times: "slower",
    ownLayouts: 0,
    baseline: undefined,
    areEqual: false,
    hasLines: true,
    isBig: false,
  }));
  const [, named = "", more = "", workloads] = text.match(
    /Not shown: ([\w, ]+) and (\d+) more; (\d) workloads\./,
  ) ?? [];
  const shown = registered.map(({ name }) => name).filter((name) =>
    new RegExp(`^${name} +\\d`, "m").test(text)
  );
  const leftOut = named.split(", ");
  assertEquals(leftOut.filter((name) => shown.includes(name)), [], text);
  // Each layout is in the table, named or counted.
  assertEquals(
    shown.length + leftOut.length + Number(more),
    registered.length,
    text,
  );
  const columns = new Set(
    [...text.matchAll(/ (trace\d)(?= |$)/gm)].map(([, name]) => name),
  );
  assertEquals(Number(workloads), 7 - columns.size, text);
  assertMatch(text, /^page_offset +16 /m);
});

Deno.test("answer.render() tells warnings in words, what was not run first", () => {
  const [small] = fc.sample(shape, { numRuns: 1, seed: 1 }) as [Shape];
  const text = answer.render(resultOf({
    ...small,
    layouts: ["phys_packed"],
    ownLayouts: 0,
    workloads: ["4k-hot"],
    engines: ["js"],
    warnings: WARNINGS.filter(({ code }) =>
      ["few-rounds", "noisy-control", "no-native-engine"].includes(code)
    ),
    isBusy: true,
    leftOut: 0,
    command: undefined,
    baseline: undefined,
  })).replaceAll("\n", " ");
  assertEquals(
    /\d+ warnings[^.]*(?:\.\.\.)?.*?more\./.exec(text)?.[0],
    '5 warnings (--details: hints): Cannot run C compiler "cc": not found not ' +
      "found not found not found not found not found...; other work took 83 % " +
      `of the CPUs while the lab waited; the checkout is not commit ` +
      `${"a".repeat(12)}: b.ts; 2 more.`,
  );
});
