/**
 * Whether traffic between two root ports may pass through the host bridge
 * (blockspec 3.2, rule 4; `cpu_supports_p2pdma()` and
 * `host_bridge_whitelist()` in drivers/pci/p2pdma.c).
 */
import type { CpuDescription } from "./topology_description.ts";
import type { PciFunction, PciHostBridge } from "./topology.ts";

/** A line of the kernel's whitelist of host bridges. */
export interface HostBridgeEntry {
  /** Vendor, 16 bits. */
  readonly vendorId: number;
  /** Device, 16 bits; null is any. */
  readonly deviceId: number | null;
  /** Whether both devices must be below the same host bridge. */
  readonly sameBridgeOnly: boolean;
}

const INTEL = 0x8086;
const GOOGLE = 0x1ae0;

function intel(deviceIds: readonly number[], sameBridgeOnly: boolean) {
  return deviceIds.map((deviceId) => ({
    vendorId: INTEL,
    deviceId,
    sameBridgeOnly,
  }));
}

/** `pci_p2pdma_whitelist[]` of drivers/pci/p2pdma.c in 6.1 and 6.12. */
export const HOST_BRIDGES_6_1: readonly HostBridgeEntry[] = [
  // Xeon E5/Core i7 and Xeon E7 v3: not across sockets.
  ...intel([0x3c00, 0x3c01, 0x2f00, 0x2f01], true),
  // Skylake-E, and the server parts after it.
  ...intel([0x2030, 0x2031, 0x2032, 0x2033, 0x2020, 0x09a2], false),
];

/** The same of 7.2. */
export const HOST_BRIDGES_7_2: readonly HostBridgeEntry[] = [
  ...HOST_BRIDGES_6_1,
  // DSA and IAX, then QAT.
  ...intel([0x0b25, 0x0cfe, 0x11fb, 0x1212, 0x1216], false),
  ...intel([0x4940, 0x4942, 0x4944, 0x4946, 0x4948], false),
  { vendorId: GOOGLE, deviceId: null, sameBridgeOnly: false },
];

/** First AMD family whose root complexes are known to route: Zen. */
const AMD_ZEN_FAMILY = 0x17;

/**
 * Returns whether every root port of the machine routes P2P traffic.
 *
 * @param cpu The boot CPU.
 * @returns True for AMD from family 0x17 on.
 */
export function cpuRoutesP2p(cpu: CpuDescription): boolean {
  return cpu.vendor === "amd" && cpu.family >= AMD_ZEN_FAMILY;
}

/**
 * Returns the function that stands for a host bridge: the first one on the root
 * bus, if it is device 0 function 0 or a root port.
 */
export function hostBridgeFunction(host: PciHostBridge): PciFunction | null {
  const first = host.rootFunctions[0];
  if (first === undefined) return null;
  const standsFor = first.address.devfn === 0 || first.kind === "root_port";
  return standsFor ? first : null;
}

/**
 * Returns whether a whitelist lets two functions reach each other.
 *
 * @returns Whether the host bridges above both are listed for it.
 */
export function whitelistAllows(
  whitelist: readonly HostBridgeEntry[],
  a: PciFunction,
  b: PciFunction,
): boolean {
  const isListed = (host: PciHostBridge, sameBridge: boolean) =>
    findsBridge(whitelist, host, sameBridge);
  if (a.hostBridge === b.hostBridge) return isListed(a.hostBridge, true);
  return isListed(a.hostBridge, false) && isListed(b.hostBridge, false);
}

function findsBridge(
  whitelist: readonly HostBridgeEntry[],
  host: PciHostBridge,
  sameBridge: boolean,
): boolean {
  const root = hostBridgeFunction(host);
  if (root === null) return false;
  const entry = whitelist.find((entry) =>
    entry.vendorId === root.vendorId &&
    (entry.deviceId === null || entry.deviceId === root.deviceId)
  );
  return entry !== undefined && (sameBridge || !entry.sameBridgeOnly);
}
