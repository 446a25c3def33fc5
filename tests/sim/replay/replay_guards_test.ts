/**
 * The guards of a replay, each made to fire by something faulty in the ports
 * of a path: the device, the driver's mapping, the table of requests.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { findAbi } from "../../../layouts/abi.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import { nvmeLimits } from "../../../sim/block/queue_limits.ts";
import {
  fieldOffset,
  kernelStructs,
} from "../../../sim/kernel/path_structs.ts";
import type { KernelMemory } from "../../../sim/memory/kernel_memory.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import {
  type ControllerOptions,
  dataMemoryMap,
} from "../../../sim/nvme/controller.ts";
import type { AssemblyHooks } from "../../../sim/path/path_hooks.ts";
import {
  dataIos,
  verifyReplay,
  WrongIoError,
} from "../../../sim/replay/replay.ts";
import {
  createWindow,
  type IoWindow,
  WINDOW_OP,
} from "../../../sim/workload/window.ts";
import {
  changesRequests,
  completes,
  fails,
  isRepeated,
  KEEPS_MAPPINGS,
  keepsTag,
  mapsTo,
  type RequestPlace,
} from "../faulty_hooks.ts";
import { smallMap } from "../small_map.ts";

const LP64 = findAbi("lp64");
const { bio: BIO, nvmeIod: IOD } = kernelStructs("7.2", LP64);
const MIB = 1 << 20;
/** Salt of the medium: without one, its first word is 0. */
const SALT = 7;

/** I/Os of so many scattered pages each. */
function scattered(ios: number, pages: number, op: number): IoWindow {
  const window = createWindow({ ios, pieces: ios * pages });
  for (let piece = 0; piece < ios * pages; piece++) {
    window.physLo[piece] = piece * 8192;
    window.physHi[piece] = 1;
    window.pieceBytes[piece] = 4096;
  }
  for (let io = 0; io < ios; io++) {
    window.op[io] = op;
    window.sectorLo[io] = io * pages * 8;
    window.lengthBytes[io] = pages * 4096;
    window.firstPiece[io + 1] = (io + 1) * pages;
  }
  window.counts.set([ios, ios * pages]);
  return window;
}

const SHORT = scattered(6, 1, WINDOW_OP.read);
const READS = scattered(3, 20, WINDOW_OP.read);
const WRITES = scattered(3, 20, WINDOW_OP.write);

interface Case {
  readonly hooks: AssemblyHooks;
  readonly controller?: ControllerOptions;
  readonly window?: IoWindow;
  readonly change?: Partial<AssemblyOptions>;
}

function verify(given: Case): void {
  const { hooks, controller = {}, window = SHORT, change } = given;
  const map = smallMap(true);
  const data = new PhysicalMemory(dataMemoryMap(map, controller));
  const assembly = assemblePath({
    layout: findLayout("page_offset"),
    abi: LP64,
    kernel: "7.2",
    recognition: "page",
    limits: nvmeLimits(7, { sgl: controller.sgl ?? false }),
    map,
    depth: 4,
    decode: true,
    data: () => data,
    controller,
    hooks,
    salt: SALT,
    ...change,
  });
  const ios = dataIos(window);
  verifyReplay(assembly, window, { ios, data, salt: SALT, firstIo: 100 });
}

/** What the guard says; without the fault, there is nothing to say. */
function said(given: Case): string {
  verify({ ...given, hooks: {} });
  return assertThrows(() => verify(given), WrongIoError).message;
}

Deno.test("verifyReplay() finds bytes that were moved elsewhere, read or written", () => {
  const hooks = mapsTo((lo) => lo ^ 0x1000);
  assertEquals(
    said({ hooks }),
    "Cannot trust I/O 100 (read of 4096 bytes): byte 0 of its buffer is wrong, expected the I/O's data",
  );
  // The second page of the I/O, and only where it is not the first either.
  assertEquals(
    said({
      hooks: mapsTo((lo) => lo === 0x2000 ? 0x4000 : lo),
      window: READS,
    }),
    "Cannot trust I/O 100 (read of 81920 bytes): byte 4096 of its buffer is " +
      "wrong, expected the I/O's data",
  );
  assertEquals(
    said({ hooks, window: WRITES }),
    "Cannot trust I/O 100 (write of 81920 bytes): Cannot write 4096 bytes " +
      "from bus address 0x100001000: byte 0 differs, expected the I/O's data",
  );
  assertEquals(
    said({ hooks: mapsTo(() => 0x7fff_f000) }),
    "Cannot trust I/O 100 (read of 4096 bytes): Cannot move 4096 bytes at bus " +
      "address 0x17ffff000: nothing is there, expected host memory or a BAR",
  );
});

Deno.test("verifyReplay() finds an I/O that ends with an error, or twice", () => {
  assertEquals(
    said({ hooks: { device: completes(3, fails) } }),
    "Cannot trust I/O 103 (read of 4096 bytes): it ended with EIO, expected " +
      "success",
  );
  assertEquals(
    said({ hooks: { device: completes(3, isRepeated) } }),
    "Cannot trust I/O 103 (read of 4096 bytes): -1 of tags still in " +
      "use after it",
  );
});

const REST = "still in use after it";
/** Bits of a controller that bounces everything. */
const BOUNCES = { forceBounce: true, bouncePoolBytes: 4 * MIB };

for (
  const [resource, given] of [
    ["tags", { hooks: keepsTag(0) }],
    // 20 vectors of 16 bytes are in an array of 64.
    ["slab of 1024", {
      hooks: atEnd((memory, { bio }) => {
        const flags = bio + fieldOffset(BIO, "bi_flags");
        memory.set16(flags, memory.get16(flags) | 2); // BIO_CLONED
      }),
      window: READS,
    }],
    ["small lists", { hooks: atStart(forgetsLists), window: READS }],
    ["list pages", {
      hooks: atStart(forgetsLists),
      // 32 entries behind PRP1 are more than 256 bytes.
      window: scattered(2, 40, WINDOW_OP.read),
    }],
    ["mappings", {
      hooks: KEEPS_MAPPINGS,
      controller: BOUNCES,
      window: WRITES,
    }],
    ["IOVA ranges", { hooks: KEEPS_MAPPINGS, controller: { iommu: true } }],
    ["unmap records", {
      // nvme_iod.dma_vecs
      hooks: atStart((memory, { iod }) =>
        memory.setPointer(iod + fieldOffset(IOD, "dma_vecs"), 0)
      ),
      controller: BOUNCES,
      window: WRITES,
    }],
    ["integrity buffers", {
      // The buffer is known by nvme_iod.meta_dma; the command has it as well.
      hooks: changesRequests(
        "done",
        (memory, { iod }) =>
          memory.setPointer(iod + fieldOffset(IOD, "meta_dma"), 0),
      ),
      controller: { integrity: true },
      window: WRITES,
    }],
  ] as const satisfies readonly (readonly [string, Case])[]
) {
  Deno.test(`verifyReplay() finds ${resource} that an I/O keeps`, () => {
    const [head, rest] = said(given).split(": ");
    assertEquals(head?.startsWith("Cannot trust I/O 100 ("), true, head);
    assertEquals(rest?.replace(/^\d+ of /, ""), `${resource} ${REST}`);
  });
}

function forgetsLists(memory: KernelMemory, { iod }: RequestPlace): void {
  memory.set8(iod + fieldOffset(IOD, "nr_descriptors"), 0);
}

function atStart(
  change: (memory: KernelMemory, at: RequestPlace) => void,
): AssemblyHooks {
  return changesRequests("start", change);
}

function atEnd(
  change: (memory: KernelMemory, at: RequestPlace) => void,
): AssemblyHooks {
  return changesRequests("free", change);
}
