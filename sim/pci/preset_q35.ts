/**
 * The QEMU q35 machine on which the kernels of tests/data/kernel/ ran: two
 * controllers below one switch, two below root ports of their own, two on the
 * root bus; three of them offer their CMB. No port redirects: the switch has
 * no ACS capability, and nothing else is shared.
 */
import { belowBridges } from "./below_bridges.ts";
import type {
  FunctionDescription,
  TopologyDescription,
} from "./topology_description.ts";

const MIB = 2 ** 20;
const NVME = "1b36:0010";
const ROOT_PORT = "1b36:000c";

function controller(
  name: string,
  address: string,
  cmb?: [start: bigint, mib: number],
): FunctionDescription {
  return {
    address,
    name,
    kind: "endpoint",
    id: NVME,
    ...(cmb !== undefined && {
      bars: [{ index: 2, startPhys: cmb[0], sizeBytes: cmb[1] * MIB }],
      providerBars: [2],
    }),
  };
}

function other(address: string, id: string): FunctionDescription {
  return { address, kind: "endpoint", id };
}

function bridge(
  address: string,
  kind: FunctionDescription["kind"],
  id: string,
  secondaryBus: number,
): FunctionDescription {
  return { address, kind, id, secondaryBus };
}

/**
 * Describes the q35 machine of the recorded kernels.
 *
 * @returns The topology, with an Intel CPU.
 */
export function q35(): TopologyDescription {
  return {
    name: "q35",
    cpu: { vendor: "intel", family: 6 },
    // /proc/iomem, whole pages of "System RAM".
    dram: [
      { startPhys: 0x1000n, sizeBytes: 0x9e000 },
      { startPhys: 0x10_0000n, sizeBytes: 0x7feb_1000 },
    ],
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: belowBridges([
      { address: "0000:00:00.0", kind: "host", id: "8086:29c0" },
      other("0000:00:01.0", "1234:1111"),
      other("0000:00:02.0", "1af4:1001"),
      bridge("0000:00:03.0", "root_port", ROOT_PORT, 1),
      bridge("0000:00:04.0", "root_port", ROOT_PORT, 5),
      bridge("0000:00:05.0", "root_port", ROOT_PORT, 6),
      controller("intd", "0000:00:06.0"),
      controller("cmbf", "0000:00:07.0", [0xf900_0000n, 16]),
      other("0000:00:1f.0", "8086:2918"),
      other("0000:00:1f.2", "8086:2922"),
      other("0000:00:1f.3", "8086:2930"),
      bridge("0000:01:00.0", "switch_upstream", "104c:8232", 2),
      bridge("0000:02:00.0", "switch_downstream", "104c:8233", 3),
      bridge("0000:02:01.0", "switch_downstream", "104c:8233", 4),
      controller("cmba", "0000:03:00.0", [0xec00_0000n, 64]),
      controller("swb", "0000:04:00.0"),
      controller("rpc", "0000:05:00.0"),
      controller("cmbe", "0000:06:00.0", [0xf400_0000n, 64]),
    ]),
  };
}
