/**
 * Refuses machines whose numbers no machine could have, and memory that the
 * controller cannot be given, before anything runs.
 */
import type { Abi } from "../../layouts/abi.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type { QueueSettings } from "../../sim/block/queue_settings.ts";
import { findScheduler } from "../../sim/block/scheduler_registry.ts";
import {
  SWIOTLB_SEGMENT_SLOTS,
  SWIOTLB_SLOT_BYTES,
} from "../../sim/dma/swiotlb_limits.ts";
import type { DramRange, MemoryMap } from "../../sim/memory/memory_map.ts";
import { fieldsOf, valueAt } from "../../sim/text/field.ts";
import { formatSize } from "../../sim/text/size_text.ts";
import { BOUNCE_POOL_PHYS } from "../../sim/nvme/controller.ts";
import { LONGEST_BOUNCE } from "../../sim/setup/device_limits.ts";
import {
  machineSchema,
  type MachineSetup,
} from "../../sim/setup/machine_fields.ts";
import { bouncePoolOf } from "../../sim/setup/bounce_pool.ts";

/** Bytes of a segment of slots: what the pool consists of. */
const POOL_UNIT = SWIOTLB_SLOT_BYTES * SWIOTLB_SEGMENT_SLOTS;

const NUMBERS = fieldsOf(machineSchema).filter(({ note }) =>
  note.entry !== undefined || note.flag === "--dma-mask" ||
  note.flag === "--sgl-threshold"
);
const DEADLINE_SETTINGS: ReadonlySet<string> = new Set(
  [
    "frontMerges",
    "fifoBatch",
    "writesStarved",
    "asyncDepth",
  ] satisfies (keyof QueueSettings)[],
);
/** MAX_SCHED_RQ (block/blk-mq-sched.h). */
const MOST_SCHEDULED = 2048;

/**
 * Refuses a machine whose numbers are out of their ranges. What its parts do
 * not go together with is in setup_rules.ts.
 *
 * @throws {RangeError} Naming the number and its range.
 */
export function checkMachine(machine: MachineSetup): void {
  const { settings = {} } = machine;
  for (const { path, schema, note } of NUMBERS) {
    const value = valueAt(machine, path);
    const [issue] = schema.safeParse(value).error?.issues ?? [];
    if (issue === undefined) continue;
    throw new RangeError(
      `Cannot use ${
        note.entry === undefined ? note.flag : `${note.entry} of`
      } ` +
        `${value}, expected ${issue.message}`,
    );
  }
  checkSettings(settings);
  checkPool(machine);
}

/**
 * Refuses memory that the controller of a machine cannot be given.
 *
 * @throws {RangeError} Naming the memory and what would reach it.
 */
export function checkReach(
  machine: MachineSetup,
  use: { map: MemoryMap; abi: Abi; limits: QueueLimits },
): void {
  const { map, abi, limits } = use;
  const { dmaMaskBits = 64, iommu } = machine;
  const poolBytes = bouncePoolOf(machine);
  const ranges = [
    ...map.dram.map((range) => ({ ...range, name: "host memory" })),
    ...map.providers,
    {
      name: "the bounce pool",
      startPhys: BigInt(BOUNCE_POOL_PHYS),
      sizeBytes: poolBytes,
    },
  ].map(({ name, startPhys, sizeBytes }) => ({
    name,
    first: startPhys,
    last: startPhys + BigInt(sizeBytes) - 1n,
  })).sort((a, b) => a.first < b.first ? -1 : 1);
  for (const [i, { name, first, last }] of ranges.entries()) {
    const before = ranges[i - 1];
    if (before !== undefined && last >= first && before.last >= first) {
      refuse(`${name} at ${hex(first)}`, before.name, "memory of its own");
    }
    if (last >> BigInt(abi.physBits) > 0n) {
      refuse(
        `${name} up to ${hex(last)}`,
        `${abi.physBits} bits of physical address on ${abi.name}`,
        "memory below",
      );
    }
    // P2P memory has a bus address or is never bounced: its I/O reports that.
    if (name !== "host memory" || iommu || last >> BigInt(dmaMaskBits) === 0n) {
      continue;
    }
    if (poolBytes === 0) {
      refuse(
        `${name} up to ${hex(last)}`,
        `a DMA mask of ${dmaMaskBits} bits and no bounce pool`,
        "a pool, an IOMMU or a wider mask",
      );
    }
  }
  if (bounces(machine, map)) checkBouncing(limits);
}

function checkSettings(settings: Partial<QueueSettings>): void {
  const { scheduler = "none", tags, driverTags } = settings;
  findScheduler(scheduler);
  if (scheduler !== "none") {
    if ((tags ?? 0) > MOST_SCHEDULED) {
      refuse(
        `nr_requests ${tags}`,
        `scheduler ${scheduler}`,
        `${MOST_SCHEDULED} at most`,
      );
    }
    return;
  }
  for (const { path, note } of NUMBERS) {
    const [, key = ""] = path;
    if (!DEADLINE_SETTINGS.has(key) || valueAt(settings, [key]) === undefined) {
      continue;
    }
    refuse(`setting ${note.entry}`, "no scheduler", "scheduler mq-deadline");
  }
  if (tags !== undefined && driverTags !== undefined && tags > driverTags) {
    refuse(
      `nr_requests ${tags}`,
      `a queue_depth of ${driverTags} and no scheduler`,
      "at most as many, or a scheduler that holds the others",
    );
  }
}

/** What bouncing needs: a pool in reach that takes the longest segment. */
function checkPool(machine: MachineSetup): void {
  const { dmaMaskBits = 64 } = machine;
  const poolBytes = bouncePoolOf(machine);
  if (poolBytes === 0) return;
  // Host memory of the default map ends here; the pool is below 4 GiB.
  const most = 2 ** 32 - BOUNCE_POOL_PHYS;
  if (poolBytes % POOL_UNIT !== 0 || poolBytes < 0 || poolBytes > most) {
    throw new RangeError(
      `Cannot use a bounce pool of ${formatSize(poolBytes)}, expected a ` +
        `multiple of ${formatSize(POOL_UNIT)} up to ${formatSize(most)}`,
    );
  }
  const end = BOUNCE_POOL_PHYS + poolBytes;
  if (end > 2 ** dmaMaskBits) {
    refuse(
      `a DMA mask of ${dmaMaskBits} bits`,
      `a bounce pool up to ${hex(BigInt(end - 1))}`,
      "a mask that reaches it",
    );
  }
}

/** A segment that is bounced must fit a run of slots. */
function checkBouncing(limits: QueueLimits): void {
  const { maxSectors, maxSegmentBytes } = limits;
  if (Math.min(maxSectors * 512, maxSegmentBytes) <= LONGEST_BOUNCE) return;
  refuse(
    `max_sectors of ${maxSectors}`,
    `bouncing, which maps ${LONGEST_BOUNCE} bytes at most`,
    `${LONGEST_BOUNCE / 512} or less`,
  );
}

/**
 * Says whether I/O on host memory is bounced.
 *
 * @returns Whether it is forced, or memory is out of the mask's reach.
 */
export function bounces(machine: MachineSetup, map: MemoryMap): boolean {
  const { iommu, forceBounce = false, dmaMaskBits = 64 } = machine;
  const isFar = ({ startPhys, sizeBytes }: DramRange) =>
    (startPhys + BigInt(sizeBytes) - 1n) >> BigInt(dmaMaskBits) > 0n;
  return !iommu && (forceBounce || map.dram.some(isFar));
}

function refuse(what: string, found: string, wanted: string): never {
  throw new RangeError(
    `Cannot use ${what}: found ${found}, expected ${wanted}`,
  );
}

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}
