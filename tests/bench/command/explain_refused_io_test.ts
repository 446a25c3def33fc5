import { assertEquals, assertStringIncludes } from "@std/assert";
import { explanationSchema } from "../../../bench/explain/explanation.ts";
import { explainIo } from "../../../bench/explain/explain_io.ts";
import { findIo } from "../../../bench/explain/find_io.ts";
import { renderExplanation } from "../../../bench/explain/text.ts";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { defaultMemoryMap } from "../../../sim/memory/memory_map.ts";
import { openWorkload } from "../../../sim/workload/workload.ts";
import { explained } from "./explain_rig.ts";

Deno.test("lab explain tells of an I/O that the kernel refuses", async () => {
  // No limit of a preset refuses what the placements make, so here is one
  // that does: vectors at multiples of 4096 for buffers at multiples of 512.
  const memoryMap = defaultMemoryMap(true);
  const workload = await openWorkload("unaligned-4k", { seed: 1, memoryMap });
  const explanation = explainIo({
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    device: "strict",
    limits: { ...QUEUE_LIMIT_PRESETS.nvme_prp, dmaAlignmentMask: 4095 },
    machine: { sgl: false, iommu: false },
    submitter: "user",
    api: "io_uring",
    map: memoryMap,
    window: await findIo(workload, 0),
    index: 0,
    workload: "unaligned-4k",
    description: workload.description,
    seed: 1,
  });
  explanationSchema.parse(explanation);
  assertEquals([explanation.io.status, explanation.requests], ["error", []]);
  const text = renderExplanation(explanation);
  assertStringIncludes(text.replaceAll("\n", " "), "idle queue and FAILED");
  assertStringIncludes(text, "no request was made");
});

Deno.test("lab explain ends where direct I/O refuses memory before any bio", async () => {
  // 6.1 looks at each vector first: 4-byte alignment against a mask of 511.
  const args = ["--kernel", "6.1", "--device", "virtio"];
  const { io, bios, events } = await explained(
    [...args, "--placement", "unaligned", "--workload", "randrw4k"],
  );
  assertEquals([io.status, bios, events], ["error", [], ""]);
});
