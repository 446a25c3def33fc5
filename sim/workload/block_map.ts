/**
 * The map of blocks that a random job has visited (fio's lib/axmap.c): a
 * bitmap, and above it bitmaps of the full words, so that the next free block
 * is found in a few steps however full the map is.
 */

const WORD_BITS = 32;
const FULL = -1;

/** Most blocks of a map: 64 MiB of bits, for 2 TiB in blocks of 4 KiB. */
export const MOST_MAP_BLOCKS: number = 2 ** 29;

export class BlockMap {
  readonly #blocks: number;
  /** Bits of blocks first; above, a bit for each full word of the level below. */
  readonly #levels: Int32Array[] = [];

  /**
   * Makes a map without visited blocks.
   *
   * @param blocks How many blocks there are, 1 to 2^29.
   */
  constructor(blocks: number) {
    this.#blocks = blocks;
    let words = blocks;
    do {
      words = Math.ceil(words / WORD_BITS);
      this.#levels.push(new Int32Array(words));
    } while (words > 1);
    this.#fillTails();
  }

  clear(): void {
    for (const level of this.#levels) level.fill(0);
    this.#fillTails();
  }

  isSet(block: number): boolean {
    const words = this.#levels[0];
    return ((words?.[block >>> 5] ?? FULL) >>> (block & 31) & 1) === 1;
  }

  /**
   * Marks blocks as visited, up to the first that has been.
   *
   * @param count How many blocks at most.
   */
  mark(block: number, count: number): number {
    const end = Math.min(block + count, this.#blocks);
    let at = block;
    while (at < end && !this.isSet(at)) this.#set(at++, 0);
    return at - block;
  }

  /**
   * Finds a free block after a visited one; from the last, continues at 0.
   *
   * @returns The next free block, or -1 if all have been visited.
   */
  nextFree(block: number): number {
    const behind = this.#firstFree(block + 1, 0);
    return behind >= 0 ? behind : this.#firstFree(0, 0);
  }

  /** The bits after the last of a level count as full. */
  #fillTails(): void {
    let bits = this.#blocks;
    for (const level of this.#levels) {
      const used = bits % WORD_BITS;
      if (used > 0) level[level.length - 1] = FULL << used;
      bits = level.length;
    }
  }

  #set(bit: number, height: number): void {
    const level = this.#levels[height];
    if (level === undefined) return;
    const index = bit >>> 5;
    const word = (level[index] ?? 0) | (1 << (bit & 31));
    level[index] = word;
    if (word === FULL) this.#set(index, height + 1);
  }

  /** First free bit from `bit` on; -1 if there is none. */
  #firstFree(bit: number, height: number): number {
    const level = this.#levels[height];
    let index = bit >>> 5;
    if (level === undefined || index >= level.length) return -1;
    let free = ~(level[index] ?? FULL) & (FULL << (bit & 31));
    if (free === 0) {
      index = this.#firstFree(index + 1, height + 1);
      if (index < 0) return -1;
      free = ~(level[index] ?? FULL);
    }
    return index * WORD_BITS + 31 - Math.clz32(free & -free);
  }
}
