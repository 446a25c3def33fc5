import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Abi, abis } from "../../layouts/abi.ts";
import { createCodec, type SegmentCodec } from "../../layouts/codec.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { layoutLimits } from "../../layouts/limits.ts";
import { len31P2p } from "../../layouts/len31_p2p.ts";
import { len56P2pU64 } from "../../layouts/len56_p2p.ts";
import { layouts } from "../../layouts/registry.ts";
import { decodeSegment, encodeSegment } from "../../layouts/segment.ts";
import { scatterlist } from "../../layouts/scatterlist.ts";
import { soa } from "../../layouts/soa.ts";

const CAPACITY = 130; // more than two chunks of rlist_8
const RUNS = { seed: 20190626, numRuns: 40 };
const tested: readonly Layout[] = [
  ...layouts,
  soa(len31P2p),
  soa(len56P2pU64),
  soa(scatterlist),
];

interface Value {
  readonly address: bigint;
  readonly lengthBytes: bigint;
  readonly p2p: boolean;
}

/** Calls back for every layout on every ABI that has it. */
function everywhere(
  check: (codec: SegmentCodec, view: DataView, hotLimit: bigint) => void,
): void {
  for (const layout of tested) {
    for (const abi of abis) {
      const limits = layoutLimits(layout, abi);
      if (isUnsupported(limits)) continue;
      const view = new DataView(new SharedArrayBuffer(8192));
      const longest = limits.longestLengthBytes;
      const hot = longest < 0x7fff_ffffn ? longest : 0x7fff_ffffn;
      try {
        check(createCodec(layout, abi, view), view, hot);
      } catch (error) {
        throw new Error(`${layout.name} on ${abi.name}`, { cause: error });
      }
    }
  }
}

function values(layout: Layout, abi: Abi, longest?: bigint) {
  const limits = layoutLimits(layout, abi);
  if (isUnsupported(limits)) throw new Error(limits.unsupported);
  const align = BigInt(limits.addressAlignBytes);
  const edges = [0n, limits.lastAddress / align * align];
  return fc.record<Value>({
    address: fc.oneof(
      fc.constantFrom(...edges),
      fc.bigInt({ min: 0n, max: limits.lastAddress })
        .map((address) => address / align * align),
    ),
    lengthBytes: fc.bigInt({
      min: 0n,
      max: longest ?? limits.longestLengthBytes,
    }),
    p2p: layout.roles.flag === undefined ? fc.constant(false) : fc.boolean(),
  });
}

const index = fc.nat(CAPACITY - 1);

function setHot(codec: SegmentCodec, at: number, value: Value): void {
  codec.set(
    64,
    CAPACITY,
    at,
    Number(BigInt.asIntN(32, value.address)),
    Number(BigInt.asIntN(32, value.address >> 32n)),
    Number(value.lengthBytes),
    value.p2p ? 1 : 0,
  );
}

function getHot(codec: SegmentCodec, at: number): Value {
  const lo = codec.physLo(64, CAPACITY, at);
  const hi = codec.physHi(64, CAPACITY, at);
  assertEquals([lo | 0, hi | 0], [lo, hi | 0]);
  return {
    address: (BigInt.asUintN(32, BigInt(hi)) << 32n) |
      BigInt.asUintN(32, BigInt(lo)),
    lengthBytes: BigInt(codec.length(64, CAPACITY, at)),
    p2p: codec.flag(64, CAPACITY, at) === 1,
  };
}

const place = (at: number) => ({ base: 64, capacity: CAPACITY, index: at });

function bytes(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer).slice();
}

/** The bytes that the fields of a segment may use. */
function ownBytes(codec: SegmentCodec, at: number): Set<number> {
  const own = new Set<number>();
  for (const region of codec.shape.regions) {
    const start = codec.shape.locator(region.startByte)(64, CAPACITY, at);
    const size = region.endByte - region.startByte;
    for (let byte = 0; byte < size; byte++) own.add(start + byte);
  }
  return own;
}

Deno.test("T07 createCodec() reads what it wrote, for every layout and ABI", () => {
  everywhere((codec, _view, hot) => {
    const { layout, abi } = codec;
    fc.assert(
      fc.property(index, values(layout, abi, hot), (at, value) => {
        setHot(codec, at, value);
        assertEquals(getHot(codec, at), value);
      }),
      RUNS,
    );
  });
});

Deno.test("T07 encodeSegment() and decodeSegment() agree over whole 64-bit values", () => {
  everywhere((codec) => {
    const { layout, abi } = codec;
    fc.assert(
      fc.property(index, values(layout, abi), (at, value) => {
        encodeSegment(codec, place(at), value);
        assertEquals(decodeSegment(codec, place(at)), value);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });
});

Deno.test("createCodec() and encodeSegment() write the same bytes", () => {
  everywhere((codec, view, hot) => {
    const { layout, abi } = codec;
    fc.assert(
      fc.property(index, values(layout, abi, hot), (at, value) => {
        new Uint8Array(view.buffer).fill(0);
        setHot(codec, at, value);
        const hotBytes = bytes(view);
        new Uint8Array(view.buffer).fill(0);
        encodeSegment(codec, place(at), value);
        assertEquals(bytes(view), hotBytes);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });
});

Deno.test("createCodec() touches only the bytes of the segment", () => {
  everywhere((codec, view, hot) => {
    const { layout, abi } = codec;
    const other = values(layout, abi, hot);
    fc.assert(
      fc.property(index, index, other, other, (at, from, a, b) => {
        new Uint8Array(view.buffer).fill(0xa5);
        if (from !== at) setHot(codec, from, b);
        const own = ownBytes(codec, at);
        const before = bytes(view);
        setHot(codec, at, a);
        codec.setLength(64, CAPACITY, at, Number(b.lengthBytes));
        if (from !== at) {
          codec.copy(64, CAPACITY, from, 64, CAPACITY, at);
        }
        for (const [byte, value] of bytes(view).entries()) {
          if (!own.has(byte)) assertEquals(value, before[byte]);
        }
      }),
      { ...RUNS, numRuns: 5 },
    );
  });
});

Deno.test("setLength() leaves address and flag, and clears wide lengths", () => {
  everywhere((codec, _view, hot) => {
    const { layout, abi } = codec;
    fc.assert(
      fc.property(
        index,
        values(layout, abi),
        fc.bigInt({ min: 0n, max: hot }),
        (at, value, lengthBytes) => {
          encodeSegment(codec, place(at), value);
          codec.setLength(64, CAPACITY, at, Number(lengthBytes));
          assertEquals(decodeSegment(codec, place(at)), {
            ...value,
            lengthBytes,
          });
        },
      ),
      { ...RUNS, numRuns: 10 },
    );
  });
});

Deno.test("copy() copies every field, also between arrays of other capacity", () => {
  everywhere((codec) => {
    const { layout, abi } = codec;
    fc.assert(
      fc.property(values(layout, abi), (value) => {
        encodeSegment(codec, place(7), value);
        codec.copy(64, CAPACITY, 7, 6144, 16, 3);
        assertEquals(
          decodeSegment(codec, { base: 6144, capacity: 16, index: 3 }),
          value,
        );
      }),
      { ...RUNS, numRuns: 10 },
    );
  });
});

Deno.test("createCodec() holds physical address 0 beside a full neighbour", () => {
  everywhere((codec, view, hot) => {
    new Uint8Array(view.buffer).fill(0xff);
    const zero = { address: 0n, lengthBytes: hot, p2p: false };
    setHot(codec, 0, zero);
    assertEquals(getHot(codec, 0), zero);
  });
});

Deno.test("createCodec() gives no two segments the same byte, nor a byte outside", () => {
  everywhere((codec) => {
    const seen = new Set<number>();
    for (let at = 0; at < CAPACITY; at++) {
      for (const byte of ownBytes(codec, at)) {
        assert(!seen.has(byte), `byte ${byte} of segment ${at}`);
        assert(byte >= 64 && byte < 64 + codec.arrayBytes(CAPACITY));
        seen.add(byte);
      }
    }
  });
});

Deno.test("createCodec() keeps fields aligned where the struct claims it", () => {
  everywhere(({ layout, placed, shape }) => {
    if (placed.struct.packed) return;
    for (const { name, offsetBytes, sizeBytes, bitSize } of placed.fields) {
      if (bitSize !== undefined) continue;
      const align = Math.min(sizeBytes, shape.alignBytes);
      for (const at of [0, 1, 2, 77]) {
        const byte = shape.locator(offsetBytes)(0, CAPACITY, at);
        assertEquals(byte % align, 0, `${layout.name}.${name}`);
      }
    }
  });
});

Deno.test("createCodec() accepts another page array base", () => {
  for (const abi of abis) {
    const view = new DataView(new SharedArrayBuffer(4096));
    const codec = createCodec(tested[0] ?? len31P2p, abi, view, {
      pageBaseLo: 0xc123_4540 | 0,
      pageBaseHi: abi.pointerBytes === 8 ? 0xffd4_0000 | 0 : 0,
    });
    const limits = layoutLimits(codec.layout, abi);
    if (isUnsupported(limits)) throw new Error(limits.unsupported);
    const last = abi.pointerBytes === 8 ? (1n << 51n) : (1n << 32n) - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: last }), (address) => {
        const value = { address, lengthBytes: 4096n, p2p: false };
        codec.set(
          0,
          4,
          1,
          Number(BigInt.asIntN(32, address)),
          Number(BigInt.asIntN(32, address >> 32n)),
          4096,
          0,
        );
        assertEquals(
          decodeSegment(codec, { base: 0, capacity: 4, index: 1 }),
          value,
        );
        assertEquals(
          codec.physLo(0, 4, 1),
          Number(BigInt.asIntN(32, address)),
        );
        assertEquals(
          codec.physHi(0, 4, 1) | 0,
          Number(BigInt.asIntN(32, address >> 32n)),
        );
      }),
      RUNS,
    );
  }
});
