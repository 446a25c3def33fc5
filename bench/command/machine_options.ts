/**
 * The options that say what I/O runs on, for every command that has a path:
 * limits of the queue, controller, buses, memory, and how the kernel was made.
 */
import { type Command, InvalidArgumentError } from "commander";
import type { Abi } from "../../layouts/abi.ts";
import { parseSizeBytes } from "../../sim/cache/level_spec.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type { QueueSettings } from "../../sim/block/queue_settings.ts";
import { schedulers } from "../../sim/block/scheduler_registry.ts";
import type { MemoryMap } from "../../sim/machine.ts";
import { P2P_PRODUCERS } from "../../sim/pci/p2p_producer.ts";
import type { RangeStructure } from "../../sim/pci/recognise_range.ts";
import {
  controllerOf,
  type IntegrityKind,
  type MachineSetup,
  memoryMapOf,
  readTopologySource,
} from "../contender_machine.ts";
import { bounces } from "../machine_check.ts";
import { nameList, unknownName, wholeNumber } from "./command.ts";
import { deviceLimits } from "./device_option.ts";

/** What commander makes of these options. */
export interface MachineOptions {
  readonly device: string;
  readonly limit?: string[];
  readonly scheduler?: string;
  readonly setting?: string[];
  readonly sgl: boolean;
  readonly sglThreshold?: number;
  readonly iommu: boolean;
  readonly dmaMask?: number;
  readonly forceBounce?: boolean;
  readonly bouncePool?: number;
  readonly integrity?: string;
  readonly metadataSgl?: boolean;
  readonly vmemmap: boolean;
  readonly ranges?: string;
  readonly p2pProducer?: string;
  readonly memoryStart?: number;
  readonly topology?: string;
  readonly client?: string;
}

/** Settings of the queue, by the names that sysfs has for them. */
export const SETTINGS: ReadonlyMap<string, keyof QueueSettings> = new Map(
  [
    ["nr_requests", "tags"],
    ["queue_depth", "driverTags"],
    ["nomerges", "nomerges"],
    ["front_merges", "frontMerges"],
    ["fifo_batch", "fifoBatch"],
    ["writes_starved", "writesStarved"],
    ["async_depth", "asyncDepth"],
  ] as const,
);

const INTEGRITY_KINDS: readonly IntegrityKind[] = ["t10"];
const RANGE_STRUCTURES: readonly RangeStructure[] = ["sorted", "maple"];

/**
 * Adds the options to a command.
 *
 * @param command The command.
 * @returns The same command.
 */
export function addMachineOptions(command: Command): Command {
  return command
    .option("--device <name>", "limits of the queue", "nvme_prp")
    .option("--limit <name=value>", "one limit of it, by comma", nameList())
    .option("--scheduler <name>", schedulers.map(({ name }) => name).join(", "))
    .option("--setting <name=value>", "nr_requests, nomerges, ...", nameList())
    .option("--sgl", "the controller takes SGLs", false)
    .option("--sgl-threshold <size>", "average from which it gets one", size)
    .option("--iommu", "a translating IOMMU is in front of it", false)
    .option("--dma-mask <bits>", "what it reaches", wholeNumber(24, 64))
    .option("--force-bounce", "everything is bounced (swiotlb=force)")
    .option(
      "--bounce-pool <size>",
      "swiotlb pool, such as 64MiB; 0: none",
      size,
    )
    .option("--integrity <kind>", "t10: each block has a guard (T10 PI)")
    .option("--metadata-sgl", "the controller takes SGLs for metadata, too")
    .option("--topology <name|file>", "PCI tree (see lab topology)")
    .option("--client <name>", "the controller's function in that tree")
    .option("--p2p-producer <name>", "hands P2P memory on in pages or ranges")
    .option("--no-vmemmap", "the page array is in sections")
    .option("--ranges <name>", "recognition range looks into: sorted, maple")
    .option("--memory-start <address>", "where host memory begins", address);
}

/**
 * Reads the machine that the user described.
 *
 * @param options What commander made of the options.
 * @returns The machine, with the file of its tree read.
 * @throws {RangeError} If a name is not known or a value is none.
 */
export async function readMachine(
  options: MachineOptions,
): Promise<MachineSetup> {
  const { sgl, iommu, topology, client, integrity, ranges } = options;
  const { p2pProducer } = options;
  const { sglThreshold, dmaMask, forceBounce, bouncePool } = options;
  if (client !== undefined && topology === undefined) {
    throw new RangeError(
      `Cannot use client "${client}": found no --topology, expected the tree ` +
        `that it is in`,
    );
  }
  const settings = readSettings(options);
  const machine: MachineSetup = {
    sgl,
    iommu,
    ...(sglThreshold === undefined ? {} : { sglThresholdBytes: sglThreshold }),
    ...(dmaMask === undefined ? {} : { dmaMaskBits: dmaMask }),
    ...(forceBounce ? { forceBounce } : {}),
    ...(bouncePool === undefined ? {} : { bouncePoolBytes: bouncePool }),
    ...(integrity === undefined
      ? {}
      : { integrity: oneOf("integrity", integrity, INTEGRITY_KINDS) }),
    ...(options.metadataSgl ? { metadataSgl: true } : {}),
    ...(options.vmemmap ? {} : { vmemmap: false }),
    ...(ranges === undefined
      ? {}
      : { ranges: oneOf("structure of ranges", ranges, RANGE_STRUCTURES) }),
    ...(p2pProducer === undefined
      ? {}
      : { p2pProducer: oneOf("P2P producer", p2pProducer, P2P_PRODUCERS) }),
    ...(options.memoryStart === undefined
      ? {}
      : { memoryStart: options.memoryStart }),
    ...(settings === undefined ? {} : { settings }),
    ...(topology ? { topology: await readTopologySource(topology) } : {}),
    ...(client ? { client } : {}),
  };
  // Finds the client in its tree, or says that it is not there.
  controllerOf(machine);
  return machine;
}

/**
 * Gives the limits of the queue on a machine.
 *
 * @param options What commander made of the options.
 * @param machine The machine.
 * @param on The ABIs, and how much host memory buffers need.
 * @returns The limits, checked.
 * @throws {RangeError} If a name is not known, a value is none, or limits
 *   contradict each other.
 */
export function machineLimits(
  options: MachineOptions & { readonly kernel: string },
  machine: MachineSetup,
  on: { abis: readonly Abi[]; leastDramBytes: number },
): QueueLimits {
  const mapOf = (abi: Abi): MemoryMap =>
    memoryMapOf(machine, {
      is64Bit: abi.pointerBytes === 8,
      leastDramBytes: on.leastDramBytes,
      folioOrder: 0, // only where memory lies is asked
    });
  return deviceLimits(options.device, {
    kernel: options.kernel,
    limits: options.limit ?? [],
    sgl: options.sgl,
    iommu: options.iommu,
    metadataSgl: options.metadataSgl === true,
    bounces: on.abis.some((abi) => bounces(machine, mapOf(abi))),
  });
}

function readSettings(
  { scheduler = "none", setting: given = [] }: MachineOptions,
): Partial<QueueSettings> | undefined {
  const names = schedulers.map(({ name }) => name);
  const chosen = oneOf("scheduler", scheduler, names);
  const named = chosen === "none" ? {} : { scheduler: chosen };
  if (given.length === 0 && chosen === "none") return undefined;
  const settings = Object.fromEntries(given.map((setting) => {
    const [name = "", value = ""] = setting.split("=", 2);
    const key = SETTINGS.get(name);
    if (key === undefined) {
      throw unknownName("setting", name, [...SETTINGS.keys()]);
    }
    if (!/^\d{1,5}$/.test(value)) {
      throw new RangeError(
        `Cannot set "${name}": found "${value}", expected ${name}=NUMBER`,
      );
    }
    return [key, Number(value)];
  }));
  return { ...named, ...settings };
}

function oneOf<Name extends string>(
  kind: string,
  name: string,
  names: readonly Name[],
): Name {
  const found = names.find((known) => known === name);
  if (found === undefined) throw unknownName(kind, name, names);
  return found;
}

function size(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes === undefined) {
    throw new InvalidArgumentError(
      `Found "${text}", expected a size such as 4096 or 64MiB.`,
    );
  }
  return bytes;
}

function address(text: string): number {
  const value = /^(0x[\da-f]{1,13}|\d{1,16})$/i.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value % 4096 !== 0) {
    throw new InvalidArgumentError(
      `Found "${text}", expected a page's address such as 0x100000000.`,
    );
  }
  return value;
}
