/**
 * `--device` and `--limit`: the queue limits of a run, from a named device and
 * from limits set one by one.
 */
import {
  checkQueueLimits,
  nvmeLimits,
  presetLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimitPreset,
  type QueueLimits,
} from "../../sim/block/queue_limits.ts";
import { LONGEST_BOUNCE } from "../machine_check.ts";
import { unknownName } from "./command.ts";

/** Limits that can be set, by the kernel's names of them. */
export const LIMITS: ReadonlyMap<string, keyof QueueLimits> = new Map(
  [
    ["logical_block_size", "logicalBlockBytes"],
    ["physical_block_size", "physicalBlockBytes"],
    ["max_sectors", "maxSectors"],
    ["chunk_sectors", "chunkSectors"],
    ["max_segments", "maxSegments"],
    ["max_segment_size", "maxSegmentBytes"],
    ["seg_boundary_mask", "segBoundaryMask"],
    ["virt_boundary_mask", "virtBoundaryMask"],
    ["dma_alignment", "dmaAlignmentMask"],
  ] as const,
);

/** Names of limits that `--limit` takes. */
export const LIMIT_NAMES: readonly string[] = [...LIMITS.keys()];

/** Names that `--device` takes; `nvme:N` has MDTS N. */
export const DEVICE_NAMES: readonly string[] = [
  ...Object.keys(QUEUE_LIMIT_PRESETS),
  "nvme:MDTS",
];

/** What of the controller and the kernel decides its limits. */
export interface DeviceOptions {
  /** The kernel. */
  readonly kernel: string;
  /** Limits set one by one, each `name=value`. */
  readonly limits: readonly string[];
  /** Whether the controller takes SGLs. */
  readonly sgl: boolean;
  /** Whether an IOMMU is in front of it. */
  readonly iommu: boolean;
  /** Whether it takes SGLs for metadata, too; not unless told. */
  readonly metadataSgl?: boolean;
  /** Whether its I/O is bounced; not unless told. */
  readonly bounces?: boolean;
}

/**
 * Gives the limits of a device.
 *
 * @param device A name of `DEVICE_NAMES`, `nvme:0` to `nvme:12`.
 * @param options What changes them.
 * @returns The limits, checked.
 * @throws {RangeError} If a name is unknown, a value is none, or limits
 *   contradict each other.
 */
export function deviceLimits(
  device: string,
  options: DeviceOptions,
): QueueLimits {
  const named = namedLimits(device, options);
  const limits: QueueLimits = {
    ...named,
    ...(options.bounces ? bouncedLimits(named) : {}),
  };
  for (const setting of options.limits) {
    const [name = "", value = ""] = setting.split("=", 2);
    const key = LIMITS.get(name);
    if (key === undefined) throw unknownName("limit", name, LIMIT_NAMES);
    if (!/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(value)) {
      throw new RangeError(
        `Cannot set limit "${name}": found "${value}", expected ` +
          `${name}=NUMBER, such as ${name}=4096`,
      );
    }
    Object.assign(limits, { [key]: Number(value) });
  }
  checkQueueLimits(limits);
  return limits;
}

/** dma_max_mapping_size(), which a driver cuts its requests to. */
function bouncedLimits(limits: QueueLimits): Partial<QueueLimits> {
  const sectors = LONGEST_BOUNCE / 512;
  if (
    Math.min(limits.maxSectors * 512, limits.maxSegmentBytes) <= LONGEST_BOUNCE
  ) return {};
  return {
    maxSectors: sectors,
    // nvme_set_ctrl_limits(): a segment for each page, one more for an offset.
    maxSegments: Math.min(limits.maxSegments, sectors / 8 + 1),
  };
}

function namedLimits(device: string, options: DeviceOptions): QueueLimits {
  const mdts = /^nvme:(\d{1,2})$/.exec(device)?.[1];
  if (mdts !== undefined && Number(mdts) <= 12) {
    return nvmeLimits(Number(mdts), options);
  }
  if (Object.hasOwn(QUEUE_LIMIT_PRESETS, device)) {
    return presetLimits(device as QueueLimitPreset, options);
  }
  throw unknownName("device", device, DEVICE_NAMES);
}
