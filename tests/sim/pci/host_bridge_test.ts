import { assertEquals } from "@std/assert";
import { routeP2p } from "../../../sim/pci/distance.ts";
import { ERRNO } from "../../../sim/kernel/operation.ts";
import { kernelProfiles, pathProfile } from "../../../sim/kernel/profile.ts";
import { MAP_TYPE, type MapType } from "../../../sim/pci/map_type.ts";
import { Topology } from "../../../sim/pci/topology.ts";
import { topologyMemoryMap } from "../../../sim/pci/topology_memory.ts";
import { BARS, commandLab, SMALL_MAP } from "../nvme/command_lab.ts";
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

Deno.test("routeP2p() trusts the host bridges that each kernel lists", () => {
  // Intel's DSA, IAX and QAT, and all of Google, came after 6.12.
  const later = [
    ...["0b25", "0cfe", "11fb", "1212", "1216"],
    ...["4940", "4942", "4944", "4946", "4948"],
  ].map((id) => `8086:${id}`);
  const known = ["8086:2030", "8086:2020", "8086:09a2", "8086:3c00"];
  for (const kernel of kernelProfiles) {
    const { hostBridges } = pathProfile(kernel);
    const at = (id: string) => machine(id).withHostBridges(hostBridges);
    for (const id of known) assertEquals(within(at(id)), throughHostBridge, id);
    const isListed = kernel === "7.2" ? throughHostBridge : notSupported;
    for (const id of [...later, "1ae0:abcd"]) {
      assertEquals(within(at(id)), isListed, `${kernel} ${id}`);
      assertEquals(across(at(id)), isListed, `${kernel} ${id}`);
    }
    // One id beside each is no kernel's.
    for (const id of ["8086:0b26", "8086:4941", "1ae1:abcd"]) {
      assertEquals(within(at(id)), notSupported, `${kernel} ${id}`);
    }
  }
});

Deno.test("Topology.withCpu() keeps the kernel's list", () => {
  const { hostBridges } = pathProfile("6.12");
  const tree = machine("8086:4940").withHostBridges(hostBridges);
  assertEquals(within(tree.withCpu(INTEL)), notSupported);
});

Deno.test("assemblePath() asks the list of the kernel that it models", () => {
  // A read into the memory of the other root port's device, below QAT.
  const functions = ["01", "02"].flatMap((bus, i): FunctionDescription[] => [{
    address: `0000:00:0${i + 4}.0`,
    kind: "root_port",
    id: "1b36:000c",
    secondaryBus: i + 1,
  }, {
    address: `0000:${bus}:00.0`,
    kind: "endpoint",
    id: "1b36:0010",
    parent: `0000:00:0${i + 4}.0`,
    bars: [{ index: 0, startPhys: BigInt(BARS[i] ?? 0), sizeBytes: 4 << 20 }],
    providerBars: [0],
  }]);
  const topology = new Topology({
    name: "qat",
    cpu: INTEL,
    dram: [...SMALL_MAP.dram],
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: [
      { address: "0000:00:00.0", kind: "host", id: "8086:4944" },
      ...functions,
    ],
  });
  const errnos = ["6.12", "7.2"].map((kernel) => {
    const lab = commandLab({
      kernel,
      map: { ...SMALL_MAP, providers: topologyMemoryMap(topology).providers },
      controller: { topology, client: "0000:01:00.0" },
    });
    lab.submit([{ pieces: [{ phys: BARS[1], bytes: 4096, provider: 2 }] }]);
    return lab.assembly.path.counts.lastErrno;
  });
  assertEquals(errnos, [ERRNO.remoteio, 0]);
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
