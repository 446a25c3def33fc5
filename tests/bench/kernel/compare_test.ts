import { assert, assertEquals, assertThrows } from "@std/assert";
import { compareKernels } from "../../../bench/kernel/compare.ts";
import { comparisonHtml } from "../../../bench/kernel/comparison_html.ts";
import { comparisonMail } from "../../../bench/kernel/comparison_mail.ts";
import { comparisonText } from "../../../bench/kernel/comparison_text.ts";
import { differenceOfAll, spread } from "../../../bench/kernel/difference.ts";
import {
  KERNEL_SCHEMA_VERSION,
  type KernelResult,
  type KernelWorkload,
  parseKernelResult,
} from "../../../bench/kernel/result.ts";
import { WORKLOADS } from "../../../bench/kernel/workloads.ts";

interface Figures {
  readonly core: readonly number[];
  readonly bvecLines: number;
  readonly walk: number;
  readonly tick?: number;
  /** Names of the workloads, all alike. */
  readonly names?: readonly string[];
  /** What gcc appended to a function's name. */
  readonly suffix?: string;
}

function result(run: string, figures: Figures): KernelResult {
  const { names = ["w"] } = figures;
  return {
    schemaVersion: KERNEL_SCHEMA_VERSION,
    tool: "bvec-lab 0",
    run,
    kernel: "6.1.0",
    version: "#1",
    qemu: "7.2.0: qemu",
    controller: "prp",
    warmup: 40,
    latencyNs: 20_000_000,
    append: "",
    memory: { bio_vec: 16, bio: 128, request: 272, page: 64 },
    slabs: {},
    queue: [],
    skipped: {},
    warnings: [],
    workloads: Object.fromEntries(
      names.map((name) => [name, workload(name, figures)]),
    ),
  };
}

function workload(name: string, figures: Figures): KernelWorkload {
  const { core, bvecLines, walk, tick = 0, suffix = "" } = figures;
  const nothing = { objects: 1, fields: [] };
  return {
    desc: `${name} api=pread`,
    verified: true,
    representative_io: 0,
    instructions: {},
    main: 1000,
    with_switch: 1000,
    main_all: core.map((count) => count + 500),
    main_median: 1000,
    lines_all: core.map(() => 100),
    switch_all: [],
    excluded_all: [],
    loads: 10,
    stores: 5,
    loads_all: core.map(() => 10),
    stores_all: core.map(() => 5),
    areas: {},
    areas_all: { block: [...core] },
    core: core[0] ?? 0,
    core_all: [...core],
    distinct_lines: {
      all_kernel_data: 100,
      read: 90,
      written: 50,
      without_stacks: 80,
      only_by_bulk_memset: 0,
      unnamed: 2,
    },
    functions: [],
    functions_median: {
      [`blk_map_iter_next${suffix}`]: walk,
      update_io_ticks: 40,
    },
    functions_range: tick === 0 ? {} : { update_io_ticks: [0, tick] },
    inclusive: {},
    page_functions: {},
    bios: 1,
    bvec: {
      functions_touching_bvecs: [],
      insns_in_those: 0,
      accesses_not_bulk: 0,
    },
    structures: {
      bio_vec: {
        ...nothing,
        lines: bvecLines,
        lines_not_bulk: bvecLines,
        lines_bulk: 0,
        bulk_accesses: 0,
        lines_read: bvecLines,
        lines_written: bvecLines,
        reads: 100,
        writes: 50,
        bytes: 512,
        accesses_by_phase: {},
        lines_by_phase: {},
      },
    },
  };
}

const nine = (
  value: number,
  ...others: number[]
) => [...Array.from({ length: 9 - others.length }, () => value), ...others];
const of = (
  base: KernelResult,
  patched: KernelResult,
  control?: KernelResult,
) => compareKernels({ base, patched, control });

Deno.test("spread() leaves out the I/Os that a tick of the clock hit", () => {
  assertEquals(spread(nine(2459, 2504)), 0);
  // 9 values, 2 cut at either end: four high ones reach the middle.
  assertEquals(spread(nine(2459, 2504, 2504, 2504, 2504)), 45);
  assertEquals(spread([]), 0);
});

Deno.test("a difference is sure only if the middle I/Os have nothing in common", () => {
  const verdict = (base: number[], patched: number[], control?: number[]) =>
    differenceOfAll("x", { base, patched, control }).verdict;
  // Of nine the two least and the two largest do not count.
  const ticked = nine(100, 145, 145, 145);
  assertEquals(verdict(nine(100), nine(101)), "exact");
  assertEquals(verdict(nine(100), nine(100)), "same");
  // Medians 100 and 152 are 52 apart, spreads are 45, but 145 is in both.
  const late = [107, 107, 107, 145, 152, 152, 152, 152, 152];
  assertEquals(verdict(ticked, late), "within noise");
  assertEquals(verdict(ticked, nine(152, 197, 197, 197)), "beyond noise");
  // What the base does in another boot counts as well.
  assertEquals(
    verdict(nine(100), nine(152), nine(140, 160, 160, 160)),
    "within noise",
  );
  assertEquals(verdict([], []), "same");
});

Deno.test("compareKernels() calls a difference without noise exact", () => {
  const { workloads } = of(
    result("base", { core: nine(2459, 2504), bvecLines: 8, walk: 100 }),
    result("patched", { core: nine(2481), bvecLines: 6, walk: 122 }),
  );
  const [one] = workloads;
  assertEquals(one?.figures.core, {
    name: "core instructions",
    base: 2459,
    patched: 2481,
    noise: 0,
    verdict: "exact",
  });
  assertEquals(
    one?.lines.map(({ name, base, patched }) => [name, base, patched]),
    [
      ["bio_vec", 8, 6],
    ],
  );
  assertEquals(one?.functions.map(({ name }) => name), ["blk_map_iter_next"]);
});

Deno.test("compareKernels() takes a control's difference for noise", () => {
  const base = result("base", { core: nine(2459), bvecLines: 8, walk: 100 });
  const patched = result("p", { core: nine(2470), bvecLines: 8, walk: 100 });
  const verdict = (control: number) =>
    of(
      base,
      patched,
      result("c", { core: nine(control), bvecLines: 8, walk: 100 }),
    ).workloads[0]?.figures.core.verdict;
  assertEquals(verdict(2459), "exact");
  assertEquals(verdict(2448), "within noise");
  assertEquals(verdict(2455), "beyond noise");
});

Deno.test("compareKernels() says nothing of one and the same kernel", () => {
  const base = result("base", { core: nine(2459), bvecLines: 8, walk: 100 });
  const text = comparisonText(of(base, base, base));
  const words = text.replaceAll("\n", " ");
  assert(words.includes("(core) of w: no difference beyond the noise."), text);
  assert(words.includes("Lines of bio_vecs: no difference."), text);
  assert(words.includes("both results are of one build (6.1.0 #1)"), text);
  assert(!text.includes("->"), text);
});

Deno.test("comparisonText() fits 80 columns and names what differs", () => {
  const text = comparisonText(of(
    result("base", { core: nine(12015), bvecLines: 8, walk: 3528, tick: 45 }),
    result("packed", { core: nine(14113), bvecLines: 6, walk: 4669 }),
  ));
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  // (14113 - 12015) / 12015 = 17.46 %
  assert(/ 12015 +\+2098 +\+17\.5% +0 /.test(text), text);
  assert(text.includes("bio_vec 8 -> 6"), text);
  assert(text.includes("blk_map_iter_next 3528 -> 4669"), text);
});

Deno.test("compareKernels() takes gcc's clones for one function", () => {
  const core = nine(2459);
  const [one] = of(
    result("base", { core, bvecLines: 8, walk: 100, suffix: ".isra.0" }),
    result("patched", { core, bvecLines: 8, walk: 122, suffix: ".part.1" }),
  ).workloads;
  assertEquals(
    one?.functions.map(({ name, base, patched }) => [name, base, patched]),
    [["blk_map_iter_next", 100, 122]],
  );
});

Deno.test("compareKernels() warns of what makes results unlike", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  const warnings = (patched: Partial<KernelResult>) =>
    of(base, { ...base, version: "#2", ...patched }, base).warnings;
  assertEquals(warnings({}), []);
  for (
    const [patched, warning] of [
      [{ controller: "sgl" }, "controllers differ: prp; sgl"],
      [{ warmup: 7 }, "I/Os before the nine differ: 40; 7"],
      [{ qemu: "9.2.0: qemu" }, "versions of QEMU differ: 7.2.0; 9.2.0"],
      [
        { qemu: "7.2.0: qemu -kernel b -initrd i -append x" },
        "QEMU's arguments differ: qemu; qemu -initrd i -append x",
      ],
      [{ version: "#1" }, "both results are of one build (6.1.0 #1)"],
    ] as const
  ) assertEquals(warnings(patched), [warning]);
  const other = { ...base, version: "#3" };
  assertEquals(of(base, { ...base, version: "#2" }, other).warnings, [
    "the control is another build than the base (6.1.0 #3): its noise is not " +
    "the base's",
  ]);
});

Deno.test("comparisonMail() has 25 lines of 72 columns at most", () => {
  const names = WORKLOADS.map(({ name }) => name);
  for (const count of [1, 5, names.length]) {
    const figures = { bvecLines: 8, walk: 3528, names: names.slice(0, count) };
    const base = result(
      "a base with a long name, 64 characters, as long as all",
      {
        ...figures,
        core: nine(212_015),
        tick: 45,
      },
    );
    const patched = {
      ...result("another one of 64 characters", {
        ...figures,
        core: nine(314_113),
        bvecLines: 1006,
        walk: 4669,
      }),
      version: "#2",
      controller: "sgl" as const,
      warmup: 7,
      memory: { bio_vec: 12, bio: 120, request: 264, page: 56 },
    };
    const comparison = of(base, patched);
    const text = comparisonMail(comparison);
    const lines = text.trimEnd().split("\n");
    assert(lines.length <= 25, text);
    for (const line of lines) assert(line.length <= 72, line);
    // What makes results unlike is not left out silently.
    const notes = text.match(/^Note: /gm)?.length ?? 0;
    const hidden = Number(/^(\d+) more note/m.exec(text)?.[1] ?? 0);
    assertEquals(notes + hidden, comparison.warnings.length, text);
    assert(text.includes("8 -> 1006"), text);
    // (314113 - 212015) / 212015 = 48.2 %
    assert(text.includes("+48.2%"), text);
  }
});

Deno.test("comparisonHtml() has every function, and no text as markup", async () => {
  const name = '<b>w" & </b>';
  const base = result("<i>", {
    core: nine(12_015),
    bvecLines: 8,
    walk: 3528,
    names: [name],
  });
  const patched = {
    ...result("packed", {
      core: nine(14_113),
      bvecLines: 6,
      walk: 4669,
      names: [name],
    }),
    version: "<s>",
  };
  const page = await comparisonHtml(of(base, patched), "{}");
  for (
    const part of [
      "&lt;b&gt;w&quot; &amp; &lt;/b&gt;",
      "Kernel packed (6.1.0) against &lt;i&gt; (6.1.0)",
      ">blk_map_iter_next</th><td>3528</td><td>4669</td><td>1141</td>",
      "<td>12015</td><td>+2098</td><td>+17.5%</td>",
    ]
  ) assert(page.includes(part), page);
  assertEquals(/<[bis]>/.exec(page), null);
});

Deno.test("comparisonMail() repeats what was set", () => {
  const base = {
    ...result("base", { core: nine(1), bvecLines: 1, walk: 1 }),
    controller: "sgl" as const,
    append: "iommu=pt x",
    latencyNs: 5000,
  };
  const text = comparisonMail(of(base, { ...base, version: "#2" }, base));
  assert(
    text.replaceAll(/ \\\n +/g, " ").trimEnd().endsWith(
      "deno task lab:kernel run --kernel bzImage --controller sgl " +
        "--latency 5 --append 'iommu=pt x' --workload w",
    ),
    text,
  );
});

Deno.test("compareKernels() refuses results without a common workload", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  assertThrows(
    () => of(base, { ...base, workloads: {} }),
    RangeError,
    "one has w, the other none, expected a workload in both",
  );
});

Deno.test("parseKernelResult() takes its own and says what is wrong elsewhere", () => {
  const base = result("base", { core: nine(1), bvecLines: 1, walk: 1 });
  assertEquals(parseKernelResult(JSON.stringify(base), "a.json"), base);
  assertThrows(
    () => parseKernelResult("{", "a.json"),
    SyntaxError,
    "Cannot read a.json: ",
  );
  assertThrows(
    () => parseKernelResult('{"schemaVersion": 2}', "a.json"),
    SyntaxError,
    "Cannot read a.json: schemaVersion: ",
  );
});
