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
import { parseQuantity, QuantityError } from "../../sim/text/quantity.ts";
import { oneOf, unknownName } from "./command.ts";

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
  /** Whether it takes SGLs for metadata, too; default: false. */
  readonly metadataSgl?: boolean;
  /** Whether its I/O is bounced; default: false. */
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
    const { name, value } = assignment(setting, LIMIT_NAMES, {
      what: "queue limit",
      most: 2 ** 32 - 1,
    });
    Object.assign(limits, { [LIMITS.get(name) ?? ""]: value });
  }
  try {
    checkQueueLimits(limits);
  } catch (error) {
    if (error instanceof RangeError) error.message = kernelNames(error.message);
    throw error;
  }
  return limits;
}

/** What users know limits by: their names in sysfs. */
function kernelNames(message: string): string {
  const names = new Map([...LIMITS].map(([name, key]) => [String(key), name]));
  return message.replaceAll(/[a-z]+[A-Z]\w*/g, (key) => names.get(key) ?? key);
}

/**
 * Reads `name=value`.
 *
 * @param text What the user typed.
 * @param names The names that there are.
 * @param by What is set, for the complaint, and how much it may be.
 * @returns Name and value; a value may be a size, such as 64k.
 * @throws {RangeError} If the name is not known or the value no number.
 */
export function assignment(
  text: string,
  names: readonly string[],
  by: { what: string; most: number },
): { name: string; value: number } {
  const [typed = "", value = ""] = text.split("=", 2);
  const name = oneOf(by.what, typed, names);
  try {
    const range = { kind: "size", least: 0, most: by.most } as const;
    return { name, value: parseQuantity(value, range) };
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new RangeError(
      `Cannot set ${by.what} "${name}": found ${error.found}, expected ` +
        (error.isAmbiguous
          ? error.expected
          : `${name}=NUMBER, such as ${name}=4096 or ${name}=4k`),
    );
  }
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
  const { limits: _limits, bounces: _bounces, ...controller } = options;
  const mdts = /^nvme:(\d{1,2})$/.exec(device)?.[1];
  if (mdts !== undefined && Number(mdts) <= 12) {
    return nvmeLimits(Number(mdts), controller);
  }
  if (Object.hasOwn(QUEUE_LIMIT_PRESETS, device)) {
    return presetLimits(device as QueueLimitPreset, controller);
  }
  throw unknownName("device", device, DEVICE_NAMES);
}
