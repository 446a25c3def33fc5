/**
 * The writes that a verifying job reads back, in fio's order: as they were
 * written where a map sees to it that none overlap, else by offset, an
 * overwritten one left out (log_io_piece() in fio's iolog.c).
 */

/** A write to be read back. */
export interface WrittenBlock {
  readonly file: number;
  /** First byte in the file. */
  readonly offset: number;
  /** Length in bytes. */
  readonly bytes: number;
}

/** Most writes that are kept, so that memory stays bounded. */
export const MOST_WRITTEN_BLOCKS: number = 2 ** 20;

/** This many writes are put in their places one by one; more are sorted. */
const FEW = 16;

/** Writes that have not been read back. */
export class WrittenBlocks {
  readonly #isSorted: boolean;
  /** In the order in which they are read back. */
  #blocks: WrittenBlock[] = [];
  /** How many of the first have been read back. */
  #taken = 0;
  /** Later writes that have no place among the others yet. */
  #fresh: WrittenBlock[] = [];
  /** Writes that were not kept for want of room. */
  lost = 0;

  /**
   * Makes an empty list.
   *
   * @param isSorted Whether writes are read back by offset.
   */
  constructor(isSorted: boolean) {
    this.#isSorted = isSorted;
  }

  /** Writes to be read back, overwritten ones left out. */
  get count(): number {
    this.#settle();
    return this.#blocks.length - this.#taken;
  }

  add(block: WrittenBlock): void {
    const kept = this.#blocks.length + this.#fresh.length;
    if (kept >= MOST_WRITTEN_BLOCKS) this.lost++;
    else if (this.#isSorted) this.#fresh.push(block);
    else this.#blocks.push(block);
  }

  /** Takes the next write to be read back. */
  take(): WrittenBlock | undefined {
    this.#settle();
    const block = this.#blocks[this.#taken];
    if (block === undefined) return undefined;
    this.#taken++;
    if (this.#taken === this.#blocks.length) {
      this.#blocks = [];
      this.#taken = 0;
    }
    return block;
  }

  clear(): void {
    this.#blocks = [];
    this.#fresh = [];
    this.#taken = 0;
  }

  #settle(): void {
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    this.#fresh = [];
    if (this.#taken > 0) {
      this.#blocks = this.#blocks.slice(this.#taken);
      this.#taken = 0;
    }
    if (fresh.length <= FEW) {
      for (const block of fresh) insert(this.#blocks, block);
    } else this.#blocks = withoutOverwritten([...this.#blocks, ...fresh]);
  }
}

function isBefore(a: WrittenBlock, b: WrittenBlock): boolean {
  return a.file < b.file || (a.file === b.file && a.offset < b.offset);
}

function endsBefore(a: WrittenBlock, b: WrittenBlock): boolean {
  return a.file < b.file ||
    (a.file === b.file && a.offset + a.bytes <= b.offset);
}

/** Puts a write among others that do not overlap, in place of those it does. */
function insert(blocks: WrittenBlock[], block: WrittenBlock): void {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = blocks[middle];
    if (other !== undefined && isBefore(other, block)) low = middle + 1;
    else high = middle;
  }
  const before = blocks[low - 1];
  const from = before === undefined || endsBefore(before, block)
    ? low
    : low - 1;
  let to = low;
  for (;;) {
    const other = blocks[to];
    if (other === undefined || endsBefore(block, other)) break;
    to++;
  }
  blocks.splice(from, to - from, block);
}

/** By file and offset, without writes that a later one overlaps. */
function withoutOverwritten(blocks: readonly WrittenBlock[]): WrittenBlock[] {
  const order = blocks.map((block, age) => ({ block, age }))
    .toSorted((a, b) =>
      a.block.file - b.block.file || a.block.offset - b.block.offset ||
      a.age - b.age
    );
  const isOverwritten = new Uint8Array(blocks.length);
  // Those that begin before the current one and may reach into it.
  let reaching: typeof order = [];
  for (const entry of order) {
    const { file, offset } = entry.block;
    reaching = reaching.filter(({ block }) =>
      block.file === file && block.offset + block.bytes > offset
    );
    for (const other of reaching) {
      isOverwritten[Math.min(other.age, entry.age)] = 1;
    }
    // Of equal ones only the latest matters to those after.
    reaching = reaching.filter(({ block }) =>
      block.offset !== offset || block.bytes > entry.block.bytes
    );
    reaching.push(entry);
  }
  return order.filter(({ age }) => isOverwritten[age] === 0)
    .map(({ block }) => block);
}
