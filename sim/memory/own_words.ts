/**
 * Int32 words of the lab itself, which a kernel does not have: positions of
 * walks, and counters. No trace contains them.
 *
 * They are in the page at offset 0 of an arena, which is never given out. V8
 * reads and writes a word there in one instruction, because it knows the offset
 * and has the arena's address in a register; a variable that a closure keeps is
 * checked and shifted, and a word of an array has an address of its own.
 */

/**
 * Bytes that stay free before them: no field of a structure is that far from
 * its start, so what a path reads through NULL is still 0.
 */
const FIRST_AT = 2048;

/** One page at offset 0 is never given out, so that offset 0 can be NULL. */
export const NULL_PAGE_BYTES = 4096;

/** Where they are in an arena; a path in C has none. */
export const OWN_WORDS = { from: FIRST_AT, to: NULL_PAGE_BYTES } as const;

// Constants of its own: bench/HOT_PATH.md.
const END = NULL_PAGE_BYTES;

/** How they are read and written. */
export interface OwnAccess {
  /** Reads one at an offset. */
  readonly getOwn: (at: number) => number;
  /** Writes one. */
  readonly setOwn: (at: number, value: number) => void;
  /** Adds to one. */
  readonly addOwn: (at: number, delta: number) => void;
}

/**
 * Returns the accesses to them.
 *
 * @param memory The arena that they are in; absent if others lay it out as
 * well, and they are in memory of their own.
 */
export function ownAccess(memory?: DataView): OwnAccess {
  // V8 folds what is a `const` into the code.
  const view = memory ?? new DataView(new ArrayBuffer(END));
  return {
    getOwn: (at) => view.getInt32(at | 0, true),
    setOwn: (at, value) => view.setInt32(at | 0, value | 0, true),
    addOwn: (at, delta) =>
      view.setInt32(at | 0, (view.getInt32(at | 0, true) + delta) | 0, true),
  };
}

/**
 * Makes what gives them out.
 *
 * @returns Reserves that many consecutive words of 4 bytes; returns where the
 * first is, and throws a RangeError if too few are left.
 */
export function createOwnWords(): (count: number) => number {
  let next = FIRST_AT;
  return (count) => {
    const at = next;
    if (at + 4 * count > END) {
      throw new RangeError(
        `Cannot reserve ${count} words of the lab's own: ` +
          `${(END - at) >> 2} are left, expected a path with fewer stages`,
      );
    }
    next = at + 4 * count;
    return at;
  };
}
