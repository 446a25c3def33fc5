/** Which results a run may repeat, and what is taken of their cells. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { cpuClocks } from "../../../bench/machine/cpu_clock.ts";
import { BASELINE } from "../../../bench/setup/baseline.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";
import { completeOptions } from "../../../bench/run/options.ts";
import { repeatedCells } from "../../../bench/run/repeat.ts";
import type { ResultTurns } from "../../../bench/result/timing_types.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";

const PLAN: CellPlan = {
  workload: "rand4k-hot",
  abi: findAbi("lp64"),
  recognition: "page",
  engine: "js",
  contenders: [{ layout: findLayout("phys_packed"), recognition: "page" }],
  leftOut: [],
};

const TIMING: NonNullable<ResultCell["timing"]> = {
  clock: cpuClocks().name,
  cacheState: "warm",
  sliceIos: { cold: 10, warm: 100 },
};

const CONTROL = "page_offset (control)";
const TURNS: readonly ResultTurns[] = [
  { name: BASELINE, warm: [[8, 8], [8, 8]], cold: [[20, 20], [20, 20]] },
  { name: "phys_packed", warm: [[6, 7], [9, 6]], cold: [[16, 18], [22, 18]] },
  { name: CONTROL, warm: [[8, 8], [10, 8]], cold: [[20, 20], [20, 20]] },
];

const at = (median: number) => ({ median, low: null, high: null });

/** What a file tells of those turns: medians of four, in logarithms. */
const TOLD: Partial<ResultCell> = {
  builds: 2,
  rounds: 2,
  noiseFloor: { ratio: at(1), difference: 0 },
  layouts: [
    fixedLayout({
      ...{ nsPerIo: at(8), ratio: at(1), betweenBuildSpread: null },
      cold: { nsPerIo: at(20), ratio: at(1), verdict: "no difference shown" },
    }),
    fixedLayout({
      ...{ name: "phys_packed", betweenBuildSpread: null },
      // Of 6, 6, 7 and 9, and of the same to 8.
      ...{ nsPerIo: at(Math.sqrt(42)), ratio: at(Math.sqrt(42) / 8) },
      cold: { nsPerIo: at(18), ratio: at(0.9), verdict: "no difference shown" },
    }),
  ],
};

/** A result whose one cell is that of the plan, timed in two builds. */
function earlier(
  change: Partial<ResultCell> = {},
  config: LabResult["config"] = { kernel: "7.2", depth: 32 },
): LabResult {
  return {
    ...fixedResult(),
    config,
    cells: [fixedCell({ timing: TIMING, turns: TURNS, ...TOLD, ...change })],
  };
}

/** Why a run is not repeated. */
function refusal(
  result: LabResult,
  { now = earlier(), plan = PLAN, run = {} }: {
    now?: LabResult;
    plan?: CellPlan;
    run?: Parameters<typeof completeOptions>[0];
  } = {},
): string {
  const of = {
    run: completeOptions({ workloads: ["rand4k-hot"], ...run }),
    plan: [plan],
  };
  const { message } = assertThrows(
    () => repeatedCells({ result, name: "a.json" }, now, of),
    RangeError,
    'Cannot repeat "a.json": ',
  );
  return message.slice('Cannot repeat "a.json": '.length);
}

Deno.test("repeatedCells() gives the cell of the same plan, however many builds", () => {
  const result = earlier({}, { kernel: "7.2", depth: 32, builds: 2 });
  const cellOf = repeatedCells({ result, name: "a.json" }, earlier(), {
    run: completeOptions({ workloads: ["rand4k-hot"] }),
    plan: [PLAN],
  });
  assertEquals(cellOf(PLAN), result.cells[0]);
});

Deno.test("repeatedCells() refuses what times cannot be summed up with", () => {
  assertEquals(
    refusal(earlier({}, { kernel: "7.2", depth: 8 })),
    "--depth is 8 in it and 32 now, expected the same run",
  );
  assertEquals(
    refusal(earlier(), { run: { workers: 2 } }),
    "found groups of workers, expected --workers 1 and --devices 0",
  );
  assertEquals(
    refusal(earlier({ complete: false })),
    "found no finished cell rand4k-hot, lp64, page, js, expected each cell of " +
      "the run (--resume makes the others)",
  );
  assertEquals(
    refusal(earlier({ engine: "native" }), {
      plan: { ...PLAN, engine: "native" },
    }),
    "found engine native, expected js: builds in C take no time to repeat",
  );
  for (const turns of [[], earlier().cells[0]?.turns?.slice(0, 1) ?? []]) {
    assert(
      refusal(earlier({ turns })).startsWith("found no turns of p"),
    );
  }
  const clock = cpuClocks().name === "process CPU"
    ? "thread CPU"
    : "process CPU";
  assertEquals(
    refusal(earlier({ timing: { ...TIMING, clock } })),
    `found times of the ${clock} clock, expected ${cpuClocks().name}, as it ` +
      "is now",
  );
});

Deno.test("repeatedCells() refuses turns that are not those of one cell", () => {
  const [mainline, packed, control] = earlier().cells[0]?.turns ?? [];
  assert(mainline && packed && control);
  for (
    const [turns, words] of [
      [[mainline, packed], "found no turns of page_offset (control) in cell "],
      [
        [mainline, packed, control, packed],
        "found turns of 4 contenders, not of 3 in cell ",
      ],
      [
        [mainline, packed, control].map((one) => ({ ...one, warm: [] })),
        "found a build without warm turns of page_offset in cell ",
      ],
      [
        [mainline, packed, control].map((one) => ({ ...one, cold: [[1], []] })),
        "found a build without cold turns of page_offset in cell ",
      ],
      [
        [mainline, { ...packed, warm: [[7, 8], [9]] }, control],
        "found warm turns of phys_packed in other rounds or builds than those " +
        "of page_offset in cell ",
      ],
      [
        [mainline, packed, control].map((one) => ({ ...one, cold: [[7, 8]] })),
        "found cold turns of page_offset in other rounds or builds than those ",
      ],
    ] as const
  ) {
    const found = refusal(earlier({ turns: [...turns] }));
    assert(found.startsWith(words), found);
  }
});

Deno.test("repeatedCells() refuses turns that do not give the file's own figures", () => {
  const [mainline, packed, control] = TURNS;
  assert(mainline && packed && control);
  const tenfold = (
    { name, ...one }: ResultTurns,
    states: readonly ("warm" | "cold")[] = ["warm", "cold"],
  ) => ({
    ...{ name, ...one },
    ...Object.fromEntries(states.map((state) => [
      state,
      one[state].map((build) => build.map((ns) => 10 * ns)),
    ])),
  });
  const because = (turns: readonly ResultTurns[]) =>
    refusal(earlier({ turns }));
  const cell = "in cell rand4k-hot, lp64, page, js, 7.2, scattered 4 KiB " +
    "pages, expected turns that give the file's own figures, as lab run wrote " +
    "them";
  // Ratios stay what they were, times do not.
  assertEquals(
    because(TURNS.map((one) => tenfold(one))),
    `found warm time of page_offset of 8, 80 by its turns, ${cell}`,
  );
  assertEquals(
    because([mainline, tenfold(packed, ["cold"]), control]),
    `found cold time of phys_packed of 18, 180 by its turns, ${cell}`,
  );
  assertEquals(
    because([mainline, packed, tenfold(control)]),
    `found ratio of identical code of 1, 10 by its turns, ${cell}`,
  );
  // A ratio is taken inside rounds: two that change places give another one.
  const swapped = { ...mainline, warm: [[9, 8], [8, 7]] };
  assert(
    because([swapped, packed, control]).startsWith(
      "found warm ratio of phys_packed of ",
    ),
  );
  const layouts = (TOLD.layouts ?? []).map(({ cold: _, ...one }) => one);
  assertEquals(
    refusal(earlier({ layouts })),
    `found cold time of page_offset of nothing, 20 by its turns, ${cell}`,
  );
});

Deno.test("repeatedCells() refuses a build that medians do not tell from another", () => {
  const told = (betweenBuildSpread: number) =>
    earlier({
      layouts: (TOLD.layouts ?? []).map((one) => ({
        ...one,
        ...(one.name === "phys_packed" ? { betweenBuildSpread } : {}),
      })),
    });
  const found = refusal(told(0.5));
  const spread =
    /^found spread between builds of phys_packed of 0\.5, ([\d.]+) by/
      .exec(found)?.[1];
  assert(spread !== undefined, found);
  const accepted = (result: LabResult) =>
    repeatedCells({ result, name: "a.json" }, earlier(), {
      run: completeOptions({ workloads: ["rand4k-hot"] }),
      plan: [PLAN],
    });
  // That of the turns, and as far from it as five figures of each allow.
  accepted(told(Number(spread)));
  accepted(told(Number(spread) + 1e-4));
  assert(refusal(told(Number(spread) + 1e-3)).startsWith("found spread"));
});

Deno.test("repeatedCells() takes turns of five figures for those of a file", () => {
  const turns = TURNS.map((one) => ({
    ...one,
    warm: one.warm.map((build) => build.map((ns) => ns * (1 + 4.9e-5))),
  }));
  const result = earlier({ turns });
  const cellOf = repeatedCells({ result, name: "a.json" }, earlier(), {
    run: completeOptions({ workloads: ["rand4k-hot"] }),
    plan: [PLAN],
  });
  assertEquals(cellOf(PLAN), result.cells[0]);
  // Beside another layout, ratios are of medians.
  const rebased = earlier({
    baseline: "phys_packed",
    layouts: (TOLD.layouts ?? []).map((one) => ({ ...one, ratio: at(7) })),
  });
  repeatedCells({ result: rebased, name: "a.json" }, earlier(), {
    run: completeOptions({ workloads: ["rand4k-hot"] }),
    plan: [PLAN],
  });
});

Deno.test("repeatedCells() refuses more earlier builds than there are, and other numbers of them", () => {
  const found = refusal(earlier({ timing: { ...TIMING, earlierBuilds: 3 } }));
  assert(found.startsWith("found 3 earlier builds among 2 in cell "), found);
  const other = refusal(earlier({ builds: 4 }));
  assert(other.startsWith("found turns of 2 builds, not of 4 in cell "), other);
});

Deno.test("repeatedCells() refuses slices that nothing was timed in", () => {
  for (
    const sliceIos of [{ cold: 0, warm: 100 }, { cold: 10, warm: 2 ** 40 }]
  ) {
    const timing = { clock: cpuClocks().name, cacheState: "warm", sliceIos };
    const found = refusal(
      earlier({ timing: timing as typeof TIMING }),
    );
    assert(
      found.startsWith(
        `found slices of ${sliceIos.warm} and ${sliceIos.cold} I/Os in cell `,
      ),
      found,
    );
  }
});
