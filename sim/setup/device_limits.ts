/**
 * The queue limits of a run, from a named device and from limits set one by one
 * (`--device` and `--limit`), and back.
 */
import { queueLimitsSchema } from "../block/queue_form.ts";
import {
  checkQueueLimits,
  nvmeLimits,
  presetLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimitPreset,
  type QueueLimits,
} from "../block/queue_limits.ts";
import { swiotlbMaxMappingBytes } from "../dma/swiotlb_limits.ts";
import { fieldsOf, type SetupPart } from "../text/field.ts";
import { DEFAULT_KERNEL, kernelProfiles } from "../kernel/profile.ts";
import { MIN_ALIGN_MASK } from "../nvme/controller.ts";
import { unknownName } from "../text/unknown_name.ts";
import { shortLists } from "../text/short_lists.ts";

/** Bytes that NVMe can have bounced in one piece. */
export const LONGEST_BOUNCE: number = swiotlbMaxMappingBytes(MIN_ALIGN_MASK);

/** Limits that can be set, by the kernel's names of them. */
export const LIMITS: ReadonlyMap<string, keyof QueueLimits> = new Map(
  fieldsOf(queueLimitsSchema).map(({ path: [key], note }) => [
    note.entry ?? "",
    key as keyof QueueLimits,
  ]),
);

/** Names that `--device` takes; `nvme:N` has MDTS N. */
export const DEVICE_NAMES: readonly string[] = [
  ...Object.keys(QUEUE_LIMIT_PRESETS),
  "nvme:MDTS",
];

/** The device of a run that names none. */
export const DEFAULT_DEVICE = "nvme_prp";

/** The part of the controller and the kernel that decides its limits. */
export interface DeviceOptions {
  readonly kernel: string;
  /** Limits set one by one. */
  readonly limits: Partial<QueueLimits>;
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
 * Returns the limits of a device.
 *
 * @param device A name of `DEVICE_NAMES`, `nvme:0` to `nvme:12`.
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
    ...options.limits,
  };
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

/**
 * Returns the options that name limits: the device that is nearest, and what it
 * has otherwise.
 *
 * @param limits The limits, or what an untrusted file says about them.
 */
export function deviceWords(
  limits: Partial<QueueLimits>,
  setup: SetupPart,
): string[] {
  const { sgl, iommu, metadataSgl } = Object(setup.machine);
  const controller = {
    kernel: kernelProfiles.find((known) => known === setup.kernel) ??
      DEFAULT_KERNEL,
    sgl: sgl === true,
    iommu: iommu === true,
    metadataSgl: metadataSgl === true,
    limits: {},
  };
  const named = DEVICE_NAMES.filter((name) => name !== "nvme:MDTS");
  for (let mdts = 0; mdts <= 12; mdts++) named.push(`nvme:${mdts}`);
  let nearest: { name: string; settings: string[] } | undefined;
  for (const name of named) {
    const own = deviceLimits(name, controller);
    const settings = [...LIMITS].flatMap(([word, key]) =>
      typeof limits[key] !== "number" || limits[key] === own[key]
        ? []
        : [`${word}=${limits[key]}`]
    );
    if (settings.length >= (nearest?.settings.length ?? Infinity)) continue;
    nearest = { name, settings };
    if (settings.length === 0) break;
  }
  if (nearest === undefined) return [];
  return [
    "--device",
    nearest.name,
    ...shortLists(nearest.settings).flatMap((list) => ["--limit", list]),
  ];
}
