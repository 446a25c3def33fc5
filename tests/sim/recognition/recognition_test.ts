/** What each recognition makes of I/O to memory of one kind, and what it takes. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import type { DescribedCommand } from "../../../sim/nvme/describe_command.ts";
import {
  BARS,
  BUS,
  commandLab,
  DRAM,
  type LabIo,
  type Piece,
  scattered,
} from "../nvme/command_lab.ts";
import { addresses, lp64, MIB, ONE_EACH, PAIRS } from "./recognised_layouts.ts";

/** Kind-independent content of commands: addresses and lengths, joined. */
function stream(commands: readonly DescribedCommand[]) {
  return commands.map((
    { operation, firstBlock, blocks, pages, descriptors },
  ) => ({ operation, firstBlock, blocks, pages, descriptors }));
}

/** Pages of one kind: host memory, or either BAR. */
function uniformIo(kind: number): fc.Arbitrary<LabIo> {
  const start = kind === 0 ? DRAM : BARS[kind - 1] ?? 0;
  return fc.record({
    write: fc.boolean(),
    slots: fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 24 }),
  }).map(({ write, slots }) => ({
    write,
    pieces: slots.map((slot) => ({
      phys: start + slot * 4096,
      bytes: 4096,
      provider: kind,
    })),
  }));
}

Deno.test("every recognition gives equal streams for uniform I/O (T52)", () => {
  for (const controller of [{ iommu: false }, { iommu: true }]) {
    // What is mapped before the bio is one IOVA a piece, never one a request.
    const pairs = PAIRS.filter(({ recognition }) =>
      controller.iommu !== true || recognition !== "map_first"
    );
    const labs = pairs.map(({ layout, recognition }) => ({
      name: `${layout}, ${recognition}`,
      lab: commandLab({
        ...{ layout, recognition, controller, sharesData: true },
      }),
    }));
    fc.assert(
      fc.property(
        fc.nat(2).chain((kind) => uniformIo(kind)),
        (io) => {
          const [first, ...others] = labs;
          const expected = stream(first?.lab.commands([io]) ?? []);
          for (const { name, lab } of others) {
            assertEquals(stream(lab.commands([io])), expected, name);
          }
        },
      ),
      { numRuns: 6, seed: 52, endOnFailure: true },
    );
  }
});

Deno.test("PageArray.providerPageBytes is what P2P memory costs (T57)", () => {
  // 16 GiB have 4194304 pages of 4 KiB, 64 bytes each: 256 MiB.
  assertEquals(2 ** 34 / 4096 * lp64.pageStructBytes, 256 * MIB);
});

Deno.test("a contiguous P2P buffer is n vectors and one DMA range (T60)", () => {
  const user = Array.from({ length: 256 }, (_, i) => ({
    phys: BARS[0] + i * 4096,
    bytes: 4096,
    provider: 1,
  }));
  const producer = [{ phys: BARS[0], bytes: MIB, provider: 1 }];
  for (const { layout, recognition } of ONE_EACH) {
    const name = `${layout}, ${recognition}`;
    const one = (pieces: readonly Piece[]) => {
      const lab = commandLab({ layout, recognition });
      const commands = lab.commands([{ pieces }]);
      const { segments, dmaSegments } = lab.assembly.path.counts;
      return { segments, dmaSegments, pages: addresses(commands) };
    };
    const many = one(user);
    const whole = one(producer);
    assertEquals([many.segments, many.dmaSegments], [256, 1], name);
    assertEquals([whole.segments, whole.dmaSegments], [1, 1], name);
    assertEquals(many.pages, whole.pages, name);
  }
});

Deno.test("the kind of a bio goes along when it is split (T54)", () => {
  // 1 MiB of P2P pages, 128 KiB a request: 8 parts, none of them mapped.
  const pieces = Array.from({ length: 256 }, (_, i) => ({
    phys: BARS[1] + i * 4096,
    bytes: 4096,
    provider: 2,
  }));
  for (const { layout, recognition } of ONE_EACH) {
    const lab = commandLab({
      layout,
      recognition,
      controller: { iommu: true },
      limits: nvmeLimits(0, { iommu: true }),
    });
    const commands = lab.commands([{ pieces, write: true }]);
    assertEquals(commands.length, 8);
    assertEquals(
      addresses(commands),
      pieces.map((_, i) => BUS[1] + i * 4096),
      `${layout}, ${recognition}`,
    );
  }
});

Deno.test("recogniseBio() makes a bio a pointer larger", () => {
  // Debian's struct bio has 128 bytes; with the provider 136, and 4 vectors of
  // 12 bytes and SLUB's pointer end at 192 exactly: the slab does not grow.
  const bio = (recognition: "page" | "bio") => {
    const { assembly } = commandLab({
      layout: "phys_packed_aligned4",
      recognition,
    });
    return [
      assembly.path.regionParts.find(({ of }) => of === "bio")?.offset,
      assembly.memory.regions.find(({ structure }) => structure === "bio")
        ?.strideBytes,
    ];
  };
  assertEquals([bio("page"), bio("bio")], [[128, 192], [136, 192]]);
});

Deno.test("map_first maps a window once, for the device that issues (T52)", () => {
  for (const layout of ["dma_vec", "scatterlist", "bio_vec_dma"]) {
    const lab = commandLab({
      layout,
      recognition: "map_first",
      controller: { iommu: true },
    });
    const io = { pieces: scattered(8), write: true };
    const [first, second] = lab.commands([io, io]);
    // An IOVA each, the same for both I/Os, and none of them physical.
    assertEquals(first?.pages, second?.pages);
    assertEquals(new Set(first?.pages).size, 8);
    for (const page of first?.pages ?? []) assertEquals(page < DRAM, true);
    // Nothing was mapped on the way of the I/O: 8 ranges as they came.
    assertEquals(lab.assembly.path.counts.dmaSegments, 16);
  }
});
