/** Reads where buffers lay, as bpftrace or the lab itself writes it. */
import { checkString } from "../../layouts/value_text.ts";
import { inputError } from "../text/input_error.ts";
import { plural } from "../text/plural.ts";
import { printableLine } from "../text/printable.ts";
import {
  type RecordedIo,
  RecordedPlacement,
  type RecordedRun,
} from "./recorded_placement.ts";
import { WINDOW_OP } from "./window.ts";

/** First line of a recording of the lab's own; anything after # is one. */
export const PLACEMENT_HEAD =
  "# bvec-lab placement: id op sector bytes phys length [p2p]";

/** Most runs that a recording may have: 256 MiB of them. */
const MOST_RUNS = 1 << 24;
const SECTOR_BYTES = 512;
const LAST_PHYS = 2 ** 52;
const SHOWN_CHARACTERS = 80;

/**
 * Reads a recording.
 *
 * @param name What messages call it.
 * @param text Lines `id op sector bytes phys length [p2p]`, one per run: the
 *   lines of an I/O have its id and come in order, those of others between
 *   them; # begins a remark.
 * @throws {SyntaxError} If a line is none of those, or one too many; with line
 *   and column.
 * @throws {RangeError} If it holds no whole I/O.
 *
 * @example Two pages of one read
 * ```ts
 * import { parsePlacement } from "./parse_placement.ts";
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
    const error = (found: string, expected: string, word = 0) =>
      inputError({
        ...{ kind: "placement", name, found, expected },
        where: `line ${line}, column ${columnOf(raw, word)}`,
      });
    const row = parseRow(words, error);
    if (++runs > MOST_RUNS) {
      throw error(`more than ${MOST_RUNS} runs`, "fewer");
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
  error: (found: string, expected: string, word?: number) => Error,
): Row {
  const words = text.split(/\s+/);
  const [id = "", op = "", ...rest] = words;
  const shown = JSON.stringify(printableLine(text.slice(0, SHOWN_CHARACTERS)));
  if (words.length < 6 || words.length > 7) {
    throw error(shown, "id op sector bytes phys length, and p2p or nothing");
  }
  if (!/^[RW]\w*$/.test(op)) {
    throw error(JSON.stringify(printableLine(op)), "R or W", 1);
  }
  if (rest[4] !== undefined && rest[4] !== "p2p") {
    throw error(JSON.stringify(printableLine(rest[4])), "p2p or nothing", 6);
  }
  const [sector, lengthBytes, at, bytes] = rest.slice(0, 4).map((word) =>
    /^(?:0x[\da-f]{1,13}|\d{1,16})$/i.test(word) ? Number(word) : NaN
  ) as [number, number, number, number];
  const isOne = (value: number, step: number, most: number) =>
    value % step === 0 && value <= most;
  if (!isOne(sector, 1, LAST_PHYS / SECTOR_BYTES)) {
    throw error(`sector ${rest[0]}`, "a number of 512-byte sectors", 2);
  }
  if (!(lengthBytes > 0 && isOne(lengthBytes, SECTOR_BYTES, 2 ** 32))) {
    throw error(`${rest[1]} bytes`, "a multiple of 512", 3);
  }
  if (!(at + bytes <= LAST_PHYS)) {
    throw error(
      `address ${rest[2]} and length ${rest[3]}`,
      "less than 2^52",
      4,
    );
  }
  if (!(bytes > 0 && bytes <= lengthBytes)) {
    throw error(`a run of ${rest[3]} bytes`, `1 to ${lengthBytes}`, 5);
  }
  return {
    id,
    op: op.startsWith("W") ? WINDOW_OP.write : WINDOW_OP.read,
    sector,
    lengthBytes,
    run: { at, bytes, isP2p: rest[4] === "p2p" },
  };
}

/** Where a word of a line begins, from 1. */
function columnOf(line: string, word: number): number {
  return ([...line.matchAll(/\S+/g)][word]?.index ?? 0) + 1;
}

function* lines(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    yield text.slice(at, end < 0 ? text.length : end);
    if (end < 0) return;
    at = end + 1;
  }
}
