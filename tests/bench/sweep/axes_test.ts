/**
 * Axes over any field of the setup: each one alone, by its option's text and by
 * what a setup file has, gives two cells that differ in it.
 */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseDeviceModel } from "../../../sim/time/device_model.ts";
import { readFaultPlan } from "../../../sim/fault/plan_file.ts";
import { PLAN_FIELDS } from "../../../bench/sweep/plan_fields.ts";
import { expanded } from "./plan_rig.ts";

/** A value other than the usual one, and what it needs beside it. */
interface Sample {
  /** As a plan may have it: the text of the option, or as a setup file has it. */
  readonly values: readonly unknown[];
  /** Fields without which it contradicts something. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

const VIRTIO = { device: "virtio" };

const FAULTS = readFaultPlan(
  '{"schemaVersion": 1, "faults": [{"kind": "bounce", "every": 90}]}',
  "faults.json",
);

const SAMPLES: ReadonlyMap<string, Sample> = new Map<string, Sample>([
  ["workload", { values: ["128k-scattered"] }],
  ["abi", { values: ["ilp32_pae"] }],
  ["recognition", { values: ["bio"] }],
  ["kernel", { values: ["6.1"] }],
  ["engine", { values: ["native"], beside: { rounds: 1 } }],
  ["baseline", { values: ["phys_flags"] }],
  ["events", { values: ["D"] }],
  ["format", { values: ["blktrace"] }],
  ["ios", { values: [9] }],
  ["placement", { values: ["runs", { folioOrder: 2 }] }],
  ["submitter", { values: ["user"] }],
  ["api", { values: ["aio"] }],
  ["depth", { values: ["8", 8] }],
  ["batch", { values: ["4", 4] }],
  ["workers", { values: ["2", 2], beside: { rounds: 1 } }],
  ["devices", { values: [1], beside: { rounds: 1 } }],
  ["hw-queues", {
    values: ["1", 1],
    beside: { rounds: 1, devices: 1, workers: 2 },
  }],
  ["poll", { values: [true], beside: { rounds: 1, devices: 1 } }],
  ["complete-on", {
    values: ["other", "ipi"],
    beside: { rounds: 1, devices: 1, workers: 2 },
  }],
  ["device", { values: ["nvme:5", "virtio", "scsi"] }],
  ["logical_block_size", {
    values: [4096, "4k"],
    beside: { physicalBlockBytes: 4096 },
  }],
  ["physical_block_size", { values: [4096, "4k"] }],
  ["max_sectors", { values: ["64", 64] }],
  ["chunk_sectors", { values: [256] }],
  ["max_segments", { values: [16] }],
  ["max_segment_size", { values: ["64k", 65536], beside: VIRTIO }],
  ["seg_boundary_mask", { values: [65535], beside: VIRTIO }],
  ["virt_boundary_mask", { values: [4095], beside: VIRTIO }],
  ["dma_alignment", { values: [511] }],
  ["sgl", { values: [true] }],
  ["sgl-threshold", { values: ["4k", 4096], beside: { sgl: true } }],
  ["iommu", { values: [true] }],
  ["dma-mask", { values: ["40", 40] }],
  ["force-bounce", { values: [true] }],
  ["bounce-pool", { values: ["128MiB"], beside: { "force-bounce": true } }],
  ["integrity", { values: ["t10"] }],
  ["metadata-sgl", { values: [true], beside: { integrity: "t10", sgl: true } }],
  ["vmemmap", { values: [false] }],
  ["struct-page-bytes", { values: ["56", 56], beside: { abi: "ilp32_pae" } }],
  ["init-on-alloc", { values: ["off", false] }],
  ["ranges", { values: ["maple"], beside: { recognise: "range" } }],
  ["p2p-producer", { values: ["ranges"], beside: { workload: "1m-p2p" } }],
  ["memory-start", { values: ["1G", 2 ** 30] }],
  ["machine.ownKernel", {
    values: [{ name: "mine.txt", abi: "lp64", structs: ["bio 120"] }],
  }],
  ["scheduler", { values: ["mq-deadline"] }],
  ["nr_requests", { values: [64] }],
  ["queue_depth", { values: [4] }],
  ["nomerges", { values: [1] }],
  ["front_merges", { values: [0], beside: { scheduler: "mq-deadline" } }],
  ["fifo_batch", { values: [8], beside: { scheduler: "mq-deadline" } }],
  ["writes_starved", { values: [3], beside: { scheduler: "mq-deadline" } }],
  ["async_depth", { values: [16], beside: { scheduler: "mq-deadline" } }],
  ["topology", { values: ["one_switch", { name: "one_switch" }] }],
  ["client", { values: ["nvme0"], beside: { topology: "one_switch" } }],
  ["device-model", {
    values: ["fixed:10us", parseDeviceModel("fixed:10us")],
  }],
  ["arrivals", { values: ["even:1000", { kind: "even", perSecond: 1000 }] }],
  ["faults", { values: [FAULTS] }],
  ["cc", { values: ["clang"], beside: { engine: "native", rounds: 1 } }],
  ["counts", { values: ["valgrind"] }],
  ["rounds", { values: ["2", 2] }],
  ["time", {
    values: [["128k-scattered"], "128k-scattered,mixedbs"],
    beside: { rounds: 1 },
  }],
  // How cells are timed is no part of those that are not.
  ["builds", { values: ["3", 3], beside: { rounds: 1 } }],
  ["width", { values: ["1.5", 1.5], beside: { rounds: 1 } }],
  ["budget", { values: ["30s", 30], beside: { rounds: 1 } }],
  ["seed", { values: ["7", 7] }],
  ["cpu", { values: ["pentium3", "none"] }],
  ["limits.maxIntegritySegments", { values: [2] }],
  ["limits.maxDiscardSectors", { values: [8] }],
  ["limits.maxDiscardSegments", { values: [2] }],
  ["limits.discardGranularityBytes", { values: [4096] }],
  ["limits.discardAlignmentBytes", { values: [512] }],
  ["limits.maxWriteZeroesSectors", { values: [8] }],
  ["machine.settings.writeCache", { values: [false] }],
  ["machine.settings.fua", { values: [false] }],
  ["machine.settings.zoned", { values: [true] }],
  ["machine.settings.p2p", { values: [false] }],
]);

Deno.test("any field of the setup is an axis", async () => {
  const axes = PLAN_FIELDS.filter(({ isAxis, isSet }) => isAxis && !isSet);
  // A field that is new has a value here, too.
  assertEquals(
    axes.map(({ name }) => name).toSorted(),
    [...SAMPLES.keys()].toSorted(),
  );
  const wrong: string[] = [];
  for (const of of axes) {
    const { values, beside = {} } = SAMPLES.get(of.name) as Sample;
    const usual = { workload: "4k-hot", ios: 8, rounds: 0, ...beside };
    const others = Object.fromEntries(
      Object.entries(usual).filter(([name]) => !of.names.includes(name)),
    );
    for (const value of values) {
      for (const name of of.names) {
        const plan = { ...others, axes: { [name]: [null, value] } };
        try {
          const { cells, leftOut } = await expanded(plan);
          if (cells.length === 2 && cells[0]?.id !== cells[1]?.id) continue;
          wrong.push(
            `${name} ${JSON.stringify(value)}: ${cells.length} cells; ` +
              `${leftOut[0]?.reason}`,
          );
        } catch (error) {
          wrong.push(`${name} ${JSON.stringify(value)}: ${error}`);
        }
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("a device of a plan stands for its limits, and is a column", async () => {
  const { cells, axes } = await expanded({
    ...{ workload: "4k-hot", ios: 8, rounds: 0 },
    axes: { device: [null, "nvme:5", "virtio"], sgl: [false, true] },
    exclude: [{ device: "virtio", sgl: true }],
  });
  assertEquals(axes.includes("device"), true);
  assertEquals(
    cells.map(({ axes, setup }) => [
      axes["device"],
      axes["sgl"],
      setup.limits.maxSectors,
    ]),
    // MDTS 7 and 5 are 2^7 and 2^5 pages, of 8 sectors each; virtio has 4 MiB.
    [
      ["nvme_prp", "false", 1024],
      ["nvme_prp", "true", 1024],
      ["nvme:5", "false", 256],
      ["nvme:5", "true", 256],
      ["virtio", "false", 8192],
    ].map(([device, sgl, sectors]) => [device, sgl, sectors]),
  );
});

Deno.test("what is wrong with a value of a plan has its place", async () => {
  const complaint = async (axes: object) =>
    (await assertRejects(() => expanded({ axes }), SyntaxError)).message;
  assertStringIncludes(
    await complaint({ device: ["nvm"] }),
    'line 1, column 20: axes.device.0: cannot find device "nvm"',
  );
  assertStringIncludes(
    await complaint({ placement: [{ folioOrders: 2 }] }),
    "column 23: axes.placement.0: cannot use placement: found unknown key",
  );
  assertStringIncludes(
    await complaint({ faults: [{ rules: [] }] }),
    'found {"rules":[]}, expected',
  );
});
