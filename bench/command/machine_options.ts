/**
 * The options that say what I/O runs on, for every command that has a path:
 * limits of the queue, controller, buses, memory, and how the kernel was made.
 */
import { type Command, InvalidArgumentError } from "commander";
import { type Abi, PAGE_BYTES } from "../../layouts/abi.ts";
import type { QueueLimits } from "../../sim/block/queue_limits.ts";
import type { QueueSettings } from "../../sim/block/queue_settings.ts";
import { schedulers } from "../../sim/block/scheduler_registry.ts";
import type { MemoryMap } from "../../sim/memory/memory_map.ts";
import { P2P_PRODUCERS } from "../../sim/workload/p2p_producer.ts";
import { topologyNames } from "../../sim/pci/presets.ts";
import type { RangeStructure } from "../../sim/recognition/recognise_range.ts";
import {
  controllerOf,
  type IntegrityKind,
  type MachineSetup,
  memoryMapOf,
} from "../../sim/setup/machine_setup.ts";
import { bounces } from "../machine_check.ts";
import { readTopologySource } from "../topology_source.ts";
import { count, nameList, oneOf, size } from "./command.ts";
import {
  assignment,
  DEVICE_NAMES,
  deviceLimits,
  LIMIT_NAMES,
} from "./device_option.ts";
import { GROUPS } from "./help.ts";

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
  return command.optionsGroup(GROUPS.machine)
    .option(
      "--device <name>",
      `queue limits: ${DEVICE_NAMES.join(", ")}`,
      "nvme_prp",
    )
    .option(
      "--limit <name=value>",
      "set a queue limit, comma-separated; names as in sysfs, listed below",
      nameList(),
    )
    .option(
      "--scheduler <name>",
      `I/O scheduler: ${schedulers.map(({ name }) => name).join(", ")} ` +
        "(default: none)",
    )
    .option(
      "--setting <name=value>",
      "set a queue attribute, comma-separated; names are listed below",
      nameList(),
    )
    .option("--sgl", "the controller supports SGLs", false)
    .option(
      "--sgl-threshold <size>",
      "mean segment size from which SGLs are used; 0: never (default: 32KiB)",
      size(0, 2 ** 31),
    )
    .option("--metadata-sgl", "the controller supports SGLs for metadata, too")
    .option(
      "--integrity <kind>",
      `protection information: ${INTEGRITY_KINDS.join(", ")} (T10 PI, type 1)`,
    )
    .option("--iommu", "a translating IOMMU is in front of it", false)
    .option(
      "--dma-mask <bits>",
      "address bits that it can reach (default: 64)",
      count(24, 64),
    )
    .option("--force-bounce", "bounce all I/O, as swiotlb=force does")
    .option(
      "--bounce-pool <size>",
      "size of the swiotlb pool; 0: none (default: 64MiB where one is needed)",
      size(0),
    )
    .option(
      "--topology <name|file>",
      "PCI tree, see lab topology (default: all behind one switch)",
    )
    .option("--client <name>", "the controller's function in that tree")
    .option(
      "--p2p-producer <name>",
      `how P2P memory is handed on: ${P2P_PRODUCERS.join(", ")} ` +
        "(default: pages)",
    )
    .option(
      "--no-vmemmap",
      "struct pages in sections, not one virtual array (no SPARSEMEM_VMEMMAP)",
    )
    .option(
      "--ranges <name>",
      `what detection range searches: ${RANGE_STRUCTURES.join(", ")} ` +
        "(default: sorted)",
    )
    .option(
      "--memory-start <address>",
      "where host memory begins, such as 4G or 0x100000000",
      address,
    );
}

/** Names of the machine's options, for the end of a help text. */
export function machineNames(): [string, Iterable<string>][] {
  return [
    ["queue limits (--limit)", LIMIT_NAMES],
    ["queue attributes (--setting)", SETTINGS.keys()],
    ["topologies", topologyNames],
  ];
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
    const { name, value } = assignment(setting, [...SETTINGS.keys()], {
      what: "queue attribute",
      most: 2 ** 31 - 1,
    });
    return [SETTINGS.get(name), value];
  }));
  return { ...named, ...settings };
}

function address(text: string): number {
  const value = size(0)(text);
  if (value % PAGE_BYTES !== 0) {
    throw new InvalidArgumentError(
      `Found "${text}", expected the address of a page, such as 4G or ` +
        "0x100000000.",
    );
  }
  return value;
}
