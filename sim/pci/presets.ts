/**
 * Named topologies: the cases that decide a map type, and the machine on
 * which the real kernels were watched.
 */
import { checkString } from "../../layouts/value_text.ts";
import { belowBridges } from "./below_bridges.ts";
import { q35 } from "./preset_q35.ts";
import { Topology } from "./topology.ts";
import type {
  CpuDescription,
  FunctionDescription,
  TopologyDescription,
} from "./topology_description.ts";

const MIB = 2 ** 20;
const INTEL: CpuDescription = { vendor: "intel", family: 6 };

/** Not in the whitelist: an Intel client chipset's host bridge. */
const UNLISTED_HOST = "8086:29c0";
/** Skylake-E root port 1A, in the whitelist without restriction. */
const LISTED_PORT = "8086:2030";

/** A PLX switch. */
const SWITCH = "10b5:8747";

/** The DRAM of `defaultMemoryMap()`: 256 MiB from 4 GiB on. */
const DRAM = [{ startPhys: 0x1_0000_0000n, sizeBytes: 256 * MIB }];

/** A bridge, the bus behind it, and its ACS bits. */
function port(
  kind: FunctionDescription["kind"],
  address: string,
  secondaryBus: number,
  acs?: FunctionDescription["acs"],
): FunctionDescription {
  const id = kind === "root_port" ? LISTED_PORT : SWITCH;
  return { address, kind, id, acs, secondaryBus };
}

/**
 * An NVMe controller; its BAR 4 is the n-th 64 MiB of P2P memory, at the
 * addresses of `defaultMemoryMap()`.
 */
function nvme(address: string, memory: number): FunctionDescription {
  return {
    address,
    name: `nvme${memory}`,
    kind: "endpoint",
    id: "1b36:0010",
    bars: [{
      index: 4,
      startPhys: 0x3c00_0000_0000n + BigInt(memory * 64 * MIB),
      sizeBytes: 64 * MIB,
      busAddress: 0x8000_0000n + BigInt(memory * 256 * MIB),
    }],
    providerBars: [4],
  };
}

const HOST: FunctionDescription = {
  address: "0000:00:00.0",
  kind: "host",
  id: UNLISTED_HOST,
};

/** A machine of functions. */
function machine(
  name: string,
  functions: readonly FunctionDescription[],
  rootBuses: readonly number[] = [0],
): TopologyDescription {
  return {
    name,
    cpu: INTEL,
    dram: DRAM,
    hostBridges: rootBuses.map((rootBus) => ({ domain: 0, rootBus })),
    functions: belowBridges(functions),
  };
}

function oneSwitch(
  name: string,
  { downstreamAcs, upstreamAcs }: {
    downstreamAcs?: FunctionDescription["acs"];
    upstreamAcs?: FunctionDescription["acs"];
  } = {},
): TopologyDescription {
  return machine(name, [
    HOST,
    port("root_port", "0000:00:01.0", 1),
    port("switch_upstream", "0000:01:00.0", 2, upstreamAcs),
    port("switch_downstream", "0000:02:00.0", 3, downstreamAcs),
    port("switch_downstream", "0000:02:01.0", 4, downstreamAcs),
    nvme("0000:03:00.0", 0),
    nvme("0000:04:00.0", 1),
  ]);
}

const twoRootPorts = (): TopologyDescription =>
  machine("two_root_ports", [
    HOST,
    port("root_port", "0000:00:01.0", 1),
    port("root_port", "0000:00:02.0", 2),
    nvme("0000:01:00.0", 0),
    nvme("0000:02:00.0", 1),
  ]);

const cascadedSwitches = (): TopologyDescription =>
  machine("cascaded_switches", [
    HOST,
    port("root_port", "0000:00:01.0", 1),
    port("switch_upstream", "0000:01:00.0", 2),
    port("switch_downstream", "0000:02:00.0", 3),
    port("switch_downstream", "0000:02:01.0", 6),
    port("switch_upstream", "0000:03:00.0", 4),
    port("switch_downstream", "0000:04:00.0", 5),
    nvme("0000:05:00.0", 0),
    nvme("0000:06:00.0", 1),
  ]);

const twoHostBridges = (): TopologyDescription =>
  machine("two_host_bridges", [
    port("root_port", "0000:00:00.0", 1),
    port("root_port", "0000:80:00.0", 0x81),
    nvme("0000:01:00.0", 0),
    nvme("0000:81:00.0", 1),
  ], [0, 0x80]);

/** Makers of the presets, by name. */
const MAKERS: Readonly<Record<string, () => TopologyDescription>> = {
  "one_switch": () => oneSwitch("one_switch"),
  "one_switch_acs": () =>
    oneSwitch("one_switch_acs", {
      downstreamAcs: ["request_redirect", "completion_redirect"],
    }),
  "one_switch_acs_upstream": () =>
    oneSwitch("one_switch_acs_upstream", { upstreamAcs: ["request_redirect"] }),
  "two_root_ports": twoRootPorts,
  "cascaded_switches": cascadedSwitches,
  "two_host_bridges": twoHostBridges,
  "q35": q35,
};

/**
 * The names that `loadTopology()` knows.
 *
 * @example Each of them
 * ```ts
 * import { loadTopology, topologyNames } from "@bvec/lab";
 * import { assert } from "@std/assert";
 *
 * for (const name of topologyNames) {
 *   assert(loadTopology(name).functions.length > 0);
 * }
 * ```
 */
export const topologyNames: readonly string[] = Object.keys(MAKERS);

/**
 * Returns a topology by name.
 *
 * @param name One of `topologyNames`.
 * @returns The checked tree.
 * @throws {RangeError} If there is no such topology.
 *
 * @example Two root ports below one host bridge
 * ```ts
 * import { loadTopology } from "@bvec/lab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(loadTopology("two_root_ports").functions.length, 5);
 * ```
 */
export function loadTopology(name: string): Topology {
  checkString("load topology", "name", name);
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) {
    throw new RangeError(
      `Cannot find topology "${name}", expected one of: ${
        topologyNames.join(", ")
      }`,
    );
  }
  return new Topology(make());
}
