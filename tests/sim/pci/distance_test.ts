import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { routeP2p } from "../../../sim/pci/distance.ts";
import { MAP_TYPE } from "../../../sim/pci/map_type.ts";
import { loadTopology, topologyNames } from "../../../sim/pci/presets.ts";
import { Topology } from "../../../sim/pci/topology.ts";
import type {
  FunctionDescription,
  TopologyDescription,
} from "../../../sim/pci/topology_description.ts";

function route(topology: Topology, provider: string, client: string) {
  const found = routeP2p(topology, {
    provider: topology.find(provider),
    client: topology.find(client),
  });
  return { distance: found.distance, mapType: found.mapType };
}

Deno.test("routeP2p() counts hops to the common ancestor (T47)", () => {
  const one = loadTopology("one_switch");
  assertEquals(route(one, "nvme0", "nvme0"), {
    distance: 0,
    mapType: MAP_TYPE.busAddr,
  });
  // endpoint -> downstream port -> upstream port, from both sides.
  assertEquals(route(one, "nvme0", "nvme1"), {
    distance: 4,
    mapType: MAP_TYPE.busAddr,
  });
  // 05:00.0 -> 04:00.0 -> 03:00.0 -> 02:00.0 -> 01:00.0 is four hops, and
  // 06:00.0 -> 02:01.0 -> 01:00.0 two.
  assertEquals(route(loadTopology("cascaded_switches"), "nvme0", "nvme1"), {
    distance: 6,
    mapType: MAP_TYPE.busAddr,
  });
});

Deno.test("routeP2p() gives two functions of one device distance 2 (T47)", () => {
  const topology = new Topology({
    name: "two functions",
    cpu: { vendor: "intel", family: 6 },
    dram: [],
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions: [
      {
        address: "0000:00:01.0",
        kind: "root_port",
        id: "8086:2030",
        secondaryBus: 1,
      },
      endpoint("0000:01:00.0", "0000:00:01.0"),
      endpoint("0000:01:00.1", "0000:00:01.0"),
    ],
  });
  assertEquals(route(topology, "0000:01:00.0", "0000:01:00.1"), {
    distance: 2,
    mapType: MAP_TYPE.busAddr,
  });
});

Deno.test("routeP2p() counts beyond the root ports without ancestor (T47)", () => {
  // endpoint -> root port -> host bridge, from both sides; 8086:29c0 stands
  // for the host bridge and is not in the whitelist.
  assertEquals(route(loadTopology("two_root_ports"), "nvme0", "nvme1"), {
    distance: 4,
    mapType: MAP_TYPE.notSupported,
  });
});

Deno.test("routeP2p() leaves the distance when a downstream port redirects (T47)", () => {
  const acs = loadTopology("one_switch_acs");
  assertEquals(route(acs, "nvme0", "nvme1"), {
    distance: 4,
    mapType: MAP_TYPE.notSupported,
  });
  const zen = acs.withCpu({ vendor: "amd", family: 0x17 });
  assertEquals(route(zen, "nvme0", "nvme1"), {
    distance: 4,
    mapType: MAP_TYPE.throughHostBridge,
  });
});

Deno.test("routeP2p() counts the common upstream port's own ACS (T47)", () => {
  const topology = loadTopology("one_switch_acs_upstream");
  const found = routeP2p(topology, {
    provider: topology.find("nvme0"),
    client: topology.find("nvme1"),
  });
  assertEquals(found.distance, 4);
  assertEquals(found.redirects.map((node) => node.bdf), ["0000:01:00.0"]);
  assertEquals(found.mapType, MAP_TYPE.notSupported);
  // The root port above the common ancestor is not on the way.
  assertEquals(found.commonAncestor?.bdf, "0000:01:00.0");
});

Deno.test("routeP2p() flips for each single redirect bit on each port (T47)", () => {
  const bits = [
    "request_redirect",
    "completion_redirect",
    "egress_control",
  ] as const;
  for (const address of ["0000:02:00.0", "0000:02:01.0", "0000:01:00.0"]) {
    for (const bit of bits) {
      const topology = withAcs(address, [bit]);
      assertEquals(
        route(topology, "nvme0", "nvme1").mapType,
        MAP_TYPE.notSupported,
        `${bit} at ${address}`,
      );
    }
  }
  // The root port is above the common ancestor.
  assertEquals(
    route(withAcs("0000:00:01.0", bits), "nvme0", "nvme1").mapType,
    MAP_TYPE.busAddr,
  );
});

Deno.test("routeP2p() is the same in both directions", () => {
  // Redirects on either side and the ancestor count whichever way one walks.
  for (const name of topologyNames) {
    const topology = loadTopology(name);
    for (const provider of topology.functions) {
      for (const client of topology.functions) {
        const there = routeP2p(topology, { provider, client });
        const back = routeP2p(topology, {
          provider: client,
          client: provider,
        });
        assertEquals(there.distance, back.distance);
        assertEquals(there.mapType, back.mapType);
      }
    }
  }
});

Deno.test("routeP2p() finds distances as a search over the tree does", () => {
  const arbitrary = fc.array(fc.nat(), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(arbitrary, (choices) => {
      const topology = randomTree(choices);
      for (const provider of topology.functions) {
        for (const client of topology.functions) {
          const path = (bdf: string) => {
            const nodes: string[] = [];
            let node = topology.find(bdf);
            for (;;) {
              nodes.push(node.bdf);
              if (node.upstream === null) return nodes;
              node = node.upstream;
            }
          };
          const a = path(provider.bdf);
          const b = path(client.bdf);
          const shared = a.filter((bdf) => b.includes(bdf)).length;
          const expected = a.length + b.length - 2 * shared;
          assertEquals(
            routeP2p(topology, { provider, client }).distance,
            expected,
          );
        }
      }
    }),
    { numRuns: 50 },
  );
});

function endpoint(address: string, parent: string): FunctionDescription {
  return { address, kind: "endpoint", id: "1b36:0010", parent };
}

function withAcs(
  address: string,
  acs: FunctionDescription["acs"] & object,
): Topology {
  const plain = loadTopology("one_switch");
  const description: TopologyDescription = {
    name: "acs",
    cpu: plain.cpu,
    dram: plain.dram,
    hostBridges: plain.hostBridges,
    functions: plain.functions.map((node) => ({
      address: node.bdf,
      name: node.name,
      kind: node.kind,
      id: `${hex(node.vendorId)}:${hex(node.deviceId)}`,
      ...(node.upstream !== null && { parent: node.upstream.bdf }),
      ...(node.secondaryBus !== null && { secondaryBus: node.secondaryBus }),
      ...(node.bdf === address && { acs }),
    })),
  };
  return new Topology(description);
}

function hex(value: number): string {
  return value.toString(16).padStart(4, "0");
}

/** A tree of switches: each choice hangs a switch below an earlier port. */
function randomTree(choices: readonly number[]): Topology {
  const functions: FunctionDescription[] = [];
  const ports: { address: string; bus: number }[] = [];
  let bus = 0;
  const text = (onBus: number, device: number) =>
    `0000:${onBus.toString(16).padStart(2, "0")}:${
      device.toString(16).padStart(2, "0")
    }.0`;
  for (let i = 1; i <= 2; i++) {
    const address = text(0, i);
    functions.push({
      address,
      kind: "root_port",
      id: "8086:2030",
      secondaryBus: ++bus,
    });
    ports.push({ address, bus });
  }
  for (const choice of choices) {
    const [above] = ports.splice(choice % ports.length, 1);
    if (above === undefined) break;
    const upstream = text(above.bus, 0);
    const inner = ++bus;
    functions.push({
      address: upstream,
      kind: "switch_upstream",
      id: "10b5:8747",
      parent: above.address,
      secondaryBus: inner,
    });
    for (let device = 0; device < 2; device++) {
      const address = text(inner, device);
      functions.push({
        address,
        kind: "switch_downstream",
        id: "10b5:8747",
        parent: upstream,
        secondaryBus: ++bus,
      });
      ports.push({ address, bus });
    }
  }
  for (const port of ports) {
    functions.push(endpoint(text(port.bus, 0), port.address));
  }
  return new Topology({
    name: "random",
    cpu: { vendor: "intel", family: 6 },
    dram: [],
    hostBridges: [{ domain: 0, rootBus: 0 }],
    functions,
  });
}
