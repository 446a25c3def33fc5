import { assertEquals, assertThrows } from "@std/assert";
import { P2pdma } from "../../../sim/pci/p2pdma.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { MAP_TYPE } from "../../../sim/pci/map_type.ts";

function deviceOf(p2pdma: P2pdma, name: string) {
  const found = p2pdma.devices.find((device) => device.function.name === name);
  if (found === undefined) throw new TypeError(`no ${name}`);
  return found;
}

Deno.test("P2pdma.distanceMany() adds up, or is -1 (T50)", () => {
  const topology = loadTopology("q35");
  const p2pdma = new P2pdma(topology);
  const cmba = deviceOf(p2pdma, "cmba");
  const [self, swb, rpc] = ["cmba", "swb", "rpc"].map((name) =>
    topology.find(name)
  );
  if (!self || !swb || !rpc) throw new TypeError("three clients expected");
  // own memory 0, below the same switch 4
  assertEquals(p2pdma.distanceMany(cmba, [self, swb, swb]), 8);
  assertEquals(p2pdma.distanceMany(cmba, [self, rpc, swb]), -1);
  assertEquals(p2pdma.distanceMany(cmba, []), -1);
  // A device that is no PCI function.
  assertEquals(p2pdma.distanceMany(cmba, [self, null]), -1);
});

Deno.test("P2pdma.distanceMany() adds host bridge routes on AMD Zen (T50)", () => {
  const topology = loadTopology("q35").withCpu({ vendor: "amd", family: 0x17 });
  const p2pdma = new P2pdma(topology);
  // rpc: 03:00.0 is 4 below the root bus, 05:00.0 is 2: 6. swb: 4.
  assertEquals(
    p2pdma.distanceMany(deviceOf(p2pdma, "cmba"), [
      topology.find("rpc"),
      topology.find("swb"),
    ]),
    10,
  );
});

Deno.test("P2pDevice has the bus offset modulo 2^64 (T08)", () => {
  const [provider] = new P2pdma(loadTopology("one_switch")).providers;
  if (provider === undefined) throw new TypeError("one expected");
  assertEquals(provider.busOffset, 0xffffc40080000000n);
  assertEquals(
    BigInt.asUintN(64, 0x3c0000100000n + provider.busOffset),
    0x80100000n,
  );
});

Deno.test("P2pDevice.unplug() waits until references have drained", () => {
  const topology = loadTopology("one_switch");
  const p2pdma = new P2pdma(topology);
  const device = deviceOf(p2pdma, "nvme0");
  const client = topology.find("nvme1");
  assertEquals(device.acquire(), true);
  assertEquals(device.mapType(client), MAP_TYPE.busAddr);
  assertEquals(device.unplug(), "leaving");
  assertEquals(device.acquire(), false);
  // An I/O that is still in flight may be mapped anew.
  assertEquals(device.mapType(client), MAP_TYPE.busAddr);
  assertEquals(p2pdma.distanceMany(device, [client]), -1);
  device.release();
  assertEquals(device.state, "gone");
  const { loads, walks } = device.mapTypeCounts;
  assertEquals(device.mapType(client), MAP_TYPE.notSupported);
  assertEquals(device.mapTypeCounts, { loads, walks });
  assertThrows(() => device.release(), RangeError, "no references");
});

Deno.test("P2pDevice.unplug() leaves no map type in the xarray", () => {
  const topology = loadTopology("one_switch");
  const bytes = new SharedArrayBuffer(65536);
  const used = () => new Uint8Array(bytes).some((byte) => byte !== 0);
  const p2pdma = new P2pdma(topology, {
    memoryOf: (node) =>
      node.name === "nvme0"
        ? { view: new DataView(bytes), nodes: 16 }
        : { nodes: 16 },
  });
  const device = deviceOf(p2pdma, "nvme0");
  device.mapType(topology.find("nvme1"));
  assertEquals(used(), true);
  device.acquire();
  device.unplug();
  assertEquals(used(), true);
  device.release();
  assertEquals(used(), false);
});
