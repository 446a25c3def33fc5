/**
 * Where the arena of a timed path is: on 2 MiB, in huge pages, where the
 * process may look at addresses, and on a page of the machine elsewhere.
 *
 * With pages of 4 KiB the caches that are indexed by physical address, and the
 * TLB, depend on which pages the arena happened to get: a path of 128 KiB I/Os
 * then differs by 2 % between processes, in huge pages by 0.4 %.
 */
import { allocateArena } from "../../sim/memory/allocate.ts";
import type {
  ArenaPlace,
  KernelMemory,
} from "../../sim/memory/kernel_memory.ts";

/** Size of a huge page of x86_64, and of arm64 with pages of 4 KiB. */
export const HUGE_PAGE_BYTES: number = 2 << 20;
/** `MADV_HUGEPAGE` (include/uapi/asm-generic/mman-common.h). */
const MADV_HUGEPAGE = 14;

const WHAT = "kernel memory";

/**
 * Finds memory for an arena.
 *
 * Addresses in the simulated machine are offsets in the arena, so that no
 * exact figure depends on the place.
 *
 * @returns The memory and where in it the arena begins: at a huge page with
 *   `--allow-ffi`, and at a page without.
 * @throws {RangeError} If there is not that much.
 */
export function placeArena(sizeBytes: number): ArenaPlace {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state !== "granted" || sizeBytes < HUGE_PAGE_BYTES) {
    return { buffer: allocateArena(WHAT, sizeBytes), baseBytes: 0 };
  }
  const buffer = allocateArena(WHAT, sizeBytes + HUGE_PAGE_BYTES);
  const at = addressOf(new Uint8Array(buffer));
  const baseBytes = Number(-at & BigInt(HUGE_PAGE_BYTES - 1));
  adviseHugePages(new Uint8Array(buffer, baseBytes, sizeBytes));
  return { buffer, baseBytes };
}

/** Returns the address of memory in this process. */
export function addressOf(bytes: Uint8Array<SharedArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

/**
 * Returns how an arena is in this process.
 *
 * @returns The largest power of two, up to 2 MiB, that its address is a
 *   multiple of; `null` without `--allow-ffi`.
 */
export function arenaAlignBytes(memory: KernelMemory): number | null {
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state !== "granted") return null;
  const at = addressOf(memory.bytes()) & BigInt(HUGE_PAGE_BYTES - 1);
  return at === 0n ? HUGE_PAGE_BYTES : Number(at & -at);
}

/** Asks for huge pages; a system without them continues with what it has. */
function adviseHugePages(bytes: Uint8Array<SharedArrayBuffer>): void {
  if (Deno.build.os !== "linux") return;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
    });
    libc.symbols.madvise(
      Deno.UnsafePointer.of(bytes),
      // The rest of the last huge page may not be the arena's.
      BigInt(bytes.length - bytes.length % HUGE_PAGE_BYTES),
      MADV_HUGEPAGE,
    );
    libc.close();
  } catch {
    // Another C library, or no permission for this one.
  }
}
