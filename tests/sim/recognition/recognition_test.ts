import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { findAbi } from "../../../layouts/abi.ts";
import { isUnsupported } from "../../../layouts/layout.ts";
import { layoutLimits } from "../../../layouts/limits.ts";
import { layouts } from "../../../layouts/registry.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { PATH_RECOGNITIONS } from "../../../sim/recognition/recognition_registry.ts";
import {
  type BranchCounts,
  branchProbe,
} from "../../../sim/recognition/count_branches.ts";
import type { ControllerOptions } from "../../../sim/nvme/controller.ts";
import type { DescribedCommand } from "../../../sim/nvme/describe_command.ts";
import {
  BARS,
  BUS,
  type CommandLab,
  commandLab,
  DRAM,
  type LabIo,
  type LabOptions,
  type Piece,
  scattered,
  SMALL_MAP,
} from "../nvme/command_lab.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const lp64 = findAbi("lp64");

/** Every layout with each recognition that it can serve on lp64. */
const PAIRS = layouts.flatMap((layout) =>
  PATH_RECOGNITIONS.flatMap((recognition) => {
    const limits = layoutLimits(layout, lp64);
    return isUnsupported(limits) ||
        isUnsupported(layout.recognition(lp64, recognition)) ||
        // rlist_8 has a 32-bit page frame: 44 bits do not reach the BARs.
        limits.lastAddress < BigInt(BARS[1]) + BigInt(4 * MIB)
      ? []
      : [{ layout: layout.name, recognition }];
  })
);

/** One layout for each recognition. */
const ONE_EACH = PAIRS.filter(({ layout, recognition }) =>
  layout === (recognition === "map_first" ? "dma_vec" : "phys_flags")
);

/** Kind-independent content of commands: addresses and lengths, joined. */
function stream(commands: readonly DescribedCommand[]) {
  return commands.map((
    { operation, firstBlock, blocks, pages, descriptors },
  ) => ({ operation, firstBlock, blocks, pages, descriptors }));
}

/** Commands joined where only the number of bios or requests differs. */
function addresses(commands: readonly DescribedCommand[]) {
  return commands.flatMap(({ pages }) => pages);
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

/** Host, BAR 0, BAR 0, BAR 1, host: three changes of kind. */
const MIXED: readonly Piece[] = [
  { phys: DRAM, bytes: 8192 },
  { phys: BARS[0], bytes: 4096, provider: 1 },
  { phys: BARS[0] + 65536, bytes: 4096, provider: 1 },
  { phys: BARS[1], bytes: 4096, provider: 2 },
  { phys: DRAM + 65536, bytes: 4096 },
];

function mixed(options: LabOptions) {
  const lab = commandLab(options);
  const commands = lab.commands([
    { pieces: MIXED, write: true },
    { pieces: MIXED },
  ]);
  return { counts: lab.assembly.path.counts, commands, lab };
}

Deno.test("mixed memory splits bios, or segments speak for themselves (T53)", () => {
  // Kinds in order: host, bar0, bar1, host: 4 bios where a bio is of one kind.
  const pages = [
    DRAM,
    DRAM + 4096,
    BUS[0],
    BUS[0] + 65536,
    BUS[1],
    DRAM + 65536,
  ];
  for (const { layout, recognition } of PAIRS) {
    const { counts, commands } = mixed({ layout, recognition });
    const isUniform = recognition === "page" || recognition === "bio";
    const name = `${layout}, ${recognition}`;
    assertEquals(counts.bios, 2 * (isUniform ? 4 : 1), name);
    assertEquals(addresses(commands), [...pages, ...pages], name);
  }
});

Deno.test("mixed memory is never one IOVA range (T53)", () => {
  for (const sgl of [false, true]) {
    const controller: ControllerOptions = {
      iommu: true,
      sgl,
      sglThresholdBytes: 4096,
    };
    for (
      const recognition of ["segment", "range"] as const
    ) {
      const { commands, lab } = mixed({
        layout: "phys_flags",
        recognition,
        controller,
      });
      const [command] = commands;
      const seen = sgl
        ? command?.descriptors.map(([at]) => at) ?? []
        : command?.pages ?? [];
      // BARs by bus address, host memory somewhere else than it is.
      const bars = seen.filter((at) =>
        BUS.some((bus) => at >= bus && at < bus + 4 * MIB)
      );
      assertEquals(bars, [BUS[0], BUS[0] + 65536, BUS[1]]);
      assertEquals(seen.includes(DRAM), false);
      assertEquals(
        Object.values(lab.assembly.path.balance()).filter((n) => n !== 0),
        [],
      );
    }
  }
});

Deno.test("range cuts where one BAR begins behind another (T55)", () => {
  // Both BARs are physically one behind the other, not so on the bus.
  const half = 4 * MIB;
  const start = SMALL_MAP.providers[0]?.startPhys ?? 0n;
  const map = {
    ...SMALL_MAP,
    providers: SMALL_MAP.providers.map((bar, i) => ({
      ...bar,
      startPhys: start + BigInt(i * half),
    })),
  };
  const phys = Number(start) + half;
  const pieces = [
    { phys: phys - 8192, bytes: 8192, provider: 1 },
    { phys, bytes: 8192, provider: 2 },
  ];
  const pages = [
    BUS[0] + half - 8192,
    BUS[0] + half - 4096,
    BUS[1],
    BUS[1] + 4096,
  ];
  for (const ranges of ["sorted", "maple"] as const) {
    for (const recognition of PATH_RECOGNITIONS) {
      if (recognition === "map_first") continue;
      const lab = commandLab({
        map,
        recognition,
        layout: "phys_flags",
        more: { ranges },
      });
      assertEquals(addresses(lab.commands([{ pieces }])), pages, recognition);
    }
  }
});

Deno.test("range maps host memory where there are no ranges (T55)", () => {
  const map = { ...SMALL_MAP, providers: [] };
  for (const ranges of ["sorted", "maple"] as const) {
    const lab = commandLab({ map, recognition: "range", more: { ranges } });
    const [command] = lab.commands([{ pieces: scattered(3) }]);
    assertEquals(command?.pages, scattered(3).map(({ phys }) => phys));
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

function asked(lab: (branches: BranchCounts) => CommandLab, io: LabIo) {
  const branches = { sameBio: 0, sameSegment: 0, submit: 0, map: 0 };
  lab(branches).commands([io]);
  return branches;
}

Deno.test("countBranches() counts what each recognition asks per I/O", () => {
  const io = { pieces: scattered(4) };
  const of = (recognition: LabOptions["recognition"] & string) =>
    asked(
      (branches) =>
        commandLab({
          layout: "phys_flags",
          recognition,
          more: { probe: branchProbe(branches) },
        }),
      io,
    );
  // 4 vectors: 3 times "same bio"; whether merging is barred is asked of the
  // first, as a bio has memory of one kind; page then asks the first segment
  // when it maps.
  assertEquals(of("page"), { sameBio: 3, sameSegment: 0, submit: 1, map: 1 });
  // segment keeps a flag of each of the 4 and mixes kinds, but compares each
  // with the one before: what is mixed is not merged, as is what has P2P memory
  // at first; the map type is asked of each.
  assertEquals(of("segment"), {
    sameBio: 3,
    sameSegment: 0,
    submit: 5,
    map: 4,
  });
  // bio: 4 vectors and, once, whether merging is barred; once a request, from
  // the bio.
  assertEquals(of("bio"), { sameBio: 3, sameSegment: 0, submit: 5, map: 1 });
  // range keeps and asks nothing before it maps, map_first never.
  assertEquals(of("range"), { sameBio: 0, sameSegment: 0, submit: 0, map: 4 });
  const first = asked(
    (branches) =>
      commandLab({
        layout: "dma_vec",
        recognition: "map_first",
        more: { probe: branchProbe(branches) },
      }),
    io,
  );
  assertEquals(first, { sameBio: 0, sameSegment: 0, submit: 0, map: 0 });
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
