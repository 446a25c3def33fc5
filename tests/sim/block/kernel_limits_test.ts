/**
 * Limits of queues against what three kernels showed in sysfs
 * (tests/data/kernel/rows/*.meta.json.gz).
 */
import { assertEquals } from "@std/assert";
import { listOracleFiles } from "../../../bench/oracle/rows.ts";
import { readTextOrGzip } from "../../../bench/oracle/text.ts";
import { nvmeLimits, presetLimits } from "../../../sim/block/queue_limits.ts";

const ROWS = new URL("../../data/kernel/rows", import.meta.url).pathname;

interface RecordedRun {
  readonly file: string;
  readonly kernel: string;
  readonly run: string;
  readonly disk: string;
  readonly limits: Readonly<Record<string, string>>;
  /** What was done to the device before its limits were read. */
  readonly setup: string;
}

async function recordedRuns(): Promise<RecordedRun[]> {
  const found: RecordedRun[] = [];
  for (const path of await listOracleFiles(ROWS)) {
    const stem = path.replace(/\.jsonl.*/, "");
    const file = stem.slice(stem.lastIndexOf("/") + 1);
    const meta = JSON.parse(await readTextOrGzip([`${stem}.meta.json.gz`]));
    for (const { run, disk, limits, config, setup } of meta.runs) {
      found.push({
        file,
        kernel: /\.(\d+\.\d+)/.exec(file)?.[1] ?? "",
        run,
        disk,
        limits,
        setup: JSON.stringify([config, setup]),
      });
    }
  }
  return found;
}

const RUNS = await recordedRuns();

/** MDTS of the controllers, in machines.json of the oracle; 7 for others. */
const MDTS: Readonly<Record<string, number>> = { m1: 1, m2: 2, m4: 4, m10: 10 };

/** BLK_DEF_MAX_SECTORS_CAP, as the test below finds it on virtio. */
const CAPS: Readonly<Record<string, number>> = {
  "6.1": 2560,
  "6.12": 2560,
  "7.2": 8192,
};

Deno.test("nvmeLimits() gives the limits that each kernel had", () => {
  let checked = 0;
  for (const { file, kernel, run, disk, limits } of RUNS) {
    if (!disk.startsWith("nvme")) continue;
    const iommu = /nvme-iommu|\.iommu\./.test(file);
    // QEMU's controllers take SGLs.
    const made = nvmeLimits(MDTS[run.split(".")[0] ?? ""] ?? 7, {
      kernel,
      iommu,
      sgl: true,
    });
    const number = (name: string) => Number(limits[name]);
    assertEquals({
      // m10 was told to use all that the hardware has.
      maxSectors: made.maxSectors,
      maxSegments: made.maxSegments,
      maxSegmentBytes: made.maxSegmentBytes,
      virtBoundaryMask: made.virtBoundaryMask,
      dmaAlignmentMask: made.dmaAlignmentMask,
      chunkSectors: made.chunkSectors,
    }, {
      maxSectors: Math.min(
        number("max_hw_sectors_kb") * 2,
        CAPS[kernel] ?? 0,
      ),
      maxSegments: number("max_segments"),
      maxSegmentBytes: number("max_segment_size"),
      virtBoundaryMask: number("virt_boundary_mask"),
      dmaAlignmentMask: number("dma_alignment"),
      chunkSectors: number("chunk_sectors"),
    }, `${file} ${run}`);
    checked++;
  }
  // 15 + 15 + 4 runs a kernel, and 10 in each of 8 files of P2P rows.
  assertEquals(checked, 3 * 34 + 8 * 10);
});

Deno.test("nvmeLimits() caps what no MDTS caps by kernel", () => {
  // NVME_MAX_KB_SZ is 4096 in 6.1 and 8192 in 6.12, NVME_MAX_BYTES 8 MiB in
  // 7.2; BLK_DEF_MAX_SECTORS lets the first two have 1280 KiB.
  const made = (kernel: string, sgl: boolean, iommu: boolean) => {
    const limits = nvmeLimits(0, { kernel, sgl, iommu });
    const { maxSectors, maxSegments, virtBoundaryMask } = limits;
    return [maxSectors, maxSegments, virtBoundaryMask];
  };
  assertEquals(made("6.1", true, false), [2560, 127, 4095]);
  assertEquals(made("6.1", true, true), [2560, 127, 4095]);
  assertEquals(made("6.12", true, false), [2560, 128, 4095]);
  assertEquals(made("6.12", true, true), [256, 33, 4095]);
  assertEquals(made("7.2", true, false), [8192, 256, 0]);
  assertEquals(made("7.2", false, false), [8192, 256, 4095]);
  assertEquals(made("7.2", true, true), [256, 33, 0]);
});

Deno.test("presetLimits() gives the block layer's defaults by kernel", () => {
  const seen = new Set<string>();
  for (const { kernel, run, disk, limits, setup } of RUNS) {
    const isVirtio = /^vd/.test(disk);
    if ((!isVirtio && run !== "sdcl") || setup.includes("max_sectors_kb")) {
      continue;
    }
    const made = presetLimits(isVirtio ? "virtio" : "scsi", { kernel });
    assertEquals(made.dmaAlignmentMask, Number(limits.dma_alignment), run);
    assertEquals(made.virtBoundaryMask, Number(limits.virt_boundary_mask));
    // sd of 6.1 takes the optimal transfer length, which scsi_debug has.
    if (isVirtio || kernel !== "6.1") {
      assertEquals(made.maxSectors, Number(limits.max_sectors_kb) * 2, run);
      seen.add(`${kernel} ${isVirtio ? "virtio" : "scsi"} ${made.maxSectors}`);
    }
  }
  assertEquals([...seen].sort(), [
    "6.1 virtio 2560",
    "6.12 scsi 2560",
    "6.12 virtio 2560",
    "7.2 scsi 8192",
    "7.2 virtio 8192",
  ]);
});
