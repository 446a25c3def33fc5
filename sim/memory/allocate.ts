/**
 * Memory for the simulation, or one line that says how much there was not:
 * the engine's own message names neither the purpose nor the size.
 */

/**
 * Allocates memory that workers can share.
 *
 * @param what What it is for, such as `data memory`.
 * @returns The memory, all zero; no page of it is resident yet.
 * @throws {RangeError} If there is not that much.
 */
export function allocateShared(
  what: string,
  sizeBytes: number,
): SharedArrayBuffer {
  return orSay(what, sizeBytes, () => new SharedArrayBuffer(sizeBytes));
}

/** Unit of the size of WebAssembly's memories, and how many one can have. */
const WASM_PAGE_BYTES = 65536;
const MOST_WASM_PAGES = 65536;

/**
 * Allocates memory that workers can share and that begins at a page of this
 * machine. A `SharedArrayBuffer` does not: with glibc it is 16 bytes into a
 * page, after the header of an mmapped chunk, so that what is aligned in it
 * straddles cache lines. The memory of a WebAssembly instance is mapped by the
 * engine itself, and JavaScript sees it as the same kind of buffer.
 *
 * @param sizeBytes How much, below 4 GiB.
 * @returns The memory, all zero, that size rounded up to 64 KiB; no page of it
 *   is resident yet.
 * @throws {RangeError} If there is not that much.
 */
export function allocateArena(
  what: string,
  sizeBytes: number,
): SharedArrayBuffer {
  const pages = Math.max(1, Math.ceil(sizeBytes / WASM_PAGE_BYTES));
  return orSay(what, sizeBytes, () => {
    if (pages > MOST_WASM_PAGES) throw new RangeError("out of range");
    const memory = new WebAssembly.Memory({
      initial: pages,
      maximum: pages,
      shared: true,
    });
    // Shared memory, which the types do not distinguish from memory of one
    // thread.
    return memory.buffer as unknown as SharedArrayBuffer;
  });
}

/**
 * Allocates memory of one thread.
 *
 * @returns The memory, all zero; no page of it is resident yet.
 * @throws {RangeError} If there is not that much.
 */
export function allocate(what: string, sizeBytes: number): ArrayBuffer {
  return orSay(what, sizeBytes, () => new ArrayBuffer(sizeBytes));
}

function orSay<Memory>(
  what: string,
  sizeBytes: number,
  make: () => Memory,
): Memory {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(
      `Cannot allocate ${what}: found no ${sizeBytes} bytes of memory, ` +
        `expected them free; try a smaller pool, topology or window, or ` +
        `fewer workers`,
      { cause: error },
    );
  }
}
