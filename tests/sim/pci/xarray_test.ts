import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Xarray } from "../../../sim/pci/xarray.ts";

function makeXarray(nodes: number, at = 0): Xarray {
  const buffer = new SharedArrayBuffer(at + Xarray.sizeBytes(nodes));
  return new Xarray(new DataView(buffer), at, { nodes });
}

Deno.test("Xarray.store() makes one node for each 6 bits of the index", () => {
  const xarray = makeXarray(8);
  xarray.store(0x3b00, 3); // 14 bits: shifts 12, 6, 0
  assertEquals(xarray.nodes, 3);
  xarray.store(0x3b01, 3); // the same leaf
  assertEquals(xarray.nodes, 3);
  xarray.store(0x13b11, 4); // 17 bits: still within shift 12
  assertEquals(xarray.nodes, 5);
  assertEquals(xarray.load(0x3b00), 3);
  assertEquals(xarray.load(0x3b01), 3);
  assertEquals(xarray.load(0x13b11), 4);
  assertEquals(xarray.load(0x3b02), 0);
  assertEquals(xarray.load(0), 0);
});

Deno.test("Xarray.store() keeps each node's count of slots in use", () => {
  // xa_node.count, u8 at 2, by which a kernel frees a node that is empty.
  const view = new DataView(new SharedArrayBuffer(Xarray.sizeBytes(3)));
  const xarray = new Xarray(view, 0, { nodes: 3 });
  const counts = () => [0, 1, 2].map((i) => view.getUint8(64 + i * 576 + 2));
  xarray.store(5, 1);
  assertEquals(counts(), [1, 0, 0]);
  xarray.store(6, 1);
  xarray.store(6, 2); // it is in use already
  assertEquals(counts(), [2, 0, 0]);
  // A level above the leaf, and another leaf below that.
  xarray.store(64, 1);
  assertEquals(counts(), [2, 2, 1]);
});

Deno.test("Xarray.store() links each node to the one above", () => {
  // xa_node.parent, a pointer at 8; nodes are at 64, 640 and 1216. The leaf of
  // 5 is made first, then a level above it, then the leaf of 64.
  const view = new DataView(new SharedArrayBuffer(Xarray.sizeBytes(3)));
  const xarray = new Xarray(view, 0, { nodes: 3 });
  xarray.store(5, 1);
  xarray.store(64, 1);
  const parents = [0, 1, 2].map((i) => view.getInt32(64 + i * 576 + 8, true));
  assertEquals(parents, [640, 0, 640]);
});

Deno.test("Xarray.load() touches a line of each level and the head", () => {
  const nodes = 3;
  const plain = new DataView(new SharedArrayBuffer(Xarray.sizeBytes(nodes)));
  const lines = new Set<number>();
  const view = new Proxy(plain, {
    get: (target, key) => {
      const method = Reflect.get(target, key);
      return (...args: number[]) => {
        lines.add(Math.floor((args[0] ?? 0) / 64));
        return Reflect.apply(method, target, args);
      };
    },
  });
  const xarray = new Xarray(view, 0, { nodes });
  xarray.store(0x3b00, 3);
  lines.clear();
  assertEquals(xarray.load(0x3b00), 3);
  // Head in line 0. Nodes at 64, 640 and 1216: the shift is in lines 1, 10
  // and 19. Slots of 0x3b00 are 3, 44 and 0, at node + 40 + 8 * slot: 128
  // (line 2), 1032 (line 16), 1256 (line 19, where the shift is).
  assertEquals([...lines].sort((a, b) => a - b), [0, 1, 2, 10, 16, 19]);
});

Deno.test("Xarray.store() refuses when no node is left", () => {
  const xarray = makeXarray(1);
  xarray.store(5, 1);
  assertThrows(() => xarray.store(0x3b00, 1), RangeError, "all 1 nodes");
});

Deno.test("Xarray.load() agrees with a Map", () => {
  const entry = fc.tuple(
    fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 0xffffffff })),
    fc.integer({ min: 1, max: 4 }),
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      const xarray = makeXarray(300, 4096);
      const map = new Map<number, number>();
      for (const [index, value] of entries) {
        xarray.store(index, value);
        map.set(index, value);
      }
      for (const [index] of entries) {
        assertEquals(xarray.load(index), map.get(index) ?? 0);
        const next = (index + 1) % 2 ** 32;
        assertEquals(xarray.load(next), map.get(next) ?? 0);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("Xarray.clear() takes everything out and begins anew", () => {
  const xarray = makeXarray(4, 64);
  xarray.store(0x3b00, 3);
  xarray.clear();
  assertEquals(xarray.nodes, 0);
  assertEquals(xarray.load(0x3b00), 0);
  xarray.store(5, 2); // one node: shift 0
  assertEquals(xarray.nodes, 1);
  assertEquals([xarray.load(5), xarray.load(0x3b00)], [2, 0]);
  // Beyond what one node reaches, though the low 6 bits are those of index 5.
  assertEquals([xarray.load(64 + 5), xarray.load(2 ** 31 + 5)], [0, 0]);
});
