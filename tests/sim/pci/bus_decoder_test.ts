import { assertEquals } from "@std/assert";
import { BusDecoder, TARGET } from "../../../sim/pci/bus_decoder.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { resolveBusAddress } from "./resolve_bus_address.ts";

const ZEN = { vendor: "amd", family: 0x17 };

Deno.test("resolveBusAddress() goes through the switch by bus address (T08)", () => {
  const topology = loadTopology("one_switch");
  const target = resolveBusAddress(
    topology,
    topology.find("nvme1"),
    0x80100000n,
  );
  assertEquals(target.kind === "bar" && target.phys, 0x3c0000100000n);
  assertEquals(target.kind === "bar" && target.through, "switch");
  assertEquals(target.kind === "bar" && target.owner.name, "nvme0");
});

Deno.test("resolveBusAddress() finds the function's own BAR", () => {
  const topology = loadTopology("two_root_ports");
  const nvme0 = topology.find("nvme0");
  const target = resolveBusAddress(topology, nvme0, 0x80000fffn);
  assertEquals(target.kind === "bar" && target.phys, 0x3c0000000fffn);
});

Deno.test("resolveBusAddress() finds DRAM, and nothing behind its end", () => {
  const topology = loadTopology("one_switch");
  const nvme0 = topology.find("nvme0");
  assertEquals(resolveBusAddress(topology, nvme0, 0x1_0fff_ffffn), {
    kind: "dram",
    phys: 0x1_0fff_ffffn,
  });
  assertEquals(resolveBusAddress(topology, nvme0, 0x1_1000_0000n), {
    kind: "none",
  });
});

Deno.test("resolveBusAddress() reaches a BAR by CPU address where the host bridge routes", () => {
  const intel = loadTopology("two_root_ports");
  const zen = intel.withCpu(ZEN);
  const phys = 0x3c0000100000n;
  const found = resolveBusAddress(zen, zen.find("nvme1"), phys);
  assertEquals(found.kind === "bar" && found.through, "host_bridge");
  assertEquals(found.kind === "bar" && found.phys, phys);
  // The raw bus address reaches nothing there, nor anything on Intel.
  const none = { kind: "none" } as const;
  assertEquals(resolveBusAddress(zen, zen.find("nvme1"), 0x80100000n), none);
  assertEquals(resolveBusAddress(intel, intel.find("nvme1"), phys), none);
});

Deno.test("resolveBusAddress() sends redirected traffic to the host bridge", () => {
  const topology = loadTopology("one_switch_acs").withCpu(ZEN);
  const client = topology.find("nvme1");
  assertEquals(resolveBusAddress(topology, client, 0x80100000n).kind, "none");
  const found = resolveBusAddress(topology, client, 0x3c0000100000n);
  assertEquals(found.kind === "bar" && found.through, "host_bridge");
});

Deno.test("BusDecoder.decode() refuses bytes that leave the window", () => {
  const topology = loadTopology("one_switch");
  const decoder = new BusDecoder(topology, topology.find("nvme1"));
  // 64 MiB from 0x80000000 on.
  assertEquals(decoder.decode(0x83fff000 | 0, 0, 4096), TARGET.peer);
  assertEquals(decoder.physLo >>> 0, 0x03fff000);
  assertEquals(decoder.physHi, 0x3c00);
  assertEquals(decoder.decode(0x83fff000 | 0, 0, 4097), TARGET.none);
  assertEquals(decoder.decode(0x0ffff001, 1, 4095), TARGET.dram);
  assertEquals(decoder.decode(0x0ffff001, 1, 4096), TARGET.none);
});
