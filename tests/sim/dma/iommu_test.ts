import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { canCoalesce } from "../../../sim/dma/gap.ts";
import { IOMMU_ERROR, IommuDomain, IovaState } from "../../../sim/dma/iommu.ts";

interface Piece {
  readonly lo: number;
  readonly hi: number;
  readonly sizeBytes: number;
}

/** Maps a request as blk_rq_dma_map_iter_start() does; its DMA ranges. */
function mapRequest(domain: IommuDomain, pieces: readonly Piece[]) {
  /** Where joins end and begin, all of them. */
  let edges = 0;
  let total = 0;
  for (const [i, piece] of pieces.entries()) {
    const before = pieces[i - 1];
    if (before !== undefined) edges |= piece.lo | before.lo + before.sizeBytes;
    total += piece.sizeBytes;
  }
  const gapBit = edges === 0 ? 0 : 32 - Math.clz32(edges & -edges); // ffs()
  const ranges: { lo: number; hi: number; sizeBytes: number }[] = [];
  const state = new IovaState();
  const first = pieces[0];
  if (
    first !== undefined && canCoalesce(gapBit, domain.mergeBoundaryMask) &&
    domain.allocate(state, first.lo, total)
  ) {
    let offset = 0;
    for (const { lo, hi, sizeBytes } of pieces) {
      assertEquals(domain.link(state, lo, hi, offset, sizeBytes), 0);
      offset += sizeBytes;
    }
    domain.sync();
    ranges.push({
      lo: state.addressLo,
      hi: state.addressHi,
      sizeBytes: total,
    });
    return { ranges, unmap: () => domain.destroy(state, total) };
  }
  for (const { lo, hi, sizeBytes } of pieces) {
    assertEquals(domain.mapPhys(lo, hi, sizeBytes), true);
    ranges.push({ lo: domain.addressLo, hi: domain.addressHi, sizeBytes });
  }
  const unmap = () => {
    for (const { lo, hi, sizeBytes } of ranges) {
      domain.unmapPhys(lo, hi, sizeBytes);
    }
  };
  return { ranges, unmap };
}

const SCATTERED: readonly Piece[] = Array.from(
  { length: 32 },
  (_, i) => ({ lo: 0x10000 + i * 0x3000, hi: 1, sizeBytes: 4096 }),
);

Deno.test("IommuDomain makes one range of 32 scattered pages, with one sync (T34)", () => {
  const domain = new IommuDomain();
  const { ranges, unmap } = mapRequest(domain, SCATTERED);
  assertEquals(ranges.map((range) => range.sizeBytes), [131072]);
  assertEquals(domain.mapSyncs, 1);
  assertEquals(domain.liveBytes, 131072);
  for (let i = 0; i < 32; i++) {
    const { lo = 0, hi = 0 } = ranges[0] ?? {};
    assertEquals(domain.translate(lo + i * 4096 + 7, hi), true);
    assertEquals(domain.physLo, 0x10000 + i * 0x3000 + 7);
    assertEquals(domain.physHi, 1);
  }
  unmap();
  assertEquals([domain.liveBytes, domain.mappedBytes], [0, 0]);
  assertEquals(domain.unmapFlushes, 1);
});

Deno.test("IommuDomain makes a range of each piece after one misaligned join (T34)", () => {
  const domain = new IommuDomain();
  // The last but one ends 512 bytes early.
  const pieces = SCATTERED.map((piece, i) =>
    i === 30 ? { ...piece, sizeBytes: 3584 } : piece
  );
  const { ranges, unmap } = mapRequest(domain, pieces);
  assertEquals(ranges.length, 32);
  assertEquals(domain.mapSyncs, 32);
  unmap();
  assertEquals([domain.liveBytes, domain.mappedBytes], [0, 0]);
});

Deno.test("IommuDomain keeps the offset of the first piece", () => {
  const domain = new IommuDomain();
  const { ranges } = mapRequest(domain, [
    { lo: 0x5e00, hi: 0, sizeBytes: 512 },
    { lo: 0x9000, hi: 0, sizeBytes: 1024 },
  ]);
  assertEquals(ranges.length, 1);
  const lo = ranges[0]?.lo ?? 0;
  assertEquals(lo & 4095, 0xe00);
  assertEquals(domain.translate(lo + 512, 0), true);
  assertEquals(domain.physLo, 0x9000);
});

Deno.test("IommuDomain.link() refuses a later piece that is misaligned", () => {
  const domain = new IommuDomain();
  const state = new IovaState();
  domain.allocate(state, 0, 8192);
  assertEquals(domain.link(state, 0, 1, 0, 4096), 0);
  assertEquals(
    domain.link(state, 0x8200, 1, 4096, 3584),
    IOMMU_ERROR.misaligned,
  );
  domain.destroy(state, 4096);
  // And one behind a piece that ended within a page.
  domain.allocate(state, 0, 8192);
  assertEquals(domain.link(state, 0, 1, 0, 3584), 0);
  assertEquals(domain.link(state, 0x8000, 1, 3584, 4096), IOMMU_ERROR.invalid);
  domain.destroy(state, 3584);
  assertEquals(
    [domain.liveBytes, domain.mappedBytes, domain.liveRanges],
    [0, 0, 0],
  );
});

Deno.test("IommuDomain.allocate() reports that there is no range", () => {
  const domain = new IommuDomain({ maskBits: 24 });
  const state = new IovaState();
  assertEquals(domain.allocate(state, 0, 1 << 24), false);
  assertEquals(state.sizeBytes, 0);
  assertEquals(domain.liveRanges, 0);
});

Deno.test("IommuDomain leaves nothing behind, whichever link fails (T36)", () => {
  const domain = new IommuDomain();
  const state = new IovaState();
  for (let fails = 0; fails < 32; fails++) {
    domain.allocate(state, 0x10000, 131072);
    let offset = 0;
    for (let i = 0; i < fails; i++) {
      const piece = SCATTERED[i];
      if (piece === undefined) break;
      assertEquals(domain.link(state, piece.lo, piece.hi, offset, 4096), 0);
      offset += 4096;
    }
    domain.destroy(state, offset);
    assertEquals([domain.liveBytes, domain.mappedBytes], [0, 0]);
  }
  // Nothing linked: nothing to flush.
  assertEquals(domain.unmapFlushes, 31);
});

Deno.test("IommuDomain.translate() faults for what is not mapped", () => {
  const domain = new IommuDomain();
  assertEquals(domain.translate(0x1000, 0), false);
});

Deno.test("IommuDomain shows the device the bytes of the request in order", () => {
  const piece = fc.record({
    page: fc.integer({ min: 1, max: 2 ** 22 }),
    offset: fc.constantFrom(0, 0, 0, 512, 3584),
    size: fc.constantFrom(512, 4096, 4096, 8192, 65536),
  });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (drawn) => {
      const domain = new IommuDomain();
      const pieces = drawn.map(({ page, offset, size }) => ({
        lo: (page * 4096 | 0) + offset,
        hi: Math.floor(page / 2 ** 20),
        sizeBytes: size,
      }));
      const { ranges, unmap } = mapRequest(domain, pieces);
      const seen: string[] = [];
      for (const { lo, hi, sizeBytes } of ranges) {
        for (let at = 0; at < sizeBytes; at += 512) {
          assertEquals(domain.translate(lo + at, hi), true);
          seen.push(`${domain.physHi}:${domain.physLo >>> 0}`);
        }
      }
      const meant: string[] = [];
      for (const { lo, hi, sizeBytes } of pieces) {
        for (let at = 0; at < sizeBytes; at += 512) {
          const low = (lo >>> 0) + at;
          const carry = low >= 2 ** 32 ? 1 : 0;
          meant.push(`${hi + carry}:${low % 2 ** 32}`);
        }
      }
      assertEquals(seen, meant);
      unmap();
      assertEquals([domain.liveBytes, domain.mappedBytes], [0, 0]);
    }),
    { numRuns: 80 },
  );
});
