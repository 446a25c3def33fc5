import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { abis } from "../../../layouts/abi.ts";
import { BLK_STS, REQ_FLAG } from "../../../sim/kernel/operation.ts";
import {
  QUEUE_LIMIT_PRESETS,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import {
  eachLayout,
  makeRig,
  type Rig,
  type RigOptions,
  type Stretch,
} from "./block_rig.ts";

const PAGE = 4096;

/** Physical blocks of 4096 bytes, as the numbers of section 7 have them. */
const PBS8 = { physicalBlockBytes: 4096 };

/** Cut, segments and gap bit of a bio in a queue of those limits. */
function splitOf(
  stretches: readonly Stretch[],
  limits: Partial<QueueLimits>,
  options: RigOptions & { sector?: number; opf?: number } = {},
): [at: number, segments: number, gapBit: number] {
  const { split, bioOf } = makeRig({ ...options, limits });
  const at = split.split(bioOf(stretches, options));
  return [at, split.counted.segments, split.counted.gapBit];
}

/** So many vectors of one length, each on a page of its own. */
function scattered(count: number, bytes = PAGE): Stretch[] {
  return Array.from({ length: count }, (_, i) => [(2 * i + 1) * PAGE, bytes]);
}

Deno.test("maxIoSectors() honours blocks and chunks (T15)", () => {
  const at = (sector: number, limits: Partial<QueueLimits>) =>
    makeRig({ limits: { ...PBS8, ...limits } }).split.maxIoSectors(sector, 0);
  // start = sector & 7, end = (start + max) & ~7, end - start.
  assertEquals(at(0, { maxSectors: 256 }), 256);
  assertEquals(at(1, { maxSectors: 256 }), 255);
  assertEquals(at(7, { maxSectors: 8 }), 1);
  // 16 blocks: end = (1 + 8) & ~15 = 0, so max in logical blocks.
  assertEquals(at(1, { maxSectors: 8, physicalBlockBytes: 8192 }), 8);
  assertEquals(at(100, { maxSectors: 256, chunkSectors: 128 }), 28);
  assertEquals(at(127, { maxSectors: 256, chunkSectors: 128 }), 1);
  assertEquals(at(3, { maxSectors: 255 }), 253);
  assertEquals(at(0, { maxSectors: 255, logicalBlockBytes: 4096 }), 248);
  // The border of a long chunk is further than a request reaches, or is not.
  assertEquals(at(0, { maxSectors: 256, chunkSectors: 1024 }), 256);
  assertEquals(at(896, { maxSectors: 256, chunkSectors: 1024 }), 128);
  // 384 is no power of two: 384 - 1000 % 384 = 152.
  assertEquals(at(1000, { maxSectors: 2560, chunkSectors: 384 }), 152);
});

Deno.test("maxIoSectors() takes the remainder of sectors above 2^32", () => {
  const { split } = makeRig({ limits: { chunkSectors: 384 } });
  // 2^32 = 384 * 11184810 + 256, so 128 are left to the boundary.
  assertEquals(split.maxIoSectors(0, 1), 128);
});

Deno.test("split() walks a page that boundary or size of a segment cut, on every ABI", () => {
  // max_fast_segment_size of 7.x, which structs of some ABIs have no place for.
  for (const abi of abis) {
    const segments = (limits: Partial<QueueLimits>) =>
      splitOf([[PAGE, PAGE]], limits, { abi })[1];
    assertEquals(segments({}), 1, abi.name);
    assertEquals(segments({ segBoundaryMask: 511 }), 8, abi.name);
    assertEquals(segments({ maxSegmentBytes: 1024 }), 4, abi.name);
  }
});

Deno.test("split() cuts a vector where a segment ends off the virtual boundary", () => {
  // bvec_split_segs(): the first piece of 6144 bytes ends inside a page, and
  // nothing may follow it: 12 sectors.
  assertEquals(
    splitOf([[PAGE, 3 * PAGE]], {
      ...{ virtBoundaryMask: 4095, maxSegmentBytes: 6144 },
    }),
    [12, 1, 0],
  );
});

/** Sectors of all parts of a bio, as it is split again and again. */
function parts(rig: Rig, bio: number): number[] {
  const { memory, bios, split } = rig;
  const { field } = bios;
  const sizes: number[] = [];
  for (;;) {
    const at = split.split(bio);
    const left = (memory.get32(bio + field.size) >>> 0) / 512;
    if (at <= 0) return [...sizes, at < 0 ? at : left];
    sizes.push(at);
    advance(rig, bio, at);
  }
}

/** bio_advance_iter(), plainly. */
function advance(rig: Rig, bio: number, sectors: number): void {
  const { memory, bios, vectors } = rig;
  const { field } = bios;
  const { get32, set32 } = memory;
  set32(bio + field.size, get32(bio + field.size) - sectors * 512);
  const sector = memory.get64Lo(bio + field.sector);
  memory.set64(bio + field.sector, sector + sectors, 0);
  let done = get32(bio + field.done) + sectors * 512;
  let idx = get32(bio + field.idx);
  const all = vectors(bio);
  while (idx < all.length && done >= (all[idx]?.[1] ?? 0)) {
    done -= all[idx]?.[1] ?? 0;
    idx++;
  }
  set32(bio + field.idx, idx);
  set32(bio + field.done, done);
}

Deno.test("split() realigns an I/O that starts off a physical block (T16)", () => {
  eachLayout((layout) => {
    const rig = makeRig({ layout, limits: { ...PBS8, maxSectors: 256 } });
    const mib: Stretch[] = [[0x100000, 1 << 20]];
    assertEquals(parts(rig, rig.bioOf(mib, { sector: 1 })), [
      255,
      ...Array(7).fill(256),
      1, // 2048 = 255 + 7 * 256 + 1
    ]);
    assertEquals(parts(rig, rig.bioOf(mib)), Array(8).fill(256));
  });
});

Deno.test("split() counts segments by size and boundary of 4 GiB (T17)", () => {
  eachLayout((layout) => {
    const { scsi } = QUEUE_LIMIT_PRESETS;
    const one = (phys: number, limits: Partial<QueueLimits>) =>
      splitOf([[phys, 131072]], limits, { layout });
    assertEquals(one(0x100000, scsi), [0, 2, 0]);
    // The boundary of 4 GiB is 0x8000 bytes away: 32768, 65536, 32768.
    assertEquals(one(0xffff8000, scsi), [0, 3, 0]);
    const large = { ...scsi, maxSegmentBytes: 0xffffffff };
    assertEquals(one(0xffff8000, large), [0, 2, 0]);
  });
});

Deno.test("split() counts segments by a boundary of 64 KiB (T18)", () => {
  eachLayout((layout) => {
    const limits = { segBoundaryMask: 0xffff };
    // 0x10f000 + 4096 = 0x110000 is a multiple of 0x10000.
    assertEquals(splitOf([[0x10f000, 8192]], limits, { layout })[1], 2);
    assertEquals(splitOf([[0x100200, 65536]], limits, { layout })[1], 2);
  });
});

Deno.test("split() cuts at a gap of the virt boundary (T19)", () => {
  eachLayout((layout) => {
    const vectors: Stretch[] = [[0x1000, 4096], [0x5200, 512]];
    const virt = { virtBoundaryMask: 4095 };
    assertEquals(splitOf(vectors, virt, { layout }).slice(0, 2), [8, 1]);
    // Without: gaps = 0x200 | 0x1000, lowest bit 9, from one 10.
    assertEquals(splitOf(vectors, {}, { layout }), [0, 2, 10]);
  });
});

Deno.test("split() refuses a cut of no block (T20)", () => {
  eachLayout((layout) => {
    const vectors: Stretch[] = [[0x1000, 256], [0x5100, 256]];
    const virt = { virtBoundaryMask: 4095 };
    // The cut behind 256 bytes rounds down to 0 blocks of 512.
    assertEquals(splitOf(vectors, virt, { layout })[0], -BLK_STS.inval);
    // 0x100 | 0x1100: lowest bit 8, from one 9.
    assertEquals(splitOf(vectors, {}, { layout }), [0, 2, 9]);
  });
});

Deno.test("split() finds the gap bit of scattered pages (T21)", () => {
  eachLayout((layout) => {
    // Offsets and ends are multiples of 4096: bit 12, from one 13.
    assertEquals(splitOf(scattered(32), {}, { layout }), [0, 32, 13]);
    assertEquals(splitOf([[0x1200, 512]], {}, { layout }), [0, 1, 0]);
  });
});

Deno.test("split() counts before it rounds down to a block (T22)", () => {
  eachLayout((layout) => {
    const limits = {
      maxSegments: 127,
      logicalBlockBytes: 4096,
      physicalBlockBytes: 4096,
    };
    // 127 * 512 = 65024 bytes; 15 blocks of 4096 are 61440 = 120 sectors.
    const found = splitOf(scattered(200, 512), limits, { layout });
    assertEquals(found.slice(0, 2), [120, 127]);
  });
});

Deno.test("split() cuts at the most segments (T23)", () => {
  eachLayout((layout) => {
    // 33 * 4096 = 135168 bytes = 264 sectors.
    const found = splitOf(scattered(256), { maxSegments: 33 }, { layout });
    assertEquals(found.slice(0, 2), [264, 33]);
  });
});

Deno.test("split() refuses misalignment, NOWAIT and ATOMIC (T24)", () => {
  eachLayout((layout) => {
    const two = (phys: number, bytes: number) =>
      splitOf([[0x9000, PAGE], [phys, bytes]], {}, { layout })[0];
    assertEquals(two(0x1002, 512), -BLK_STS.inval);
    assertEquals(two(0x1000, 510), -BLK_STS.inval);
    assertEquals(two(0x1004, 512), 0);
    const cut = (opf: number) =>
      splitOf(scattered(4), { maxSegments: 2 }, { layout, opf })[0];
    assertEquals(cut(0), 16);
    assertEquals(cut(REQ_FLAG.nowait), -BLK_STS.again);
    assertEquals(cut(REQ_FLAG.atomic), -BLK_STS.inval);
  });
});

/** Vectors at multiples of 512 that do not touch each other. */
const someVectors = fc.array(
  fc.record({
    page: fc.integer({ min: 1, max: 400 }),
    offset: fc.integer({ min: 0, max: 7 }),
    blocks: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 40 },
).map((list) =>
  list.map(({ page, offset, blocks }): Stretch => [
    page * 0x8000 + offset * 512,
    blocks * 512,
  ])
);

const someLimits = fc.record({
  maxSectors: fc.integer({ min: 8, max: 300 }),
  chunkSectors: fc.constantFrom(0, 0, 128, 384),
  maxSegments: fc.integer({ min: 1, max: 40 }),
  maxSegmentBytes: fc.constantFrom(4096, 65536, 0xffffffff),
  segBoundaryMask: fc.constantFrom(4095, 0xffff, 0xffffffff),
  virtBoundaryMask: fc.constantFrom(0, 4095),
  physicalBlockBytes: fc.constantFrom(512, 4096),
});

Deno.test("split() conserves sectors, within the limits of each part (T25)", () => {
  fc.assert(fc.property(
    someVectors,
    someLimits,
    fc.integer({ min: 0, max: 5000 }),
    (vectors, limits, sector) => {
      const rig = makeRig({ limits });
      const { split, memory, bios } = rig;
      const bio = rig.bioOf(vectors, { sector });
      let at = sector;
      let left = vectors.reduce((sum, [, bytes]) => sum + bytes, 0) / 512;
      for (;;) {
        assertEquals(memory.get64Lo(bio + bios.field.sector), at);
        assertEquals(memory.get32(bio + bios.field.size), left * 512);
        const cut = split.split(bio);
        assert(cut >= 0);
        assert(split.counted.segments <= limits.maxSegments);
        const part = cut === 0 ? left : cut;
        // The shortcut does not see the rounding to physical blocks (T26).
        const alone = cut === 0 && split.counted.segments === 1;
        assert(alone || part <= split.maxIoSectors(at, 0));
        at += part;
        left -= part;
        if (cut === 0) break;
        advance(rig, bio, cut);
      }
      assertEquals(left, 0);
    },
  ));
});

Deno.test("the split shortcut agrees with the whole walk (T26)", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2000 }),
    fc.integer({ min: 0, max: 7 }),
    fc.integer({ min: 1, max: 8 }),
    someLimits,
    (page, offset, blocks, limits) => {
      // Physical blocks of 512: rounding cannot make the walk cut.
      const narrow = { ...limits, physicalBlockBytes: 512, chunkSectors: 0 };
      const vector: Stretch = [page * PAGE + offset * 512, blocks * 512];
      const rig = makeRig({ limits: narrow });
      const shortcut = rig.split.split(rig.bioOf([vector]));
      if (offset + blocks > 8) return; // not the shortcut's case
      assertEquals(shortcut, 0);
      assertEquals(rig.split.counted, { segments: 1, gapBit: 0 });
      const walked = rig.split.walk(rig.bioOf([vector]));
      assertEquals(walked, 0);
      assertEquals(rig.split.counted, { segments: 1, gapBit: 0 });
    },
  ));
});

Deno.test("the split shortcut does not see alignment or rounding (T26)", () => {
  // offset & 3 would be -EINVAL in the walk.
  assertEquals(splitOf([[0x1002, 510]], {})[0], 0);
  // Sector 7, at most 8 sectors in blocks of 8: the walk would cut behind 1.
  const limits = { ...PBS8, maxSectors: 8 };
  assertEquals(splitOf([[0x1000, 4096]], limits, { sector: 7 })[0], 0);
  const { split, bioOf } = makeRig({ limits });
  assertEquals(split.walk(bioOf([[0x1000, 4096]], { sector: 7 })), 1);
});
