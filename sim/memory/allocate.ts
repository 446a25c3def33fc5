/**
 * Memory for the simulation, or one line that says how much there was not:
 * the engine's own message names neither the purpose nor the size.
 */

/**
 * Allocates memory that workers can share.
 *
 * @param what What it is for, such as `data memory`.
 * @param sizeBytes How much.
 * @returns The memory, all zero; no page of it is resident yet.
 * @throws {RangeError} If there is not that much.
 */
export function allocateShared(
  what: string,
  sizeBytes: number,
): SharedArrayBuffer {
  return orSay(what, sizeBytes, () => new SharedArrayBuffer(sizeBytes));
}

/**
 * Allocates memory of one thread.
 *
 * @param what What it is for.
 * @param sizeBytes How much.
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
