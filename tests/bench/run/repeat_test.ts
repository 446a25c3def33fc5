import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { join } from "@std/path";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { cpuClocks } from "../../../bench/machine/cpu_clock.ts";
import { BASELINE } from "../../../bench/setup/baseline.ts";
import { summarise } from "../../../bench/result/summarise.ts";
import type { LabResult, ResultCell } from "../../../bench/result/result.ts";
import { turnsOf } from "../../../bench/result/turns.ts";
import type { CellPlan } from "../../../bench/run/cell_plan.ts";
import { completeOptions, jsBuildsOf } from "../../../bench/run/options.ts";
import {
  besideEarlier,
  repeatedCells,
  requireSameFigures,
} from "../../../bench/run/repeat.ts";
import { runLab } from "../../../bench/run/run_lab.ts";
import type { ResultTurns } from "../../../bench/result/timing_types.ts";
import type { TimedCell } from "../../../bench/run/timed_cell.ts";
import { WrongAnswerError } from "../../../bench/shell/context.ts";
import type { Sample } from "../../../bench/statistics/sample.ts";
import { mail } from "../../../bench/report/mail.ts";
import { lab } from "../lab_in_process.ts";
import { fixedCell, fixedLayout, fixedResult } from "../report/fixed_result.ts";
import "../spare_audits.ts";

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
  births: 2,
  rounds: 2,
  noiseFloor: { ratio: at(1), difference: 0 },
  layouts: [
    fixedLayout({
      ...{ nsPerIo: at(8), ratio: at(1), betweenBirthSpread: null },
      cold: { nsPerIo: at(20), ratio: at(1), verdict: "no difference shown" },
    }),
    fixedLayout({
      ...{ name: "phys_packed", betweenBirthSpread: null },
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
  const result = earlier({}, { kernel: "7.2", depth: 32, births: 2 });
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
  const told = (betweenBirthSpread: number) =>
    earlier({
      layouts: (TOLD.layouts ?? []).map((one) => ({
        ...one,
        ...(one.name === "phys_packed" ? { betweenBirthSpread } : {}),
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
  const other = refusal(earlier({ births: 4 }));
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

/** Builds of a baseline and of a layout that takes so much longer. */
function timedBuilds(first: number, builds: number): TimedCell {
  const samples: Sample[] = [];
  for (let build = 0; build < builds; build++) {
    for (let round = 0; round < 5; round++) {
      // Each build has luck of its own, each round of each its noise.
      const luck = 1 + 0.01 * ((7 * (first + build)) % 5);
      const noise = 1 + 0.001 * ((3 * (first + build) + round) % 4);
      const turn = { build, round };
      samples.push(
        { contender: BASELINE, nsPerIo: 100 * noise, ...turn },
        { contender: "slow", nsPerIo: 110 * luck, ...turn },
      );
    }
  }
  return {
    ...{ ended: "complete", samples, cold: samples, apart: [], warmUps: [] },
    ...{ shortestNs: 4e6, takenNs: 1e9, sliceIos: { cold: 1, warm: 1 } },
    clock: "process CPU",
  };
}

Deno.test("besideEarlier() sums up as one run of all builds does", () => {
  const before = timedBuilds(0, 3);
  const turns = turnsOf({ warm: before.samples, cold: before.cold });
  const beside = besideEarlier(timedBuilds(3, 2), fixedCell({ turns }));

  const builds = new Set(beside.samples.map(({ build }) => build));
  assertEquals([...builds], [0, 1, 2, 3, 4]);
  assertEquals(beside.cold.length, 50);
  const ratioOf = (samples: readonly Sample[]) =>
    summarise(samples, { baseline: BASELINE, seed: 1 }).contenders
      .find(({ contender }) => contender === "slow")?.ratio;
  const own = ratioOf(beside.samples);
  const whole = ratioOf(timedBuilds(0, 5).samples);
  // The file has six figures of each time.
  for (const end of ["median", "low", "high"] as const) {
    assertEquals(own?.[end]?.toFixed(3), whole?.[end]?.toFixed(3));
  }
});

Deno.test("jsBuildsOf() is one of a repetition, unless more are asked for", () => {
  assertEquals(jsBuildsOf({}, true), 1);
  assertEquals(jsBuildsOf({}, false), 3);
  assertEquals([true, false].map((is) => jsBuildsOf({ births: 7 }, is)), [
    7,
    7,
  ]);
});

Deno.test("besideEarlier() leaves alone what nothing is repeated of", () => {
  const timed = timedBuilds(0, 2);
  assertEquals(besideEarlier(timed, undefined), timed);
});

Deno.test("requireSameFigures() names the first exact figure that differs", () => {
  const cell = fixedCell();
  requireSameFigures(cell, cell, "a.json");
  const refuse = (other: ResultCell, words: string) =>
    assertThrows(
      () => requireSameFigures(cell, other, "a.json"),
      WrongAnswerError,
      words,
    );
  refuse({ ...cell, digest: "other" }, "1 exact figure differs in cell ");
  refuse({ ...cell, digest: "other" }, 'digest is "');
  const [first = fixedLayout(), ...others] = cell.layouts;
  const counts = { ...first.counts, biosPerIo: 77 };
  refuse(
    { ...cell, layouts: [{ ...first, counts }, ...others] },
    `${first.name}.counts.biosPerIo is ${first.counts.biosPerIo} in it and 77`,
  );
  refuse({ ...cell, layouts: [first] }, 'is "present" in it and null now');
});

Deno.test("runLab() repeats a run beside its builds, and refuses other figures", async () => {
  const options = {
    layouts: ["phys_packed"],
    workloads: ["4k-hot"],
    cpu: "none",
    ...{ ios: 64, rounds: 1, births: 1, budgetSeconds: 0.1 },
  } as const;
  const first = await runLab(options);
  assertEquals(first.failure, undefined);
  // As a file gives it back.
  const result: LabResult = JSON.parse(JSON.stringify(first.result));
  const repeat = { result, name: "first.json" };

  const second = await runLab(options, { repeat });
  assertEquals(second.failure, undefined);
  const [before] = result.cells;
  const [after] = second.result.cells;
  assertEquals([before?.births, after?.births], [1, 2]);
  assertEquals(after?.timing?.earlierBuilds, 1);
  assertEquals(after?.timing?.sliceIos, before?.timing?.sliceIos);
  assertEquals(after?.harness, before?.harness);
  assertEquals(after?.digest, before?.digest);
  for (const { name, warm } of before?.turns ?? []) {
    const own = after?.turns?.find((turns) => turns.name === name);
    assertEquals(own?.warm[0], warm[0]);
    assertEquals(own?.warm.length, 2);
  }
  assert(second.result.warnings.some(({ code }) => code === "repeated"));

  // The command of its mail asks for both builds, and counts the same figures.
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "mail.txt");
    const text = mail.render(second.result);
    assertMatch(text, /--builds\s+2\b/);
    await Deno.writeTextFile(file, text);
    const { status, out, err } = await lab(["verify", file, "--quiet"]);
    assertEquals([status, err], [0, ""], out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }

  // What else is refused before anything is run.
  const refusedWith = (events: Parameters<typeof runLab>[1], words: string) =>
    assertRejects(() => runLab(options, events), RangeError, words);
  await refusedWith(
    { repeat, resume: repeat },
    "found an earlier run to resume and one to repeat",
  );
  const inputs = [{ name: "no/such.log", sizeBytes: 1, sha256: "00" }];
  await refusedWith(
    { repeat: { ...repeat, result: { ...result, inputs } } },
    'Cannot repeat "first.json": "no/such.log" cannot be read',
  );

  const cells = result.cells.map((cell) => ({ ...cell, digest: "other" }));
  const refused = await runLab(options, {
    repeat: { ...repeat, result: { ...result, cells } },
  });
  assert(refused.failure instanceof WrongAnswerError);
  assertEquals(refused.result.cells, []);
});
