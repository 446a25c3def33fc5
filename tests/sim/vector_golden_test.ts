// T03 to T05: where vectors lie, and what is allocated for them.
import { assertEquals } from "@std/assert";
import { ALLOCATOR_FLAG } from "../../sim/trace/access_batch.ts";
import { RegionIndex } from "../../sim/memory/region_index.ts";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { WINDOW_OP } from "../../sim/workload/window.ts";
import {
  DRAM,
  DRAM_32,
  pathOptions,
  scattered,
  trace,
  type TraceCase,
  windowOf,
} from "./footprint_rig.ts";

/** Vectors whose accesses lie in two lines, and addresses that do. */
function straddlers(count: number) {
  const given = { layout: "phys_packed", pieces: scattered(count) };
  const accesses: { at: number; last: number }[] = [];
  const { assembly, parts, record } = tracePath(pathOptions(given), (batch) => {
    for (let i = 0; i < batch.length; i++) {
      const at = batch.addressLo[i] as number;
      const bytes = (batch.sizeAndKind[i] as number) >>> 2;
      // The slab allocator's link is no vector.
      if (((batch.stage[i] as number) & ALLOCATOR_FLAG) !== 0) continue;
      accesses.push({ at, last: at + bytes - 1 });
    }
  });
  record(true);
  assembly.path.submit(windowOf(given.pieces, WINDOW_OP.read), 0);
  assembly.path.drain();
  record(false);
  const index = new RegionIndex(assembly.memory.regions, parts);
  const touched = new Map<number, Set<number>>();
  const split = new Set<number>();
  for (const { at, last } of accesses) {
    if (index.structures[index.find(at)] !== "bio_vec") continue;
    const vec = Math.floor(index.offsetInObject / 12);
    const lines = touched.get(vec) ?? new Set();
    touched.set(vec, lines.add(at >> 6).add(last >> 6));
    if (at >> 6 !== last >> 6) split.add(vec);
  }
  const lines = new Set([...touched.values()].flatMap((set) => [...set]));
  const both = [...touched].filter(([, { size }]) => size === 2);
  return {
    vecs: touched.size,
    lines: lines.size,
    straddling: both.map(([vec]) => vec).sort((a, b) => a - b),
    splitAddresses: split.size,
  };
}

Deno.test("T03: twelve-byte vectors straddle lines", () => {
  // 16 x 12 = 192 bytes: 60..71 and 120..131 cross 64 and 128; of those only
  // the first one's address does, the second's ends at 128.
  assertEquals(straddlers(16), {
    vecs: 16,
    lines: 3,
    straddling: [5, 10],
    splitAddresses: 1,
  });
  const all = straddlers(256);
  assertEquals([all.vecs, all.lines], [256, 48]);
  assertEquals([all.straddling.length, all.splitAddresses], [32, 16]);
  // What `split` counts: one pass reads each of the 16 once.
  const { single } = trace({ layout: "phys_packed", pieces: scattered(256) });
  const pass = single.structuresInStages.find(({ structure, stage }) =>
    structure === "bio_vec" && stage === "split"
  );
  assertEquals(pass?.straddles, 16);
  const plain = trace({ layout: "page_offset", pieces: scattered(256) });
  assertEquals(plain.single.total.straddles, 0);
});

Deno.test("T04: vectors come from slabs of 16, 64, 128 and 256", () => {
  for (
    const [vecs, capacity] of [
      ...[[1, 0], [4, 0], [5, 16], [16, 16], [17, 64], [20, 64], [64, 64]],
      ...[[65, 128], [128, 128], [129, 256], [256, 256]],
    ] as [number, number][]
  ) {
    for (const [layout, bytes] of [["page_offset", 16], ["phys_packed", 12]]) {
      const { allocatedBytes } = trace({
        layout: String(layout),
        pieces: scattered(vecs),
      });
      assertEquals(
        allocatedBytes.bio_vec ?? 0,
        capacity * Number(bytes),
        `${layout}, ${vecs}`,
      );
    }
  }
});

Deno.test("T05: a bio and its inline vectors take 256 or 192 bytes", () => {
  const taken = (given: Omit<TraceCase, "pieces">, start = DRAM) =>
    trace({ ...given, pieces: scattered(1, start) }).allocatedBytes.bio;
  // The bio of 136 bytes: 16-byte vectors 256, 12-byte vectors 192.
  assertEquals(taken({ layout: "page_offset" }), 256);
  assertEquals(taken({ layout: "phys_packed" }), 192);
  // On 32-bit the bio is smaller: 12-byte and 8-byte vectors alike.
  assertEquals(taken({ layout: "page_offset", abi: "ilp32" }, DRAM_32), 192);
  assertEquals(taken({ layout: "phys_len", abi: "ilp32" }, DRAM_32), 192);
});
