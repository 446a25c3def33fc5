/**
 * Rows of touched_fields.ts that no recording of a kernel's fields guards: a
 * bio that may be merged, and a request that may get an SGL. Each is seen as
 * loads that a path without merges, or without SGLs, does not do.
 */
import { assertEquals } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { structOffsets } from "../../../sim/kernel/struct_offsets.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";
import { dataIos } from "../../../sim/replay/replay.ts";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import {
  controllerOf,
  PLAIN_MACHINE,
} from "../../../sim/setup/machine_setup.ts";
import type { AccessBatch } from "../../../sim/trace/access_batch.ts";
import { FieldHeat } from "../../../sim/trace/field_heat.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";

const LP64 = findAbi("lp64");
/** Sequential reads: all of a plug may be one request. */
const IOS = 8;

/** Loads of fields of a structure, over a few sequential reads. */
async function loadsOf(
  structure: string,
  tag: string,
  change: { batch?: number; sgl?: boolean },
): Promise<(field: string) => number> {
  const memoryMap = defaultMemoryMap(true);
  let consume: (batch: AccessBatch) => void = () => {};
  const { assembly, parts, record } = tracePath({
    layout: findLayout("page_offset"),
    abi: LP64,
    kernel: "7.2",
    recognition: "page",
    limits: nvmeLimits(7),
    map: memoryMap,
    depth: IOS,
    batch: change.batch ?? 1,
    controller: controllerOf({ ...PLAIN_MACHINE, sgl: change.sgl ?? false }),
  }, (batch) => consume(batch));
  const heat = new FieldHeat({
    regions: assembly.memory.regions,
    parts,
    stages: STAGES,
    structure,
    struct: structOffsets("7.2", LP64, tag),
  });
  consume = (batch) => heat.take(batch);
  const workload = await openWorkload("seqread-128k", {
    ...{ seed: 1, memoryMap, ios: IOS },
  });
  for await (const window of workload.windows({ ios: IOS, pieces: 1 << 12 })) {
    assembly.path.open(window);
    record(true);
    for (const io of dataIos(window)) assembly.path.submit(window, io);
    assembly.path.drain();
    record(false);
  }
  return (field) =>
    heat.cells().filter(({ name }) => name === field).reduce(
      (sum, { stages }) =>
        Object.values(stages).reduce((all, { reads }) => all + reads, sum),
      0,
    );
}

Deno.test("a bio that may be merged has its hint, stream and priority loaded", async () => {
  // blk_rq_merge_ok() (block/blk-merge.c) compares them with the request's.
  const apart = await loadsOf("bio", "bio", {});
  const plugged = await loadsOf("bio", "bio", { batch: IOS });
  assertEquals(
    ["bi_write_hint", "bi_write_stream", "bi_ioprio"].map((field) =>
      plugged(field) - apart(field)
    ),
    // One try for each bio behind the first of the plug: by the row once, and
    // where they meet, the stage's own of the bio and of the request's.
    Array(3).fill((1 + 2) * (IOS - 1)),
  );
});

Deno.test("a request that may get an SGL has its gaps, metadata and flags loaded", async () => {
  // nvme_pci_use_sgls() (drivers/nvme/host/pci.c), once for each request.
  for (
    const [structure, tag, fields] of [
      // The stage decides by the gaps, and loads them once more.
      ["request", "request", { phys_gap_bit: 2, nr_integrity_segments: 1 }],
      ["nvme_iod", "nvme_iod", { "req.flags": 1 }],
    ] as const
  ) {
    const prp = await loadsOf(structure, tag, {});
    const sgl = await loadsOf(structure, tag, { sgl: true });
    assertEquals(
      Object.keys(fields).map((field) => sgl(field) - prp(field)),
      Object.values(fields).map((loads) => loads * IOS),
    );
  }
});
