/**
 * A machine in words: for the line that heads a cell, and as the options that
 * describe it again.
 */
import { SETTINGS } from "./command/machine_options.ts";
import { bouncePoolOf, type MachineSetup } from "../sim/setup/machine_setup.ts";
import { formatSize } from "./report/figure.ts";

/**
 * Says what a machine is.
 *
 * @param machine The machine.
 * @returns Short phrases: what is not said is as usual.
 */
export function machineFacts(machine: MachineSetup): string[] {
  const { dmaMaskBits, sglThresholdBytes } = machine;
  const poolBytes = bouncePoolOf(machine);
  const { settings = {}, memoryStart } = machine;
  const threshold = sglThresholdBytes === undefined
    ? ""
    : ` (threshold ${formatSize(sglThresholdBytes)})`;
  return [
    machine.sgl ? `PRP or SGL${threshold}` : "PRP only",
    ...(machine.iommu ? ["IOMMU"] : []),
    ...(dmaMaskBits === undefined ? [] : [`DMA mask of ${dmaMaskBits} bits`]),
    ...(machine.forceBounce ? ["all bounced"] : []),
    ...(poolBytes === 0 ? [] : [`bounce pool of ${formatSize(poolBytes)}`]),
    ...(machine.integrity === undefined ? [] : ["T10 PI guards"]),
    ...(machine.metadataSgl ? ["SGLs for metadata"] : []),
    ...(machine.vmemmap === false ? ["no vmemmap"] : []),
    ...(machine.ranges === undefined ? [] : [
      `ranges ${machine.ranges === "maple" ? "in a maple tree" : "sorted"}`,
    ]),
    ...(machine.p2pProducer === "ranges" ? ["P2P memory in ranges"] : []),
    ...(memoryStart === undefined
      ? []
      : [`memory from 0x${memoryStart.toString(16)}`]),
    ...(settings.scheduler === undefined
      ? []
      : [`scheduler ${settings.scheduler}`]),
    ...[...SETTINGS].flatMap(([name, key]) =>
      settings[key] === undefined ? [] : [`${name} ${settings[key]}`]
    ),
    ...(machine.topology ? [`topology ${machine.topology.name}`] : []),
    ...(machine.client ? [`client ${machine.client}`] : []),
  ];
}

/** Options with a value, and the key that has it. */
const VALUES = [
  ["--sgl-threshold", "sglThresholdBytes"],
  ["--dma-mask", "dmaMaskBits"],
  ["--bounce-pool", "bouncePoolBytes"],
  ["--integrity", "integrity"],
  ["--ranges", "ranges"],
  ["--p2p-producer", "p2pProducer"],
  ["--memory-start", "memoryStart"],
  ["--client", "client"],
] as const;

/** Options without one: the key, and what it is when they are given. */
const SWITCHES = [
  ["--sgl", "sgl", true],
  ["--iommu", "iommu", true],
  ["--metadata-sgl", "metadataSgl", true],
  ["--force-bounce", "forceBounce", true],
  ["--no-vmemmap", "vmemmap", false],
] as const;

/**
 * Gives the options that describe a machine, without the limits of its queue.
 *
 * @param machine The machine, or what a result file says of it.
 * @returns Words of a command line.
 */
export function machineWords(
  machine: Readonly<Record<string, unknown>>,
): string[] {
  const tree = recordOf(machine.topology).name;
  const settings = recordOf(machine.settings);
  return [
    ...SWITCHES.flatMap(([word, key, value]) =>
      machine[key] === value ? [word] : []
    ),
    ...VALUES.flatMap(([word, key]) => {
      const value = machine[key];
      return typeof value === "string" || typeof value === "number"
        ? [word, String(value)]
        : [];
    }),
    ...(typeof tree === "string" ? ["--topology", tree] : []),
    ...(typeof settings.scheduler === "string"
      ? ["--scheduler", settings.scheduler]
      : []),
    ...[...SETTINGS].flatMap(([name, key]) =>
      typeof settings[key] === "number"
        ? ["--setting", `${name}=${settings[key]}`]
        : []
    ),
  ];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : {};
}
