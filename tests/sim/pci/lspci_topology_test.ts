import { assertEquals, assertStringIncludes } from "@std/assert";
import { routeP2p } from "../../../sim/pci/distance.ts";
import { mapTypeName } from "../../../sim/pci/map_type.ts";
import type { LspciOptions } from "../../../sim/pci/lspci_topology.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { Topology } from "../../../sim/pci/topology.ts";
import { readTopologyFile } from "../../../sim/pci/topology_file.ts";
import { topologyJson } from "../../../sim/pci/topology_json.ts";
import { complaint, machine, read, sample } from "./lspci_rig.ts";

/** Address, kind and parent of each function. */
function tree(text: string): string[] {
  return read(text, { cpu: { vendor: "intel", family: 6 } }).description
    .functions.map(({ address, kind, parent, secondaryBus }) =>
      [address, kind, parent ?? "-", secondaryBus ?? "-"].join(" ")
    );
}

Deno.test("lspciTopology() finds the recorded machine as its preset says it", async () => {
  const preset = loadTopology("q35");
  const { description } = read(await sample("q35.vvvnn.txt.gz"));
  const found = new Topology(description);
  assertEquals(found.hostBridges.length, 1);
  assertEquals(
    found.functions.map((node) => [
      node.bdf,
      node.kind,
      node.vendorId,
      node.deviceId,
      node.upstream?.bdf,
      node.secondaryBus,
      node.acs,
      node.bars.filter(({ provider }) => provider),
    ]),
    preset.functions.map((node) => [
      node.bdf,
      node.kind,
      node.vendorId,
      node.deviceId,
      node.upstream?.bdf,
      node.secondaryBus,
      node.acs,
      node.bars,
    ]),
  );
});

Deno.test("lspciTopology() takes ACS, a second root bus and a PCI bridge", async () => {
  const { description, notes } = read(await sample("pxb.vvvnn.txt"));
  assertEquals(description.hostBridges, [
    { domain: 0, rootBus: 0 },
    { domain: 0, rootBus: 0x80 },
  ]);
  // The kernel has switched these on, because an IOMMU is on.
  const acs = ["request_redirect", "completion_redirect"] as const;
  assertEquals(
    description.functions.filter((node) => node.acs !== undefined)
      .map((node) => [node.address, node.kind, node.acs]),
    [
      ["0000:00:04.0", "root_port", acs],
      ["0000:00:04.1", "root_port", acs],
      ["0000:80:00.0", "root_port", acs],
    ],
  );
  const topology = new Topology(description).withCpu({
    vendor: "amd",
    family: 0x19,
  });
  const route = routeP2p(topology, {
    provider: topology.find("81:00.0"),
    client: topology.find("01:00.0"),
  });
  assertEquals(
    [mapTypeName(route.mapType), route.distance],
    ["THRU_HOST_BRIDGE", 4],
  );
  assertEquals(notes.length, 3);
});

Deno.test("lspciTopology() gives the same of list, numbers, tree and all", async () => {
  const whole = tree(await sample("pxb.vvvnn.txt"));
  assertEquals(tree(await sample("pxb.n.txt.gz")), whole);
  assertEquals(tree(await sample("pxb.vvvnn.txt", "pxb.tree.txt")), whole);
  assertEquals(tree(await sample("pxb.tree.txt", "pxb.n.txt.gz")), whole);
  const q35 = tree(await sample("q35.vvvnn.txt.gz"));
  assertEquals(tree(await sample("q35.vvv.txt.gz", "q35.tree.txt")), q35);
  assertEquals(tree(await sample("q35.D.txt", "q35.tree.txt")), q35);
  // A tree alone does not tell what is a host bridge.
  assertEquals(
    tree(await sample("q35.tree.txt")),
    q35.with(0, "0000:00:00.0 endpoint - -"),
  );
  const windows = (await sample("pxb.vvvnn.txt")).replaceAll("\n", "\r\n");
  assertEquals(tree(`\ufeff${windows}`), whole);
});

Deno.test("topologyJson() is a topology file with the same content", async () => {
  for (const name of ["pxb.vvvnn.txt", "q35.vvvnn.txt.gz"]) {
    const { description } = read(await sample(name));
    const text = JSON.stringify(topologyJson(description));
    const again = readTopologyFile(text, "again.json");
    const straight = new Topology(description);
    assertEquals(again.functions, straight.functions);
    assertEquals(again.dram, straight.dram);
    assertEquals(again.hostBridges, straight.hostBridges);
    assertEquals(again.cpu, straight.cpu);
  }
  const odd = topologyJson({
    name: "odd",
    cpu: { vendor: "arm", family: 0 },
    dram: [{ startPhys: 0n, sizeBytes: 4096 }],
    hostBridges: [{ domain: 0x10000, rootBus: 255 }],
    functions: [{
      address: "10000:ff:00.0",
      name: "far",
      kind: "endpoint",
      id: "1b36:0010",
      bars: [{
        index: 4,
        startPhys: 0xf_ffff_0000_0000n,
        sizeBytes: 3 * 2 ** 20,
        busAddress: 0x8000_0000n,
      }],
      providerBars: [4],
    }],
  });
  const [node] = readTopologyFile(JSON.stringify(odd), "odd.json").functions;
  assertEquals(node?.name, "far");
  assertEquals(node?.bars, [{
    index: 4,
    startPhys: 0xf_ffff_0000_0000n,
    sizeBytes: 3 * 2 ** 20,
    busAddress: 0x8000_0000n,
    provider: true,
  }]);
});

const NVME = "01:00.0 Non-Volatile memory controller [0108]: X [1b36:0010]";

Deno.test("lspciTopology() chooses the memory that is offered", () => {
  const text = machine(
    NVME,
    "\tRegion 0: Memory at fe000000 (64-bit, non-prefetchable) [size=16K]",
    "\tRegion 2: Memory at 3c0000000000 (64-bit, prefetchable) [size=8G]",
    "\tRegion 4: Memory at fe400000 (32-bit, prefetchable) [size=64M]",
    "\tCapabilities: [120 v1] Single Root I/O Virtualization (SR-IOV)",
    "\t\tRegion 2: Memory at 00000000d0000000 (64-bit, prefetchable)",
    "01:00.1 Ethernet controller [0200]: X [15b3:1017]",
    "\tRegion 0: Memory at f0000000 (64-bit, prefetchable) [size=32M]",
    "\tRegion 2: Memory at f4000000 (64-bit, prefetchable) [disabled] [size=1M]",
    "\tRegion 4: I/O ports at c000 [size=128]",
    "\tRegion 5: Memory at <unassigned> (32-bit, non-prefetchable) [disabled]",
  );
  const offered = (options: LspciOptions) =>
    read(text, options).description.functions.flatMap((node) =>
      (node.providerBars ?? []).map((bar) => `${node.address} ${bar}`)
    );
  assertEquals(offered({}), ["0000:01:00.0 2", "0000:01:00.0 4"]);
  assertEquals(offered({ providers: ["01:00.0"] }), ["0000:01:00.0 2"]);
  assertEquals(
    offered({ providers: ["0000:01:00.1", "01:00.0/4"] }),
    ["0000:01:00.0 4", "0000:01:00.1 0"],
  );
  assertEquals(offered({ providers: ["01:00.0/0"] }), ["0000:01:00.0 0"]);
  assertEquals(
    complaint(text, { providers: ["01:00.1/2"] }),
    'Cannot use provider "01:00.1/2": found no such memory, expected a memory ' +
      "BAR of whole pages (it has 0)",
  );
  assertEquals(
    complaint(text, { providers: ["02:00.0"] }),
    'Cannot use provider "02:00.0": found no such function, expected one of: ' +
      "0000:00:00.0, 0000:00:01.0, 0000:01:00.0, 0000:01:00.1",
  );
  // Registers, and tables of MSI-X, are no buffers.
  const plain = machine(
    NVME,
    "\tMemory at fe000000 (64-bit, prefetchable) [size=16K]",
    "\tMemory at fe100000 (64-bit, non-prefetchable) [size=1M]",
  );
  assertEquals(
    read(plain).description.functions[2]?.providerBars,
    undefined,
  );
  // Listed twice, as by two calls of lspci.
  for (const once of [plain, text]) {
    assertEquals(
      read(once + once).description.functions,
      read(once).description.functions,
    );
  }
  const sizes = read(text).description.functions[2]?.bars;
  assertEquals(sizes?.map(({ sizeBytes }) => sizeBytes), [
    16 * 2 ** 10,
    8 * 2 ** 30,
    64 * 2 ** 20,
  ]);
});

Deno.test("lspciTopology() says what lspci did not tell", () => {
  const { description, notes } = read(machine(
    "\tCapabilities: <access denied>",
    "00:02.0 PCI bridge [0604]: Intel Corporation Unused [8086:2031]",
    "\tBus: primary=00, secondary=00, subordinate=00, sec-latency=0",
    NVME,
    "\tMemory at fe000000 (64-bit, non-prefetchable) [size=16K]",
    "\tMemory at 100000000 (64-bit, prefetchable) [size=1G]",
    "02:10.0 Ethernet controller [0200]: Virtual [8086:1515]",
  ));
  // Without numbers: the second is behind the two halves of the first.
  assertEquals(description.functions[3]?.bars?.map(({ index }) => index), [
    0,
    2,
  ]);
  assertEquals(description.functions.length, 4);
  // The BAR reaches from 4 GiB to 5 GiB.
  assertEquals(description.dram[0]?.startPhys, 0x1_4000_0000n);
  assertEquals(notes, [
    "0000:00:02.0: no bus is below, taken for an endpoint",
    "0000:02:10.0: on a bus behind no bridge (as virtual functions are), left out",
    "lspci shows no CPU: intel family 0x6 is taken from host bridge 8086:2020; " +
    "--cpu-vendor says another",
    "0000:00:01.0: capabilities were denied (lspci needs root), ACS is taken as off",
    "P2P memory is assumed to be BAR 2 of 0000:01:00.0 (NVMe, prefetchable); " +
    "--provider names others",
    "lspci shows no host memory: 256 MiB at 0x140000000 are assumed",
  ]);
});

Deno.test("lspciTopology() tells the CPU by its host bridge, or asks", () => {
  const cpu = (words: string) =>
    read(`00:00.0 Host bridge [0600]: ${words}\n`).description.cpu;
  const zen = { vendor: "amd", family: 0x17 };
  assertEquals(cpu("AMD Starship/Matisse Root Complex [1022:1480]"), zen);
  assertEquals(cpu("AMD Family 17h (Models 00h-0fh) [1022:1450]"), zen);
  assertEquals(
    cpu("AMD Family 15h (Models 60h-6fh) Root Complex [1022:1576]"),
    { vendor: "amd", family: 0x15 },
  );
  assertEquals(
    cpu("Chengdu Haiguang IC Design X [1d94:1450]").vendor,
    "hygon",
  );
  for (const words of ["AMD Something [1022:1510]", "Ampere [1def:e100]"]) {
    const text = `00:00.0 Host bridge [0600]: ${words}\n`;
    assertStringIncludes(
      complaint(text),
      "line 1, column 1: found host bridge",
    );
    assertStringIncludes(complaint(text), "or --cpu-vendor");
    const arm = { vendor: "arm", family: 0 };
    assertEquals(read(text, { cpu: arm }).description.cpu, arm);
  }
});

Deno.test("lspciTopology() knows domains, and a BAR that holds others'", () => {
  const { description, notes } = read(machine(
    "00:05.5 RAID bus controller [0104]: Volume Management [8086:201d]",
    "\tRegion 2: Memory at d0000000 (32-bit, non-prefetchable) [size=32M]",
    "10000:00:02.0 PCI bridge [0604]: Intel Corporation Port [8086:2032]",
    "\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0",
    "10000:01:00.0 Non-Volatile memory controller [0108]: SSD [8086:0a54]",
    "\tRegion 0: Memory at d0000000 (64-bit, non-prefetchable) [size=16K]",
  ));
  assertEquals(description.hostBridges, [
    { domain: 0, rootBus: 0 },
    { domain: 0x10000, rootBus: 0 },
  ]);
  assertEquals(description.functions.at(-1)?.parent, "10000:00:02.0");
  assertEquals(description.functions[2]?.bars, undefined);
  assertEquals(
    notes.includes(
      "0000:00:05.5: a BAR that holds those of others is left out",
    ),
    true,
  );
});

Deno.test("lspciTopology() takes a tree with BARs below its devices", () => {
  const text = [
    "-[0000:00]-+-00.0  Intel Corporation X [8086:2020]",
    "           +-01.0-[01-02]--+-00.0  Vendor SSD [1b36:0010]",
    "           |               |    Region 0: Memory at fe000000 (64-bit, " +
    "non-prefetchable) [size=16K]",
    "           |               |    Region 2: Memory at f0000000 (64-bit, " +
    "prefetchable) [size=64M]",
    "           |               \\-00.1  Vendor SSD [1b36:0010]",
    "           |                    Memory at fd000000 (32-bit, " +
    "prefetchable) [disabled] [size=1M]",
    "           +-02.0-[03]--",
    "           \\-1f.0  Intel Corporation ISA [8086:2918]",
  ].join("\n");
  const { functions } = read(text).description;
  assertEquals(
    functions.map(({ address, parent, bars }) => [
      address,
      parent,
      bars?.map(({ index }) => index),
    ]),
    [
      ["0000:00:00.0", undefined, undefined],
      ["0000:00:01.0", undefined, undefined],
      ["0000:00:02.0", undefined, undefined],
      ["0000:00:1f.0", undefined, undefined],
      ["0000:01:00.0", "0000:00:01.0", [0, 2]],
      ["0000:01:00.1", "0000:00:01.0", undefined],
    ],
  );
});
