/**
 * The lines that a group of I/Os touched, each in a slot of its own: memory in
 * proportion to a group and not to the arena, and what an access asks for in
 * one or two lines of this machine's cache.
 */

/** Who touches a byte: its own structure, zeroing, the slab allocator. */
export const TOUCH = { own: 0, zeroing: 1, allocator: 2 } as const;
/** How many those are. */
export const TOUCHERS = 3;
/** Bytes that a mask tells of, one in each bit. */
export const MASK_BYTES = 32;
/** Words in front of the masks of a slot. */
export const SLOT = { line: 0, structure: 1, others: 2, masks: 3 } as const;

/** What is known of the lines that a group touched. */
export class LineSlots {
  /**
   * Slots behind each other: which line it is, its structure (-1 if it is not
   * one structure's), whether others than that touched it (a bit for each of
   * `TOUCH`), and masks of the bytes that were touched, by who did, part of 32
   * bytes, and stage.
   */
  words: Int32Array;
  /** Slots that are taken. */
  count = 0;
  /** Words of a slot. */
  readonly slotWords: number;
  /** Masks of all parts by one who touches them. */
  readonly touchWords: number;
  /** By line: where its slot begins, if that says so, too. */
  readonly #slotOfLine: Int32Array;
  readonly #structureOf: (line: number) => number;
  #capacity = 64;
  #end = 0;

  /**
   * Starts with no line.
   *
   * @param shape Parts of a line, how many lines and stages there are, and the
   *   structure of a line, -1 if it is not one structure's.
   */
  constructor(
    shape: {
      parts: number;
      lines: number;
      stages: number;
      structureOf: (line: number) => number;
    },
  ) {
    this.#structureOf = shape.structureOf;
    this.touchWords = shape.parts * shape.stages;
    this.slotWords = SLOT.masks + TOUCHERS * this.touchWords;
    this.#slotOfLine = new Int32Array(shape.lines);
    this.words = new Int32Array(this.#capacity * this.slotWords);
  }

  /**
   * Finds the slot of a line, or takes one that is untouched.
   *
   * @param line The line.
   * @returns Where the words of its slot begin.
   */
  of(line: number): number {
    const at = this.#slotOfLine[line] as number;
    return at < this.#end && this.words[at] === line ? at : this.#take(line);
  }

  #take(line: number): number {
    if (this.count === this.#capacity) {
      this.#capacity *= 2;
      const { words } = this;
      this.words = new Int32Array(this.#capacity * this.slotWords);
      this.words.set(words);
    }
    const at = this.#end;
    this.#slotOfLine[line] = at;
    this.#end = at + this.slotWords;
    this.count++;
    this.words[at] = line;
    this.words[at + SLOT.structure] = this.#structureOf(line);
    return at;
  }

  /** Forgets all lines. */
  clear(): void {
    this.words.fill(0, 0, this.count * this.slotWords);
    this.count = 0;
    this.#end = 0;
  }
}
