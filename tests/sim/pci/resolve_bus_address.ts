/** What the bus decoder finds behind an address, whole and by names. */
import { BusDecoder, TARGET } from "../../../sim/pci/bus_decoder.ts";
import type {
  PciBar,
  PciFunction,
  Topology,
} from "../../../sim/pci/topology.ts";

/** What a bus address stands for, and where. */
export type BusTarget =
  | { readonly kind: "dram"; readonly phys: bigint }
  | {
    readonly kind: "bar";
    /** Through a switch (or the function's own), or the host bridge. */
    readonly through: "switch" | "host_bridge";
    readonly phys: bigint;
    readonly owner: PciFunction;
    readonly bar: PciBar;
  }
  | { readonly kind: "none" };

/**
 * Resolves a bus address that a function uses.
 *
 * @param topology The tree.
 * @param requester The function that sends the request.
 * @param bus The address.
 * @returns DRAM, a BAR, or none if nothing answers.
 */
export function resolveBusAddress(
  topology: Topology,
  requester: PciFunction,
  bus: bigint,
): BusTarget {
  const decoder = new BusDecoder(topology, requester);
  const target = decoder.decode(
    Number(BigInt.asIntN(32, bus)),
    Number(BigInt.asIntN(32, bus >> 32n)),
    1,
  );
  const phys = BigInt(decoder.physHi >>> 0) << 32n |
    BigInt(decoder.physLo >>> 0);
  if (target === TARGET.dram) return { kind: "dram", phys };
  const owned = decoder.owned[decoder.window];
  if (target === TARGET.none || owned === undefined || owned === null) {
    return { kind: "none" };
  }
  const through = target === TARGET.peer ? "switch" : "host_bridge";
  return { kind: "bar", through, phys, ...owned };
}
