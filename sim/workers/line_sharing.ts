/**
 * Which cache lines several workers touch, and whether they do it because they
 * share what is in them or only because it is side by side.
 */
/** Bytes of a line; the masks below have a bit for each. */
const CACHE_LINE_BYTES = 64;

/** What several workers did to the lines of a structure. */
export interface SharedStructure {
  readonly structure: string;
  /** Distinct lines that were touched. */
  readonly lines: number;
  /** Lines that more than one worker wrote to. */
  readonly writtenByMany: number;
  /** Of those, lines in which nobody touched a byte that another wrote. */
  readonly falselyShared: number;
  /** Lines that one worker wrote to and another one read. */
  readonly handedOver: number;
}

/** Shared lines of all structures together. */
export interface SharedLineTotals {
  /** Lines that more than one worker wrote to. */
  readonly writtenByMany: number;
  /** Lines that one worker wrote to and another one read. */
  readonly handedOver: number;
  /** Of the first, lines with bytes of a certain structure in them. */
  readonly writtenByManyHolding: number;
  /** The same of the second. */
  readonly handedOverHolding: number;
}

/** What one worker did to one line: a bit for each byte. */
interface Use {
  readonly who: number;
  writtenLo: number;
  writtenHi: number;
  touchedLo: number;
  touchedHi: number;
}

interface Line {
  readonly structure: number;
  readonly uses: Use[];
  /** Whether bytes of the structure that is looked for are in it. */
  holds: boolean;
}

/** Collects the accesses of workers. */
export class LineSharing {
  readonly #structures: readonly string[];
  readonly #lines = new Map<number, Line>();

  readonly #held: number;

  /**
   * Starts without any access.
   *
   * @param structures Names of the structures; accesses give an index.
   * @param held The structure that totals look for; default: `bio_vec`.
   */
  constructor(structures: readonly string[], held = "bio_vec") {
    this.#structures = structures;
    this.#held = structures.indexOf(held);
  }

  /**
   * Takes one access.
   *
   * @param access Where in all memory, how many bytes, of which structure.
   */
  take(
    who: number,
    access: {
      readonly at: number;
      readonly sizeBytes: number;
      readonly isWrite: boolean;
      readonly structure: number;
    },
  ): void {
    const { at, sizeBytes, isWrite, structure } = access;
    for (let byte = at; byte < at + sizeBytes; byte++) {
      const use = this.#use(Math.floor(byte / CACHE_LINE_BYTES), {
        structure,
        who,
      });
      const offset = byte % CACHE_LINE_BYTES;
      const bit = 1 << (offset & 31);
      if (offset < 32) use.touchedLo |= bit;
      else use.touchedHi |= bit;
      if (!isWrite) continue;
      if (offset < 32) use.writtenLo |= bit;
      else use.writtenHi |= bit;
    }
  }

  /**
   * Sums up.
   *
   * @returns The structures whose lines workers share, most written first.
   */
  structures(): SharedStructure[] {
    const found = this.#structures.map((structure) => ({
      structure,
      lines: 0,
      writtenByMany: 0,
      falselyShared: 0,
      handedOver: 0,
    }));
    for (const { structure, uses } of this.#lines.values()) {
      const figures = found[structure];
      if (figures === undefined) continue;
      figures.lines++;
      const writers = uses.filter(hasWritten);
      if (writers.length > 1) {
        figures.writtenByMany++;
        const isTrue = writers.some((writer) =>
          uses.some((other) => other !== writer && overlaps(writer, other))
        );
        if (!isTrue) figures.falselyShared++;
      } else if (writers.length === 1 && uses.length > 1) {
        figures.handedOver++;
      }
    }
    return found
      .filter(({ writtenByMany, handedOver }) => writtenByMany + handedOver > 0)
      .sort((a, b) =>
        b.writtenByMany - a.writtenByMany || b.handedOver - a.handedOver ||
        (a.structure < b.structure ? -1 : 1)
      );
  }

  /** Sums up over all structures. A line counts once, whatever is in it. */
  totals(): SharedLineTotals {
    const totals = {
      writtenByMany: 0,
      handedOver: 0,
      writtenByManyHolding: 0,
      handedOverHolding: 0,
    };
    for (const { uses, holds } of this.#lines.values()) {
      const writers = uses.filter(hasWritten).length;
      if (writers === 0 || uses.length < 2) continue;
      const name = writers > 1 ? "writtenByMany" : "handedOver";
      totals[name]++;
      if (holds) totals[`${name}Holding`]++;
    }
    return totals;
  }

  #use(line: number, by: { structure: number; who: number }): Use {
    let known = this.#lines.get(line);
    if (known === undefined) {
      known = { structure: by.structure, uses: [], holds: false };
      this.#lines.set(line, known);
    }
    if (by.structure === this.#held) known.holds = true;
    let use = known.uses.find(({ who }) => who === by.who);
    if (use === undefined) {
      use = {
        who: by.who,
        writtenLo: 0,
        writtenHi: 0,
        touchedLo: 0,
        touchedHi: 0,
      };
      known.uses.push(use);
    }
    return use;
  }
}

function hasWritten({ writtenLo, writtenHi }: Use): boolean {
  return (writtenLo | writtenHi) !== 0;
}

/** Whether the other touched a byte that the writer wrote. */
function overlaps(writer: Use, other: Use): boolean {
  return ((writer.writtenLo & other.touchedLo) |
    (writer.writtenHi & other.touchedHi)) !== 0;
}
