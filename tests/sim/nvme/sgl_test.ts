import { assertEquals, assertThrows } from "@std/assert";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import {
  BARS,
  BUS,
  type CommandLab,
  commandLab,
  DRAM,
  type LabOptions,
  scattered,
  WIDE_LIMITS,
} from "./command_lab.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
/** An SGL-capable controller's queue of 7.2 has no virt boundary. */
const SGL_LIMITS = { ...WIDE_LIMITS, virtBoundaryMask: 0 };

function sglLab(options: LabOptions = {}): CommandLab {
  return commandLab({
    limits: SGL_LIMITS,
    controller: { sgl: true },
    ...options,
  });
}

/** Descriptor type and length in the command, and the data descriptors. */
function sgl(
  lab: CommandLab,
  ...io: Parameters<CommandLab["commands"]>
): unknown[] {
  return lab.commands(...io).map(({ kind, dataPointer, descriptors }) =>
    kind === "prp"
      ? kind
      : [dataPointer?.type, dataPointer?.sizeBytes, descriptors]
  );
}

Deno.test("createSglBuilder() writes one inline descriptor for one segment (T40)", () => {
  // Table 4.6, right column: contiguous I/O that two PRPs cannot name, up to
  // the 256 pages that one pass of extraction makes one vector of.
  const lab = sglLab();
  for (
    const [bytes, offset] of [
      [8 * KIB, 512],
      [12 * KIB, 0],
      [64 * KIB, 0],
      [128 * KIB, 0],
      [128 * KIB, 4],
      [1 * MIB, 0],
    ] as const
  ) {
    const phys = DRAM + offset;
    assertEquals(sgl(lab, [{ pieces: [{ phys, bytes }] }]), [
      [0, bytes, [[phys, bytes]]],
    ]);
  }
});

Deno.test("createMapData() names up to two pages by PRP even with SGL (T40)", () => {
  const lab = sglLab();
  for (const [bytes, offset] of [[4096, 0], [4096, 512], [8192, 0]] as const) {
    assertEquals(sgl(lab, [{ pieces: [{ phys: DRAM + offset, bytes }] }]), [
      "prp",
    ]);
  }
});

Deno.test("createMapData() asks the threshold of mapped segments in a list (T43)", () => {
  // 32 adjacent folios: nr_phys_segments 32, average 4096 < 32768: PRP,
  // though the walk joins them to one DMA segment.
  const adjacent = Array.from({ length: 32 }, (_, i) => ({
    phys: DRAM + i * 4096,
    bytes: 4096,
  }));
  const lab = sglLab();
  assertEquals(sgl(lab, [{ pieces: adjacent }]), ["prp"]);
  assertEquals(lab.assembly.path.counts.dmaSegments, 1);
  // sgl_threshold 4096: an SGL of one descriptor behind a last segment.
  const low = sglLab({ controller: { sgl: true, sglThresholdBytes: 4096 } });
  assertEquals(sgl(low, [{ pieces: adjacent }]), [
    [0x30, 16, [[DRAM, 128 * KIB]]],
  ]);
});

Deno.test("createSglBuilder() takes a page for more than 16 descriptors (T40)", () => {
  const lab = sglLab({ controller: { sgl: true, sglThresholdBytes: 4096 } });
  const listIn = (count: number) => {
    const [command] = lab.commands([{ pieces: scattered(count) }]);
    const at = (command?.dataPointer?.addr ?? 0) - 2 * 2 ** 32;
    assertEquals(
      command?.descriptors,
      scattered(count).map(({ phys, bytes }) => [phys, bytes] as const),
    );
    return lab.assembly.memory.regions.find((region) =>
      at >= region.offset && at < region.offset + region.sizeBytes
    )?.structure;
  };
  assertEquals(listIn(16), "nvme descriptor 256");
  assertEquals(listIn(17), "nvme descriptor page");
  // 128 KiB as 32 pages: 32 descriptors, 512 bytes, from the large pool.
  assertEquals(listIn(32), "nvme descriptor page");
  // Exactly full: 256 descriptors of 16 bytes.
  assertEquals(listIn(256), "nvme descriptor page");
});

Deno.test("createMapData() rounds the average segment up", () => {
  // 8704 bytes in 3 segments: 2901 1/3 each, DIV_ROUND_UP() makes 2902.
  const pieces = [
    ...scattered(2),
    { phys: DRAM + 4 * 8192, bytes: 512 },
  ];
  const kindAt = (sglThresholdBytes: number) =>
    sglLab({ controller: { sgl: true, sglThresholdBytes } })
      .commands([{ pieces }]).map(({ kind }) => kind);
  assertEquals(kindAt(2902), ["sgl"]);
  assertEquals(kindAt(2903), ["prp"]);
});

Deno.test("createSglBuilder() refuses more descriptors than a page holds", () => {
  const lab = sglLab({
    limits: { ...SGL_LIMITS, maxSegments: 300 },
    controller: { sgl: true, sglThresholdBytes: 4096 },
  });
  assertEquals(lab.submit([{ pieces: scattered(256) }]), 0);
  assertEquals(lab.submit([{ pieces: scattered(257) }]), 1);
  assertEquals(lab.seen, []);
  // Whatever was mapped by then is given back.
  const left = Object.values(lab.assembly.path.balance());
  assertEquals(left.some((count) => count !== 0), false);
});

Deno.test("createMapData() needs no threshold for one segment (T44)", () => {
  const io = { pieces: [{ phys: DRAM, bytes: 128 * KIB }] };
  const inline = [[0, 128 * KIB, [[DRAM, 128 * KIB]]]];
  assertEquals(sgl(sglLab(), [io]), inline);
  const never = { sgl: true, sglThresholdBytes: 0 };
  assertEquals(sgl(sglLab({ controller: never }), [io]), inline);
  // 6.x asks the threshold first (RULES 7.1); PRP only: a list of 31.
  assertEquals(sgl(sglLab({ controller: never, kernel: "6.12" }), [io]), [
    "prp",
  ]);
  const [prp] = commandLab().commands([io]);
  assertEquals(prp?.listPages.map(([, count]) => count), [31]);
});

Deno.test("createMapData() forces an SGL for gaps within a page (T45)", () => {
  // The join lies 512 bytes into a page: gap bit 10. The average of 4608 is
  // far below the threshold, which does not matter.
  const pieces = [
    { phys: DRAM, bytes: 4096 + 512 },
    { phys: DRAM + 65536, bytes: 4096 + 512 },
  ];
  assertEquals(sgl(sglLab(), [{ pieces }]), [
    [0x30, 32, [[DRAM, 4608], [DRAM + 65536, 4608]]],
  ]);
  const never = { sgl: true, sglThresholdBytes: 0 };
  assertEquals(sgl(sglLab({ controller: never }), [{ pieces }]), [
    [0x30, 32, [[DRAM, 4608], [DRAM + 65536, 4608]]],
  ]);
  // PRP only: the virt boundary has split it.
  const split = commandLab().commands([{ pieces }]);
  assertEquals(split.map(({ kind, blocks }) => [kind, blocks]), [
    ["prp", 9],
    ["prp", 9],
  ]);
});

Deno.test("nvmeLimits() gives an SGL controller no virt boundary", () => {
  assertEquals(nvmeLimits(5, { sgl: true }).virtBoundaryMask, 0);
  assertEquals(nvmeLimits(5).virtBoundaryMask, 4095);
});

Deno.test("createDecodingDevice() says what is wrong with an SGL", () => {
  const noSgl = sglLab();
  const wrong = (change: (at: number) => void) => {
    const lab: CommandLab = sglLab({
      controller: { sgl: true, sglThresholdBytes: 4096 },
      more: { probe: { command: (entry) => change.call(null, entry + 24) } },
    });
    view = lab.assembly.memory.view as DataView;
    return () => lab.submit([{ pieces: scattered(2) }]);
  };
  let view = noSgl.assembly.memory.view as DataView;
  const message = (change: (at: number) => void) =>
    assertThrows(wrong(change)).toString();
  assertEquals(
    message((at) => view.setUint8(at + 15, 0x20)),
    "DeviceError: Cannot take an SGL that begins with type 0x20, expected a " +
      "data block (0x0) or a last segment (0x30)",
  );
  assertEquals(
    message((at) => view.setInt32(at + 8, 16, true)),
    "DeviceError: Cannot execute a command: its SGL lacks 4096 bytes, " +
      "expected descriptors for all blocks",
  );
  assertEquals(
    message((at) => view.setInt32(at + 8, 17, true)).slice(0, 58),
    "DeviceError: Cannot read an SGL segment of 17 bytes at 0x2",
  );
  assertEquals(
    message((at) => view.setInt32(at + 4, 9, true)).slice(0, 53),
    "DeviceError: Cannot read an SGL segment at bus address"
      .slice(0, 53),
  );
});

Deno.test("createMapData() takes no P2P page the simple way (T46)", () => {
  // nr_phys_segments 1, one page: the simple way would map it through the
  // IOMMU; by bus address it stays as it is.
  for (const kernel of ["6.12", "7.2"]) {
    const lab = commandLab({ kernel, controller: { iommu: true } });
    const pieces = [{ phys: BARS[0], bytes: 4096, provider: 1 }];
    const [command] = lab.commands([{ pieces }]);
    assertEquals(command?.prp1, BUS[0]);
  }
});
