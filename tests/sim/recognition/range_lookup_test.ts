import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MapleRanges } from "../../../sim/recognition/maple_ranges.ts";
import {
  NO_PROVIDER,
  type ProviderRange,
  type RangeLookup,
} from "../../../sim/recognition/range_lookup.ts";
import { SortedRanges } from "../../../sim/recognition/sorted_ranges.ts";

const FORMS = { SortedRanges, MapleRanges };

function make(
  Form: typeof SortedRanges | typeof MapleRanges,
  ranges: readonly ProviderRange[],
): RangeLookup {
  const view = new DataView(new SharedArrayBuffer(1 << 16));
  return new Form(view, 4096, ranges);
}

function ask(lookup: RangeLookup, phys: bigint): number {
  const lo = Number(BigInt.asIntN(32, phys));
  const hi = Number(BigInt.asIntN(32, phys >> 32n));
  return lookup.lookup(lo, hi);
}

const BARS: readonly ProviderRange[] = [
  { startPhys: 0x3c00_0400_0000n, sizeBytes: 1 << 26, provider: 1 },
  { startPhys: 0x3c00_0000_0000n, sizeBytes: 1 << 25, provider: 0 },
  { startPhys: 0xfffe_f000n, sizeBytes: 0x2_1000, provider: 2 }, // over 4 GiB
];

for (const [name, Form] of Object.entries(FORMS)) {
  Deno.test(`${name}.lookup() finds first and last byte of each range`, () => {
    const lookup = make(Form, BARS);
    for (const { startPhys, sizeBytes, provider } of BARS) {
      const last = startPhys + BigInt(sizeBytes) - 1n;
      assertEquals(ask(lookup, startPhys), provider);
      assertEquals(ask(lookup, last), provider);
      assertEquals(ask(lookup, startPhys - 1n) === provider, false);
      assertEquals(ask(lookup, last + 1n) === provider, false);
    }
    assertEquals(ask(lookup, 0n), NO_PROVIDER);
    assertEquals(ask(lookup, (1n << 52n) - 1n), NO_PROVIDER);
  });

  Deno.test(`${name}.lookup() tells two ranges side by side (T55)`, () => {
    const lookup = make(Form, [
      { startPhys: 0x1000n, sizeBytes: 0x1000, provider: 0 },
      { startPhys: 0x2000n, sizeBytes: 0x1000, provider: 1 },
    ]);
    assertEquals(ask(lookup, 0x1fffn), 0);
    assertEquals(ask(lookup, 0x2000n), 1);
    // Nothing lies behind them, below 4 GiB or above.
    for (const behind of [0x3000n, 0x1_0000_1000n, 0xf_ffff_ffff_f000n]) {
      assertEquals(ask(lookup, behind), NO_PROVIDER);
    }
  });

  Deno.test(`${name}.unregister() leaves nothing of the provider (T55)`, () => {
    const lookup = make(Form, BARS);
    assertEquals(ask(lookup, 0x3c00_0000_0000n), 0); // now the last hit
    lookup.unregister(0);
    assertEquals(ask(lookup, 0x3c00_0000_0000n), NO_PROVIDER);
    assertEquals(ask(lookup, 0x3c00_0400_0000n), 1);
    lookup.unregister(1);
    lookup.unregister(2);
    assertEquals(ask(lookup, 0x3c00_0400_0000n), NO_PROVIDER);
  });

  Deno.test(`${name}.lookup() falls through to RAM without ranges (T55)`, () => {
    const lookup = make(Form, []);
    assertEquals(ask(lookup, 0n), NO_PROVIDER);
    assertEquals(ask(lookup, 0x1_0000_0000n), NO_PROVIDER);
  });

  Deno.test(`${name}() refuses ranges that overlap`, () => {
    assertThrows(
      () =>
        make(Form, [
          { startPhys: 0x1000n, sizeBytes: 0x1001, provider: 0 },
          { startPhys: 0x2000n, sizeBytes: 0x1000, provider: 1 },
        ]),
      RangeError,
      "overlap",
    );
  });

  Deno.test(`${name} agrees with a search through all ranges (T55)`, () => {
    const gaps = fc.array(
      fc.record({ gap: fc.nat(5), pages: fc.integer({ min: 1, max: 5 }) }),
      { maxLength: 60 },
    );
    const questions = fc.array(fc.nat(400), { minLength: 20, maxLength: 40 });
    // From just below 4 GiB, so that the halves matter.
    const base = 0xffff_0000n;
    fc.assert(
      fc.property(gaps, questions, fc.nat(6), (described, asked, removed) => {
        let next = base;
        const ranges = described.map(({ gap, pages }, i) => {
          const startPhys = next + BigInt(gap) * 4096n;
          next = startPhys + BigInt(pages) * 4096n;
          return { startPhys, sizeBytes: pages * 4096, provider: i % 7 };
        });
        const lookup = make(Form, ranges);
        const check = (left: readonly ProviderRange[]) => {
          for (const page of asked) {
            const phys = base + BigInt(page) * 4096n - 512n;
            const holder = left.find((range) =>
              range.startPhys <= phys &&
              phys < range.startPhys + BigInt(range.sizeBytes)
            );
            assertEquals(ask(lookup, phys), holder?.provider ?? NO_PROVIDER);
          }
        };
        check(ranges);
        lookup.unregister(removed);
        check(ranges.filter((range) => range.provider !== removed));
      }),
      { numRuns: 60 },
    );
  });
}

function bars(count: number): ProviderRange[] {
  return Array.from({ length: count }, (_, i) => ({
    startPhys: BigInt(i + 1) << 32n,
    sizeBytes: 4096,
    provider: i,
  }));
}

/** A view that notes which cache lines are touched, and every offset. */
function watched(): {
  view: DataView;
  lines: Set<number>;
  offsets: number[];
} {
  const lines = new Set<number>();
  const offsets: number[] = [];
  const plain = new DataView(new SharedArrayBuffer(1 << 16));
  const view = new Proxy(plain, {
    get: (target, key) => {
      const method = Reflect.get(target, key);
      return (...args: number[]) => {
        lines.add(Math.floor((args[0] ?? 0) / 64));
        offsets.push(args[0] ?? 0);
        return Reflect.apply(method, target, args);
      };
    },
  });
  return { view, lines, offsets };
}

Deno.test("SortedRanges.lookup() reads two entry lines for 8 ranges at most", () => {
  const { view, lines } = watched();
  const lookup = new SortedRanges(view, 0, bars(8));
  for (let i = 0; i < 8; i++) {
    lines.clear();
    assertEquals(lookup.lookup(0, i + 1), i);
    // Line 0 is the header, 1 and 2 the entries, 3 their providers.
    const entries = [...lines].filter((line) => line === 1 || line === 2);
    assertEquals(entries.length <= 2, true);
    assertEquals([...lines].every((line) => line <= 3), true);
  }
  lines.clear();
  assertEquals(lookup.lookup(0, 8), 7); // the last hit, once more
  assertEquals([...lines].sort(), [0, 2, 3]);
});

Deno.test("MapleRanges has the kernel's nodes", () => {
  const view = new DataView(new SharedArrayBuffer(1 << 16));
  // 7 ranges apart: 7 gaps before them and one behind: 15 slots, one node.
  assertEquals(new MapleRanges(view, 0, bars(7)).nodes, 1);
  // 8 ranges: 17 slots, two leaves and a root of two slots.
  const tree = new MapleRanges(view, 0, bars(8));
  assertEquals([tree.nodes, tree.height], [3, 2]);
  assertEquals(MapleRanges.sizeBytes(8), 256 + 3 * 256);
});

Deno.test("MapleRanges.lookup() reads pivot, slot and parent lines", () => {
  const { view, lines, offsets } = watched();
  const tree = new MapleRanges(view, 0, bars(2));
  lines.clear();
  offsets.length = 0;
  assertEquals(tree.lookup(0, 1), 0);
  // Root and height; pivots 0 and 1 in halves; slot 1; the parent, once.
  assertEquals(offsets.slice(2), [264, 268, 272, 276, 392, 256]);
  // Header line 0; the node is at 256: parent and pivots 0 and 1 at 256 to
  // 280 (line 4); slot 1 at 256 + 128 + 8 (line 6).
  assertEquals([...lines].sort(), [0, 4, 6]);
});
