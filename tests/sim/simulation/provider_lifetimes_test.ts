import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { assembleSimulated } from "../../../sim/simulation/simulated_path.ts";
import { ProviderLifetimes } from "../../../sim/simulation/provider_lifetimes.ts";
import { MAP_TYPE } from "../../../sim/pci/map_type.ts";
import { P2pdma } from "../../../sim/pci/p2pdma.ts";
import type { P2pRoutes } from "../../../sim/pci/p2p_routes.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";
import { recogniseRange } from "../../../sim/recognition/recognise_range.ts";
import type { Topology } from "../../../sim/pci/topology.ts";
import { topologyMemoryMap } from "../../../sim/pci/topology_memory.ts";
import { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";
import { labWindow } from "../nvme/command_lab.ts";
import { FAULT_MAP, planOf } from "./fault_rig.ts";

/** Routes over a P2pdma, as `topologyRoutes` makes them. */
function routesOf(
  p2pdma: P2pdma,
  topology: Topology,
  client: string,
): P2pRoutes {
  return {
    mapType: (provider) =>
      p2pdma.providers[provider - 1]?.device.mapType(topology.find(client)) ??
        MAP_TYPE.notSupported,
    deviceOf: (provider) => p2pdma.providers[provider - 1]?.device ?? null,
    offsetLo: new Int32Array(4),
    offsetHi: new Int32Array(4),
  };
}

Deno.test("ProviderLifetimes: a provider drains, then nothing finds it", () => {
  const topology = loadTopology("one_switch");
  const map = topologyMemoryMap(topology);
  const p2pdma = new P2pdma(topology);
  const lifetimes = new ProviderLifetimes(map);
  const routes = lifetimes.routes(routesOf(p2pdma, topology, "nvme1"));
  const first = lifetimes.find(0);
  const device = p2pdma.providers[0]?.device;
  assertEquals(routes.mapType(first), MAP_TYPE.busAddr);
  lifetimes.acquire(first);
  lifetimes.acquire(first);
  lifetimes.unplug(first);
  // Leaving: nobody new may pin it or choose it, those in flight still map.
  assertEquals(lifetimes.isPinnable(first), false);
  assertEquals(device?.state, "leaving");
  assertEquals(routes.mapType(first), MAP_TYPE.busAddr);
  lifetimes.release(first);
  assertEquals(lifetimes.isGone(first), false);
  lifetimes.release(first);
  assertEquals(lifetimes.isGone(first), true);
  assertEquals(device?.state, "gone");
  assertEquals(routes.mapType(first), MAP_TYPE.notSupported);
  assertEquals(lifetimes.counts, {
    unplugged: 1,
    drained: 2,
    lateAnswers: 0,
  });
});

Deno.test("ProviderLifetimes: a device goes with all of its BARs", () => {
  const lifetimes = new ProviderLifetimes(FAULT_MAP);
  const device = { unplug: () => "gone", acquire: () => true, release() {} };
  lifetimes.routes({
    mapType: () => MAP_TYPE.busAddr,
    // Both BARs are one device's.
    deviceOf: () => device as never,
    offsetLo: new Int32Array(3),
    offsetHi: new Int32Array(3),
  });
  lifetimes.unplug(1);
  assertEquals([1, 2].map((provider) => lifetimes.isGone(provider)), [
    true,
    true,
  ]);
  assertEquals(lifetimes.counts.unplugged, 2);
});

Deno.test("ProviderLifetimes: a range registry forgets what is gone", () => {
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 1 << 16 });
  for (const structure of ["sorted", "maple"] as const) {
    const lifetimes = new ProviderLifetimes(FAULT_MAP);
    const strategy = lifetimes.watch(
      recogniseRange(memory, FAULT_MAP, structure),
    );
    assertEquals(strategy.providerOf(0, 0x3c00, 0, 0), 1);
    lifetimes.acquire(1);
    lifetimes.unplug(1);
    assertEquals(strategy.providerOf(0, 0x3c00, 0, 0), 1, "in flight");
    lifetimes.release(1);
    assertEquals(strategy.providerOf(0, 0x3c00, 0, 0), 0, structure);
    assertEquals(lifetimes.counts.lateAnswers, 0);
    assertEquals(strategy.providerOf(0x0080_0000, 0x3c00, 0, 0), 2, structure);
  }
});

Deno.test("ProviderLifetimes: an answer with a provider that is gone is counted", () => {
  const lifetimes = new ProviderLifetimes(FAULT_MAP);
  const memory = new KernelMemory({ abi: findAbi("lp64"), sizeBytes: 1 << 16 });
  const { forget: _never, ...forgetful } = recogniseRange(memory, FAULT_MAP);
  const strategy = lifetimes.watch(forgetful);
  lifetimes.unplug(1);
  assertEquals(strategy.providerOf(0, 0x3c00, 0, 0), 1); // the bug
  assertEquals(lifetimes.counts.lateAnswers, 1);
});

Deno.test("assembleSimulated() maps nothing of a provider that is gone", () => {
  const map = FAULT_MAP;
  const ends: number[] = [];
  const { submit, drain, assembly } = assembleSimulated({
    layout: findLayout("page_offset"),
    abi: findAbi("lp64"),
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: 1,
    decode: true,
  }, {
    plan: planOf([{ kind: "unplug", io: 1, provider: "bar1" }]),
    onEnd: ({ status }) => ends.push(status),
  });
  const phys = Number(map.providers[1]?.startPhys);
  const window = labWindow([
    { pieces: [{ phys, bytes: 4096, provider: 2 }] },
    { pieces: [{ phys, bytes: 4096, provider: 2 }] },
  ]);
  submit(window, 0, { number: 0 });
  drain();
  submit(window, 1, { number: 1 });
  drain();
  assertEquals(ends, [0, -14]);
  assertEquals(assembly.decoded?.commands, 1);
  // Past the pin, which references make impossible: the map type says no
  // (BLK_STS_INVAL, 19, in 7.x), and the path is told that this is wrong.
  assertThrows(
    () => assembly.path.submit(window, 1),
    WrongIoError,
    "ended with status 19, expected 0",
  );
  assertEquals(assembly.decoded?.commands, 1);
});
