import { assert, assertEquals, assertThrows } from "@std/assert";
import { compareKernels, spread } from "../../../bench/kernel/compare.ts";
import { comparisonText } from "../../../bench/kernel/comparison_text.ts";
import {
  KERNEL_SCHEMA_VERSION,
  type KernelResult,
  parseKernelResult,
} from "../../../bench/kernel/result.ts";

interface Figures {
  readonly core: readonly number[];
  readonly bvecLines: number;
  readonly walk: number;
  readonly tick?: number;
}

function result(run: string, figures: Figures): KernelResult {
  const { core, bvecLines, walk, tick = 0 } = figures;
  const nothing = { objects: 1, fields: [] };
  return {
    schemaVersion: KERNEL_SCHEMA_VERSION,
    tool: "bvec-lab 0",
    run,
    kernel: "6.1.0",
    version: "#1",
    qemu: "7.2.0: qemu",
    controller: "prp",
    memory: { bio_vec: 16, bio: 128, request: 272, page: 64 },
    slabs: {},
    queue: [],
    skipped: {},
    warnings: [],
    workloads: {
      w: {
        desc: "w",
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
        areas: {},
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
        functions_median: { blk_map_iter_next: walk, update_io_ticks: 40 },
        functions_range: tick === 0 ? {} : { update_io_ticks: [0, tick] },
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

Deno.test("compareKernels() calls a difference without noise exact", () => {
  const { workloads } = of(
    result("base", { core: nine(2459, 2504), bvecLines: 8, walk: 100 }),
    result("patched", { core: nine(2481), bvecLines: 6, walk: 122 }),
  );
  const [one] = workloads;
  assertEquals(one?.figures[0], {
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
    ).workloads[0]?.figures[0]?.verdict;
  assertEquals(verdict(2459), "exact");
  assertEquals(verdict(2448), "within noise");
  assertEquals(verdict(2455), "beyond noise");
});

Deno.test("compareKernels() says nothing of one and the same kernel", () => {
  const base = result("base", { core: nine(2459), bvecLines: 8, walk: 100 });
  const text = comparisonText(of(base, base, base));
  assert(text.includes("No difference in block, nvme and iov_iter"), text);
  assert(!text.includes("bio_vec"), text);
});

Deno.test("comparisonText() fits 80 columns and names what differs", () => {
  const text = comparisonText(of(
    result("base", { core: nine(12015), bvecLines: 8, walk: 3528, tick: 45 }),
    result("packed", { core: nine(14113), bvecLines: 6, walk: 4669 }),
  ));
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  // (14113 - 12015) / 12015 = 17.46 %
  assert(text.includes("+2098 +17.5%"), text);
  assert(text.includes("bio_vec 8 -> 6"), text);
  assert(text.includes("blk_map_iter_next 3528 -> 4669"), text);
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
