/**
 * Named topologies: the cases that decide a map type, and the machine on
 * which the real kernels were watched.
 */
import { checkString } from "../../layouts/value_text.ts";
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

interface Port {
  readonly address: string;
  readonly parent?: string;
  readonly bus: number;
  readonly acs?: FunctionDescription["acs"];
}

function port(
  kind: FunctionDescription["kind"],
  { address, parent, bus, acs }: Port,
): FunctionDescription {
  return {
    address,
    kind,
    id: kind === "root_port" ? LISTED_PORT : SWITCH,
    parent,
    acs,
    secondaryBus: bus,
  };
}

/**
 * An NVMe controller; with a number, its BAR 4 is the n-th 64 MiB of P2P
 * memory, at the addresses of `defaultMemoryMap()`.
 */
function nvme(
  name: string,
  { address, parent, memory }: {
    address: string;
    parent?: string;
    memory?: number;
  },
): FunctionDescription {
  return {
    address,
    name,
    kind: "endpoint",
    id: "1b36:0010",
    parent,
    ...(memory !== undefined && {
      bars: [{
        index: 4,
        startPhys: 0x3c00_0000_0000n + BigInt(memory * 64 * MIB),
        sizeBytes: 64 * MIB,
        busAddress: 0x8000_0000n + BigInt(memory * 256 * MIB),
      }],
      providerBars: [4],
    }),
  };
}

const HOST: FunctionDescription = {
  address: "0000:00:00.0",
  kind: "host",
  id: UNLISTED_HOST,
};

function oneSwitch(
  name: string,
  { downstreamAcs, upstreamAcs }: {
    downstreamAcs?: FunctionDescription["acs"];
    upstreamAcs?: FunctionDescription["acs"];
  } = {},
): TopologyDescription {
  const acs = downstreamAcs === undefined ? {} : { acs: downstreamAcs };
  const above = upstreamAcs === undefined ? {} : { acs: upstreamAcs };
  return {
    name,
    cpu: INTEL,
    dram: DRAM,
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: [
      HOST,
      port("root_port", { address: "0000:00:01.0", bus: 1 }),
      port("switch_upstream", {
        address: "0000:01:00.0",
        parent: "0000:00:01.0",
        bus: 2,
        ...above,
      }),
      port("switch_downstream", {
        address: "0000:02:00.0",
        parent: "0000:01:00.0",
        bus: 3,
        ...acs,
      }),
      port("switch_downstream", {
        address: "0000:02:01.0",
        parent: "0000:01:00.0",
        bus: 4,
        ...acs,
      }),
      nvme("nvme0", {
        address: "0000:03:00.0",
        parent: "0000:02:00.0",
        memory: 0,
      }),
      nvme("nvme1", {
        address: "0000:04:00.0",
        parent: "0000:02:01.0",
        memory: 1,
      }),
    ],
  };
}

function twoRootPorts(): TopologyDescription {
  return {
    name: "two_root_ports",
    cpu: INTEL,
    dram: DRAM,
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: [
      HOST,
      port("root_port", { address: "0000:00:01.0", bus: 1 }),
      port("root_port", { address: "0000:00:02.0", bus: 2 }),
      nvme("nvme0", {
        address: "0000:01:00.0",
        parent: "0000:00:01.0",
        memory: 0,
      }),
      nvme("nvme1", {
        address: "0000:02:00.0",
        parent: "0000:00:02.0",
        memory: 1,
      }),
    ],
  };
}

function cascadedSwitches(): TopologyDescription {
  return {
    name: "cascaded_switches",
    cpu: INTEL,
    dram: DRAM,
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: [
      HOST,
      port("root_port", { address: "0000:00:01.0", bus: 1 }),
      port("switch_upstream", {
        address: "0000:01:00.0",
        parent: "0000:00:01.0",
        bus: 2,
      }),
      port("switch_downstream", {
        address: "0000:02:00.0",
        parent: "0000:01:00.0",
        bus: 3,
      }),
      port("switch_downstream", {
        address: "0000:02:01.0",
        parent: "0000:01:00.0",
        bus: 6,
      }),
      port("switch_upstream", {
        address: "0000:03:00.0",
        parent: "0000:02:00.0",
        bus: 4,
      }),
      port("switch_downstream", {
        address: "0000:04:00.0",
        parent: "0000:03:00.0",
        bus: 5,
      }),
      nvme("nvme0", {
        address: "0000:05:00.0",
        parent: "0000:04:00.0",
        memory: 0,
      }),
      nvme("nvme1", {
        address: "0000:06:00.0",
        parent: "0000:02:01.0",
        memory: 1,
      }),
    ],
  };
}

function twoHostBridges(): TopologyDescription {
  return {
    name: "two_host_bridges",
    cpu: INTEL,
    dram: DRAM,
    hostBridges: [{ domain: 0, rootBus: 0 }, { domain: 0, rootBus: 0x80 }],
    functions: [
      port("root_port", { address: "0000:00:00.0", bus: 1 }),
      port("root_port", { address: "0000:80:00.0", bus: 0x81 }),
      nvme("nvme0", {
        address: "0000:01:00.0",
        parent: "0000:00:00.0",
        memory: 0,
      }),
      nvme("nvme1", {
        address: "0000:81:00.0",
        parent: "0000:80:00.0",
        memory: 1,
      }),
    ],
  };
}

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
 * Makes a topology by name.
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
