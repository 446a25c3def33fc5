/**
 * How a client reaches the memory of a provider.
 */

/** `enum pci_p2pdma_map_type` (include/linux/pci-p2pdma.h). */
export const MAP_TYPE = {
  /** Not looked up yet. */
  unknown: 0,
  /** Not P2P memory. */
  none: 1,
  /** The client cannot reach the provider. */
  notSupported: 2,
  /** Through the switch, by bus address. */
  busAddr: 3,
  /** Through the host bridge, as MMIO. */
  throughHostBridge: 4,
} as const;

/** A number of `MAP_TYPE`. */
export type MapType = typeof MAP_TYPE[keyof typeof MAP_TYPE];

const NAMES = [
  "UNKNOWN",
  "NONE",
  "NOT_SUPPORTED",
  "BUS_ADDR",
  "THRU_HOST_BRIDGE",
] as const;

/**
 * Names a map type as the kernel does.
 *
 * @returns Such as `BUS_ADDR`.
 */
export function mapTypeName(mapType: MapType): string {
  return NAMES[mapType];
}
