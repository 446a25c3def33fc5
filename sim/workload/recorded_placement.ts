/**
 * Where the buffers of I/Os lay on a real machine: the physical runs of each, as
 * bpftrace or the lab itself writes them. Runs keep what a cost depends on, who
 * is whose neighbour and where in a page they begin; pages keep their order, and
 * lie in the memory of the lab's machine.
 */
import { PAGE_BYTES } from "../../layouts/abi.ts";
import { checkString } from "../../layouts/option_check.ts";
import { plural } from "../text/plural.ts";
import { printableLine } from "../text/printable.ts";
import { WINDOW_OP } from "./window.ts";

/** First line of a recording of the lab's own; anything behind # is one. */
export const PLACEMENT_HEAD =
  "# bvec-lab placement: id op sector bytes phys length [p2p]";

/** Most runs that a recording may have: 256 MiB of them. */
const MOST_RUNS = 1 << 24;
/** Most pages of its own: 16 GiB. */
const MOST_PAGES = 1 << 22;
const SECTOR_BYTES = 512;
const LAST_PHYS = 2 ** 52;
const SHOWN_CHARACTERS = 80;

/** Physical runs of one I/O. */
export interface RecordedIo {
  /** `WINDOW_OP.read` or `WINDOW_OP.write`. */
  readonly op: number;
  /** First sector of 512 bytes. */
  readonly sector: number;
  /** Its runs, in order. */
  readonly runs: readonly RecordedRun[];
}

/** Physically contiguous memory. */
export interface RecordedRun {
  /** First byte: as recorded, or in the pool that was made of all. */
  readonly at: number;
  /** How long it is. */
  readonly bytes: number;
  /** Whether it is P2P memory. */
  readonly isP2p: boolean;
}

/**
 * A recording. What JSON has of it is its name and its digest; the runs stay in
 * the isolate that read them.
 */
export class RecordedPlacement {
  /** What messages call it, such as its path. */
  readonly name: string;
  /** SHA-256 of its text, in hex. */
  readonly sha256: string;
  /** Whole I/Os in it. */
  readonly ios: number;
  /** Runs of all of them. */
  readonly runs: number;
  /** I/Os at its end or with lost lines, which have not all their runs. */
  readonly cutIos: number;
  /** Share of I/Os with P2P memory. */
  readonly p2pShare: number;
  /** Bytes of host memory that its pages take, gaps included. */
  readonly poolBytes: number;
  /** Bytes of P2P memory, likewise. */
  readonly barBytes: number;
  /** Most runs of an I/O. */
  readonly mostRuns: number;
  readonly #ios: readonly RecordedIo[];
  readonly #byPlace: ReadonlyMap<number, readonly number[]>;

  /**
   * Takes the I/Os of a recording.
   *
   * @param given Name, digest, I/Os and how many were cut.
   * @throws {RangeError} If it holds none, or too many.
   */
  constructor(
    given: {
      readonly name: string;
      readonly sha256: string;
      readonly ios: readonly RecordedIo[];
      readonly cutIos: number;
    },
  ) {
    const { ios } = given;
    this.name = given.name;
    this.sha256 = given.sha256;
    this.ios = ios.length;
    this.cutIos = given.cutIos;
    this.runs = ios.reduce((sum, { runs }) => sum + runs.length, 0);
    this.mostRuns = ios.reduce((most, io) => Math.max(most, io.runs.length), 0);
    const mixed = ios.filter(({ runs }) => runs.some(({ isP2p }) => isP2p));
    this.p2pShare = mixed.length / Math.max(1, ios.length);
    const host = new PageNumbers(ios, false, this.name);
    const p2p = new PageNumbers(ios, true, this.name);
    this.poolBytes = Math.max(1, host.pages) * PAGE_BYTES;
    this.barBytes = p2p.pages * PAGE_BYTES;
    this.#ios = ios.map((io) => ({
      ...io,
      runs: io.runs.map((run) => ({
        ...run,
        at: (run.isP2p ? p2p : host).place(run.at),
      })),
    }));
    const byPlace = new Map<number, number[]>();
    for (const [index, { op, sector }] of ios.entries()) {
      const key = keyOf(op, sector);
      const list = byPlace.get(key);
      if (list === undefined) byPlace.set(key, [index]);
      else list.push(index);
    }
    this.#byPlace = byPlace;
  }

  /** Gives what hands out the I/Os in their order, from the first. */
  open(): RecordedRuns {
    return new RecordedRuns(this, this.#ios, this.#byPlace);
  }
}

/** Hands out the runs of I/Os: of the same place in the order recorded. */
export class RecordedRuns {
  readonly #recording: RecordedPlacement;
  readonly #ios: readonly RecordedIo[];
  readonly #byPlace: ReadonlyMap<number, readonly number[]>;
  /** How often each place was handed out. */
  readonly #times = new Map<number, number>();
  /** What is left of a recorded I/O of which a part was handed out. */
  readonly #rests = new Map<number, readonly RecordedRun[]>();

  /**
   * Begins with the first I/O of each place.
   *
   * @param recording The recording.
   * @param ios Its I/Os, with their runs in the pool.
   * @param byPlace Their indices by operation and sector.
   */
  constructor(
    recording: RecordedPlacement,
    ios: readonly RecordedIo[],
    byPlace: ReadonlyMap<number, readonly number[]>,
  ) {
    this.#recording = recording;
    this.#ios = ios;
    this.#byPlace = byPlace;
  }

  /**
   * Gives the runs of an I/O. It may have been recorded as several that follow
   * each other, as bios do that a long one was cut into.
   *
   * @param io Operation, first sector and length.
   * @param take Whether the next I/O of that place gets the next ones.
   * @returns The runs, as long as the I/O.
   * @throws {RangeError} If it was not recorded, or not all of it.
   */
  runs(
    io: { op: number; sector: number; lengthBytes: number },
    take: boolean,
  ): RecordedRun[] {
    const { op, lengthBytes } = io;
    const found: RecordedRun[] = [];
    let done = 0;
    while (done < lengthBytes) {
      const key = keyOf(op, io.sector + done / SECTOR_BYTES);
      const list = this.#byPlace.get(key);
      const times = this.#times.get(key) ?? 0;
      // A trace that is longer goes round.
      const recorded = this.#ios[list?.[times % list.length] ?? -1]?.runs ??
        this.#rests.get(key);
      if (recorded === undefined) throw this.#missing(io, done);
      if (take) this.#times.set(key, times + 1);
      const rest: RecordedRun[] = [];
      for (const run of recorded) {
        const bytes = Math.min(run.bytes, lengthBytes - done);
        if (bytes > 0) found.push({ ...run, bytes });
        done += bytes;
        if (bytes === run.bytes) continue;
        rest.push({ ...run, at: run.at + bytes, bytes: run.bytes - bytes });
      }
      // The lab cuts what is longer than it takes: here it goes on.
      if (take && rest.length > 0) {
        this.#rests.set(keyOf(op, io.sector + done / SECTOR_BYTES), rest);
      }
    }
    return found;
  }

  #missing(
    { op, sector, lengthBytes }: {
      op: number;
      sector: number;
      lengthBytes: number;
    },
    done: number,
  ): RangeError {
    const kind = op === WINDOW_OP.write ? "write" : "read";
    return new RangeError(
      `Cannot place a ${kind} of ${lengthBytes} bytes at sector ${sector}: ` +
        `found ${done === 0 ? "no such I/O" : `${done} bytes of it`} among ` +
        `the ${this.#recording.ios} of ${this.#recording.name}, expected a ` +
        "recording of the same I/Os",
    );
  }
}

/**
 * Reads a recording.
 *
 * @param name What messages call it.
 * @param text Lines `id op sector bytes phys length [p2p]`, one per run: the
 *   lines of an I/O have its id and come in order, those of others between
 *   them; # begins a remark.
 * @param sha256 Digest of the text.
 * @returns The recording.
 * @throws {SyntaxError} If a line is none of those; with its number.
 * @throws {RangeError} If it holds no whole I/O.
 *
 * @example Two pages of one read
 * ```ts
 * import { parsePlacement } from "./recorded_placement.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "1 R 2048 8192 0x1000 4096\n1 R 2048 8192 0x7000 4096\n";
 * const { ios, runs, poolBytes } = parsePlacement("mine", text, "");
 * assertEquals([ios, runs, poolBytes], [1, 2, 3 * 4096]); // a gap between them
 * ```
 */
export function parsePlacement(
  name: string,
  text: string,
  sha256: string,
): RecordedPlacement {
  checkString("read a placement", "name", name);
  checkString("read a placement", "text", text);
  checkString("read a placement", "sha256", sha256);
  const ios: RecordedIo[] = [];
  const open = new Map<string, OpenIo>();
  let cutIos = 0;
  let runs = 0;
  let line = 0;
  for (const raw of lines(text)) {
    line++;
    const words = raw.replace(/#.*/, "").trim();
    // bpftrace says so first, and how much it lost at the end.
    if (words === "" || /^(Attaching|Lost) \d+ /.test(words)) continue;
    const row = parseRow(words, (found, expected) =>
      new SyntaxError(
        `Cannot read placement of ${name}, line ${line}: found ${found}, ` +
          `expected ${expected}`,
      ));
    if (++runs > MOST_RUNS) {
      throw new RangeError(
        `Cannot read placement of ${name}, line ${line}: found more than ` +
          `${MOST_RUNS} runs, expected fewer`,
      );
    }
    let io = open.get(row.id);
    if (
      io === undefined || io.op !== row.op || io.sector !== row.sector ||
      io.lengthBytes !== row.lengthBytes
    ) {
      // Lines of the one before were lost, or it is another with its id.
      if (io !== undefined) cutIos++;
      io = { ...row, runs: [], done: 0 };
      open.set(row.id, io);
    }
    io.runs.push(row.run);
    io.done += row.run.bytes;
    if (io.done < io.lengthBytes) continue;
    open.delete(row.id);
    if (io.done > io.lengthBytes) cutIos++;
    else ios.push({ op: io.op, sector: io.sector, runs: io.runs });
  }
  cutIos += open.size;
  if (ios.length === 0) {
    throw new RangeError(
      `Cannot read placement of ${name}: found no whole I/O in ${
        plural(line, "line")
      }, ` +
        "expected lines such as 1 R 2048 4096 0x1a2b3000 4096",
    );
  }
  return new RecordedPlacement({ name, sha256, ios, cutIos });
}

interface OpenIo {
  readonly op: number;
  readonly sector: number;
  readonly lengthBytes: number;
  readonly runs: RecordedRun[];
  done: number;
}

interface Row {
  readonly id: string;
  readonly op: number;
  readonly sector: number;
  readonly lengthBytes: number;
  readonly run: RecordedRun;
}

function parseRow(
  text: string,
  error: (found: string, expected: string) => Error,
): Row {
  const words = text.split(/\s+/);
  const [id = "", op = "", ...rest] = words;
  const shown = JSON.stringify(printableLine(text.slice(0, SHOWN_CHARACTERS)));
  if (words.length < 6 || words.length > 7) {
    throw error(shown, "id op sector bytes phys length, and p2p or nothing");
  }
  if (!/^[RW]\w*$/.test(op)) throw error(`operation ${shown}`, "R or W");
  if (rest[4] !== undefined && rest[4] !== "p2p") {
    throw error(JSON.stringify(printableLine(rest[4])), "p2p or nothing");
  }
  const [sector, lengthBytes, at, bytes] = rest.slice(0, 4).map((word) =>
    /^(?:0x[\da-f]{1,13}|\d{1,16})$/i.test(word) ? Number(word) : NaN
  ) as [number, number, number, number];
  const isOne = (value: number, step: number, most: number) =>
    value % step === 0 && value <= most;
  if (!isOne(sector, 1, LAST_PHYS / SECTOR_BYTES)) {
    throw error(`sector ${rest[0]}`, "a number of 512-byte sectors");
  }
  if (!(lengthBytes > 0 && isOne(lengthBytes, SECTOR_BYTES, 2 ** 32))) {
    throw error(`${rest[1]} bytes`, "a multiple of 512");
  }
  if (!(at + bytes <= LAST_PHYS)) {
    throw error(`address ${rest[2]} and length ${rest[3]}`, "less than 2^52");
  }
  if (!(bytes > 0 && bytes <= lengthBytes)) {
    throw error(`a run of ${rest[3]} bytes`, `1 to ${lengthBytes}`);
  }
  return {
    id,
    op: op.startsWith("W") ? WINDOW_OP.write : WINDOW_OP.read,
    sector,
    lengthBytes,
    run: { at, bytes, isP2p: rest[4] === "p2p" },
  };
}

function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    yield text.slice(at, end < 0 ? text.length : end);
    if (end < 0) return;
    at = end + 1;
  }
}

/** Operation and sector as one number below 2^53. */
function keyOf(op: number, sector: number): number {
  return sector * 4 + op;
}

/**
 * Numbers the pages of a recording from 0: neighbours stay neighbours, others
 * get a gap of a page, so that none becomes one.
 */
class PageNumbers {
  /** Pages and gaps. */
  readonly pages: number;
  readonly #numbers = new Map<number, number>();

  constructor(ios: readonly RecordedIo[], isP2p: boolean, name: string) {
    const pages = new Set<number>();
    for (const { runs } of ios) {
      for (const run of runs) {
        if (run.isP2p !== isP2p) continue;
        const last = Math.floor((run.at + run.bytes - 1) / PAGE_BYTES);
        for (let page = Math.floor(run.at / PAGE_BYTES); page <= last; page++) {
          pages.add(page);
        }
        if (pages.size > MOST_PAGES) {
          throw new RangeError(
            `Cannot place buffers as ${name} has them: found more than ` +
              `${MOST_PAGES} pages, expected fewer; --ios or a shorter recording`,
          );
        }
      }
    }
    let number = -1;
    let before = NaN;
    for (const page of [...pages].sort((a, b) => a - b)) {
      number += page === before + 1 || number < 0 ? 1 : 2;
      before = page;
      this.#numbers.set(page, number);
    }
    this.pages = number + 1;
  }

  /** Gives the place of an address in the pool, in bytes. */
  place(at: number): number {
    const page = Math.floor(at / PAGE_BYTES);
    const number = this.#numbers.get(page) ?? 0;
    return number * PAGE_BYTES + (at - page * PAGE_BYTES);
  }
}
