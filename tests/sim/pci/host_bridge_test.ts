import { assertEquals } from "@std/assert";
import { routeP2p } from "../../../sim/pci/distance.ts";
import { MAP_TYPE, type MapType } from "../../../sim/pci/map_type.ts";
import { Topology } from "../../../sim/pci/topology.ts";
import type {
  CpuDescription,
  FunctionDescription,
} from "../../../sim/pci/topology_description.ts";

const INTEL: CpuDescription = { vendor: "intel", family: 6 };

/** Two root ports on each of two host bridges whose root is `id`. */
function machine(
  id: string,
  { cpu = INTEL, root = "host", rootDevice = "00" }: {
    cpu?: CpuDescription;
    root?: "host" | "endpoint" | "root_port";
    rootDevice?: string;
  } = {},
): Topology {
  const functions: FunctionDescription[] = [];
  for (const [bus, first] of [["00", 1], ["80", 0x81]] as const) {
    functions.push({
      address: `0000:${bus}:${rootDevice}.0`,
      kind: root,
      id,
      ...(root === "root_port" && { secondaryBus: first + 10 }),
    });
    for (const i of [0, 1]) {
      const port = `0000:${bus}:0${i + 4}.0`;
      functions.push({
        address: port,
        kind: "root_port",
        id: "1b36:000c",
        secondaryBus: first + i,
      }, {
        address: `0000:${(first + i).toString(16).padStart(2, "0")}:00.0`,
        kind: "endpoint",
        id: "1b36:0010",
        parent: port,
      });
    }
  }
  return new Topology({
    name: id,
    cpu,
    dram: [],
    hostBridges: [{ domain: 0, rootBus: 0 }, { domain: 0, rootBus: 0x80 }],
    functions,
  });
}

function within(topology: Topology): MapType {
  return routeP2p(topology, {
    provider: topology.find("0000:01:00.0"),
    client: topology.find("0000:02:00.0"),
  }).mapType;
}

function across(topology: Topology): MapType {
  return routeP2p(topology, {
    provider: topology.find("0000:01:00.0"),
    client: topology.find("0000:81:00.0"),
  }).mapType;
}

const { notSupported, throughHostBridge } = MAP_TYPE;

Deno.test("routeP2p() refuses an Intel bridge that is not listed (T48)", () => {
  assertEquals(within(machine("8086:29c0")), notSupported);
  assertEquals(across(machine("8086:29c0")), notSupported);
});

Deno.test("routeP2p() lets AMD Zen route between all root ports (T48)", () => {
  const at = (family: number, vendor = "amd") =>
    machine("8086:29c0", { cpu: { vendor, family } });
  assertEquals(within(at(0x17)), throughHostBridge);
  assertEquals(across(at(0x1a)), throughHostBridge);
  assertEquals(within(at(0x16)), notSupported);
  // Hygon has the family of Zen but is another vendor.
  assertEquals(within(at(0x18, "hygon")), notSupported);
});

Deno.test("routeP2p() keeps old Xeons below one host bridge (T48)", () => {
  for (const id of ["8086:3c00", "8086:3c01", "8086:2f00", "8086:2f01"]) {
    assertEquals(within(machine(id)), throughHostBridge, id);
    assertEquals(across(machine(id)), notSupported, id);
  }
});

Deno.test("routeP2p() lets listed bridges reach across (T48)", () => {
  const ids = ["2030", "2031", "2032", "2033", "2020", "09a2"];
  for (const id of [...ids.map((id) => `8086:${id}`), "1ae0:abcd"]) {
    assertEquals(within(machine(id)), throughHostBridge, id);
    assertEquals(across(machine(id)), throughHostBridge, id);
  }
});

Deno.test("routeP2p() asks the first device of the root bus only", () => {
  // A listed id counts at device 0, or on a root port that is first.
  assertEquals(
    within(machine("8086:2030", { root: "endpoint" })),
    throughHostBridge,
  );
  assertEquals(
    within(machine("8086:2030", { root: "endpoint", rootDevice: "02" })),
    notSupported,
  );
  assertEquals(
    within(machine("8086:2030", { root: "root_port", rootDevice: "02" })),
    throughHostBridge,
  );
  // Behind the first one it does not count.
  assertEquals(
    within(machine("8086:2030", { root: "root_port", rootDevice: "06" })),
    notSupported,
  );
});
