/**
 * The guards of a replay with faults, each made to fire by something wrong that
 * no plan asks for.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import { BIO_PAGE_PINNED } from "../../../sim/block/bio.ts";
import { DIO } from "../../../sim/block/blkdev_dio.ts";
import { BLK_STS } from "../../../sim/kernel/operation.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import { createSimulatedReplay } from "../../../sim/simulation/simulated_replay.ts";
import {
  fieldOffset,
  kernelStructs,
} from "../../../sim/kernel/path_structs.ts";
import type { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import { SQE } from "../../../sim/nvme/command.ts";
import { dataIos, WrongIoError } from "../../../sim/replay/replay.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { FAULT_MAP, faultWindow } from "./fault_rig.ts";

const LP64 = findAbi("lp64");
const { bio: BIO, request: REQUEST } = kernelStructs("7.2", LP64);
const SALT = 5;

/** What is wrong in a path. */
interface Wrong {
  /**
   * Changes memory when the device carries a command out: the command, and the
   * first bio of its request.
   */
  readonly command?: (
    memory: KernelMemory,
    at: { readonly entry: number; readonly bio: number },
  ) => void;
}

/** Replays a window; with `isWrong`, something is wrong in the path. */
function run(window: IoWindow, wrong: Wrong, isWrong: boolean): void {
  const data = new PhysicalMemory(FAULT_MAP);
  const { command } = isWrong ? wrong : {};
  const onCommand = (entry: number): void => {
    const { memory } = replay.simulated.assembly;
    const table = memory.regions.find(({ structure }) =>
      structure === "request"
    );
    const tag = memory.view.getUint16(entry + SQE.commandId, true) & 0xfff;
    const request = (table?.offset ?? 0) + tag * (table?.strideBytes ?? 0);
    const bio = memory.getPointer(request + fieldOffset(REQUEST, "bio"));
    command?.(memory, { entry, bio });
  };
  const replay = createSimulatedReplay({
    layout: findLayout("page_offset"),
    abi: LP64,
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map: FAULT_MAP,
    depth: 4,
    decode: true,
    data: () => data,
    salt: SALT,
    probe: { command: onCommand },
  });
  replay.replay(window, { ios: dataIos(window), firstIo: 100, data });
}

/** What the guard says; without what is wrong, there is nothing to say. */
function said(window: IoWindow, wrong: Wrong): string {
  run(window, wrong, false);
  return assertThrows(() => run(window, wrong, true), WrongIoError).message;
}

const READS = await faultWindow("randread-4k", 4);

Deno.test("createSimulatedReplay() finds bytes that were moved elsewhere", () => {
  assertEquals(
    said(READS, {
      command: (memory, { entry }) => {
        const at = entry + SQE.prp1;
        memory.setLe64(at, memory.getLe32(at) ^ 0x1000, 1);
      },
    }),
    "Cannot trust I/O 100: byte 0 of its buffer is wrong, expected the I/O's data",
  );
});

Deno.test("createSimulatedReplay() finds an I/O that ends otherwise than its requests", () => {
  assertEquals(
    said(READS, {
      command: (memory, { bio }) =>
        memory.set8(bio + fieldOffset(BIO, "bi_status"), BLK_STS.ioerr),
    }),
    "Cannot trust I/O 100: it ended with status 10, expected 0, as its " +
      "requests did",
  );
});

Deno.test("createSimulatedReplay() finds an I/O that ends twice", async () => {
  // Memory of several kinds: a bio of each, and each takes the last reference.
  const mixed = await faultWindow("64k-mixed", 1, { mixedIoShare: 1 });
  assertEquals(
    said(mixed, {
      command: (memory, { bio }) => {
        const dio = memory.getPointer(bio + fieldOffset(BIO, "bi_private"));
        memory.set32(dio + DIO.ref, 1);
      },
    }),
    "Cannot end I/O 0 of the window twice",
  );
});

Deno.test("createSimulatedReplay() finds what I/Os leave in use", () => {
  assertEquals(
    said(READS, {
      // Pages that are not the bio's are not released.
      command: (memory, { bio }) => {
        const flags = bio + fieldOffset(BIO, "bi_flags");
        memory.set16(flags, memory.get16(flags) & ~BIO_PAGE_PINNED);
      },
    }),
    "Cannot trust the I/Os from 100 on: 4 of page references still in use " +
      "after them, expected 0",
  );
});
