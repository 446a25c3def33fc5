import { assertEquals } from "@std/assert";
import { MAP_TYPE } from "../../../sim/pci/map_type.ts";
import { MapTypeCache } from "../../../sim/pci/map_type_cache.ts";
import { P2pMapState } from "../../../sim/pci/map_state.ts";
import { P2pdma } from "../../../sim/pci/p2pdma.ts";
import { loadTopology } from "../../../sim/pci/presets.ts";

Deno.test("MapTypeCache.lookup() walks once for each client (T49)", () => {
  const topology = loadTopology("one_switch");
  const cache = new MapTypeCache(topology, topology.find("nvme0"));
  const client = topology.find("nvme1");
  assertEquals(cache.lookup(client), MAP_TYPE.busAddr);
  assertEquals([cache.walks, cache.loads], [1, 1]);
  assertEquals(cache.lookup(client), MAP_TYPE.busAddr);
  assertEquals([cache.walks, cache.loads], [1, 2]);
  assertEquals(cache.lookup(topology.find("nvme0")), MAP_TYPE.busAddr);
  assertEquals([cache.walks, cache.loads], [2, 3]);
});

function machine() {
  const topology = loadTopology("one_switch");
  const { devices, providers } = new P2pdma(topology);
  const [a, b] = providers;
  if (a === undefined || b === undefined) throw new TypeError("two expected");
  const loads = () =>
    devices.reduce((sum, device) => sum + device.mapTypeCounts.loads, 0);
  return { client: topology.find("nvme1"), a, b, loads };
}

Deno.test("P2pMapState.lookup() loads once for a run of one provider (T51)", () => {
  const { client, a, loads } = machine();
  const state = new P2pMapState();
  for (let i = 0; i < 32; i++) {
    assertEquals(state.lookup(client, a), MAP_TYPE.busAddr);
  }
  assertEquals(loads(), 1);
});

Deno.test("P2pMapState.lookup() loads k times for k alternating segments (T51)", () => {
  const { client, a, b, loads } = machine();
  const state = new P2pMapState();
  for (let i = 0; i < 32; i++) state.lookup(client, i % 2 === 0 ? a : b);
  assertEquals(loads(), 32);
});

Deno.test("P2pMapState.lookup() loads once per request as the block layer uses it (T51)", () => {
  const { client, a, loads } = machine();
  const state = new P2pMapState();
  for (let request = 0; request < 5; request++) {
    state.reset();
    state.lookup(client, a); // only the first segment is asked
  }
  assertEquals(loads(), 5);
});

Deno.test("P2pMapState.lookup() keeps its provider over host memory (T51)", () => {
  const { client, a, loads } = machine();
  const state = new P2pMapState();
  assertEquals(state.lookup(client, null), MAP_TYPE.none);
  assertEquals(loads(), 0);
  state.lookup(client, a);
  assertEquals(state.lookup(client, null), MAP_TYPE.none);
  state.lookup(client, a);
  assertEquals(loads(), 1);
});
