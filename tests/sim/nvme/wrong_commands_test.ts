/**
 * What the device finds in commands that a driver has built wrongly: each is
 * changed on its way to the device that decodes it.
 */
import { assertEquals, assertThrows } from "@std/assert";
import type { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import { SQE } from "../../../sim/nvme/command.ts";
import { WrongIoError } from "../../../sim/replay/replay.ts";
import {
  BARS,
  type CommandLab,
  commandLab,
  DRAM,
  type LabIo,
  type LabOptions,
  scattered,
  SMALL_MAP,
} from "./command_lab.ts";

type Change = (memory: KernelMemory, entry: number) => void;

/** What is said of an I/O whose command is changed. */
function said(io: LabIo, change: Change, options: LabOptions = {}): string {
  let isWrong = false;
  const lab: CommandLab = commandLab({
    ...options,
    more: {
      probe: {
        command: (entry) => {
          if (isWrong) change(lab.assembly.memory, entry);
        },
      },
    },
  });
  // Nothing is said as long as nothing is changed.
  lab.commands([io]);
  isWrong = true;
  const error = assertThrows(() => lab.commands([io]), WrongIoError);
  return error.message.replace(/^Cannot trust I\/O 0 \(.*?\): /, "");
}

const set64 = (at: number, lo: number, hi: number): Change => (memory, entry) =>
  memory.setLe64(entry + at, lo, hi);
const ONE: LabIo = { pieces: scattered(1), sector: 8 };
const TWO: LabIo = { pieces: scattered(2), sector: 8 };
const MANY: LabIo = { pieces: scattered(40), sector: 8 };
const SGL: LabOptions = {
  limits: nvmeLimits(7, { sgl: true }),
  controller: { sgl: true, sglThresholdBytes: 4096 },
};

Deno.test("createDecodingDevice() finds what is wrong with PRPs", () => {
  assertEquals(
    said(ONE, set64(SQE.prp2, 0x1000, 1)),
    "Cannot take a command of one page: PRP2 is 0x100001000, expected 0",
  );
  assertEquals(
    said(TWO, set64(SQE.prp2, 0x2200, 1)),
    "Cannot take PRP entry 0x100002200: it is inside a page, expected a " +
      "multiple of 4096",
  );
  assertEquals(
    said(MANY, (memory, entry) => {
      const list = memory.getLe32(entry + SQE.prp2);
      memory.setLe64(list + 16, 0x6004, 1);
    }),
    "Cannot take PRP entry 0x100006004: it is inside a page, expected a " +
      "multiple of 4096",
  );
  assertEquals(
    said(MANY, set64(SQE.prp2, 0x1000, 1)),
    "Cannot read a PRP list at bus address 0x100001000: no list memory is " +
      "there, expected one of the descriptor pools",
  );
  assertEquals(
    said(ONE, (memory, entry) => memory.view.setUint8(entry + SQE.flags, 0x40)),
    "Cannot take a command with an SGL: the controller has no SGL support, " +
      "expected PRPs",
  );
});

Deno.test("createDecodingDevice() finds what is wrong with SGL descriptors", () => {
  const inList =
    (change: (memory: KernelMemory, at: number) => void): Change =>
    (memory, entry) => change(memory, memory.getLe32(entry + SQE.prp1) + 16);
  const expected = "expected a data block of 1 to 4096 bytes";
  assertEquals(
    said(TWO, inList((memory, at) => memory.view.setUint8(at + 15, 0x10)), SGL),
    `Cannot take SGL descriptor of type 0x10 and 4096 bytes at 0x100002000, ` +
      expected,
  );
  for (const bytes of [0, 4097]) {
    assertEquals(
      said(TWO, inList((memory, at) => memory.setLe32(at + 8, bytes)), SGL),
      `Cannot take SGL descriptor of type 0x0 and ${bytes} bytes at ` +
        `0x100002000, ${expected}`,
    );
  }
});

Deno.test("verifyReplay() finds commands of other blocks, of fewer, of none", () => {
  const wrong = "byte 0 of its buffer is wrong, expected the I/O's data";
  const write16 = (at: number, value: number): Change => (memory, entry) =>
    memory.view.setUint16(entry + at, value, true);
  assertEquals(said(ONE, set64(SQE.slba, 9, 0)), wrong);
  // 7 blocks of 512 bytes.
  assertEquals(
    said(ONE, write16(SQE.length, 6)),
    "byte 3584 of its buffer is wrong, expected the I/O's data",
  );
  // A flush moves nothing.
  assertEquals(
    said(ONE, (memory, entry) => memory.view.setUint8(entry + SQE.opcode, 0)),
    wrong,
  );
  assertEquals(
    said(TWO, (memory, entry) => {
      const [first, second] = [SQE.prp1, SQE.prp2].map((at) =>
        memory.getLe32(entry + at)
      ) as [number, number];
      memory.setLe64(entry + SQE.prp1, second, 1);
      memory.setLe64(entry + SQE.prp2, first, 1);
    }),
    wrong,
  );
});

Deno.test("verifyReplay() finds a buffer outside of all memory", () => {
  const lab = commandLab();
  assertThrows(
    () => lab.commands([ONE, { pieces: [{ phys: 0x5000, bytes: 4096 }] }]),
    WrongIoError,
    "Cannot place I/O 1: its buffer is outside every memory range, expected host memory or a BAR",
  );
});

Deno.test("createMapData() carries over 4 GiB into PRP2", () => {
  // As an IOMMU could map: the second page begins at 8 GiB on the bus.
  const lab = commandLab({
    more: {
      data: () => undefined,
      hooks: {
        controller: (made) => ({
          ...made,
          pieces: {
            ...made.pieces,
            map: (lo) => {
              made.pieces.bus.lo = (lo + 0xffff_f000) | 0;
              made.pieces.bus.hi = 1;
              return 0;
            },
          },
        }),
      },
    },
  });
  assertEquals(
    lab.submit([{ pieces: [{ phys: DRAM + 512, bytes: 4096 }] }]),
    0,
  );
  const [command] = lab.seen;
  assertEquals(command?.prp1, 0x1_ffff_f200);
  assertEquals(command?.pages, [0x1_ffff_f200, 0x2_0000_0000]);
});

Deno.test("createPrpBuilder() carries over 4 GiB, behind PRP1 and in a list", () => {
  // A BAR whose third page begins at 20 GiB on the bus; one segment of pages.
  const lab = commandLab({
    map: {
      ...SMALL_MAP,
      providers: SMALL_MAP.providers.map((bar, i) => ({
        ...bar,
        busAddress: i === 0 ? 0x4_ffff_e000n : bar.busAddress,
      })),
    },
  });
  const pages = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      phys: BARS[0] + (first + i) * 4096,
      bytes: 4096,
      provider: 1,
    }));
  const bus = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => 0x4_ffff_e000 + (first + i) * 4096);
  for (const [first, count] of [[0, 4], [1, 2], [1, 5], [0, 3]] as const) {
    const [command] = lab.commands([{ pieces: pages(first, count) }]);
    assertEquals(command?.pages, bus(first, count));
  }
});
