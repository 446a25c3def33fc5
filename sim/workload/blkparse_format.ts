/**
 * Text of blkparse in a custom format, `blkparse -f '%T.%t %a %d %S %n\n'`: the
 * same string tells the lab how to read it (blkparse(1), TRACE FORMAT
 * SPECIFIERS).
 */
import { printableLine } from "../text/printable.ts";
import type { BatchBuilder } from "./batch.ts";
import { blkparseNs, BlkparseRemarks } from "./blkparse.ts";
import { EVENT_ACTIONS } from "./block_event.ts";
import { IO_EVENTS, type IoEvent } from "./event_choice.ts";
import { EventParser } from "./event_parser.ts";
import { lineReader } from "./line_batches.ts";
import type { TraceFormat, TraceReadOptions } from "./trace_format.ts";

const SECTOR_BYTES = 512;
/**
 * Longest line; blkparse's own have some 100 bytes, and an expression with two
 * texts of any length in it takes the third power of a line's.
 */
const LONGEST_LINE_BYTES = 1024;

/** Longest format, far more than all specifiers take. */
const LONGEST_FORMAT = 1024;
/** So much of a format is in an error. */
const LONGEST_QUOTE = 80;

/** What each specifier prints, as a part of a regular expression. */
const PRINTED: Readonly<Record<string, string>> = {
  a: "([A-Za-z]{1,2})",
  c: "(-?\\d+)",
  C: "(.*?)",
  d: "([A-Z]+)",
  D: "(\\d+,\\d+)",
  e: "(-?\\d+)",
  M: "(\\d+)",
  m: "(\\d+)",
  n: "(\\d+)",
  N: "(\\d+)",
  p: "(\\d+)",
  P: "([\\da-f .]*)",
  s: "(-?\\d+)",
  S: "(\\d+)",
  t: "(\\d+)",
  T: "(-?\\d+)",
  u: "(\\d+)",
  U: "(\\d+)",
  z: "(\\d+:\\d+:\\d+\\.\\d+)",
};

const ESCAPES: Readonly<Record<string, string>> = {
  b: " ", // a backspace: it prints nothing that could be read
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Specifiers in the order in which a line has them, and what a line is. */
interface LineForm {
  readonly specifiers: readonly string[];
  readonly line: RegExp;
}

/**
 * Makes the trace format of a format string.
 *
 * @param text The string that `blkparse -f` had.
 * @returns The format; it is never detected.
 * @throws {RangeError} If it does not say which sectors an event has, or is
 *   none of blkparse's.
 *
 * @example Time, kind, sector and sectors
 * ```ts
 * import { blkparseFormat } from "./blkparse_format.ts";
 * import { readTrace } from "./read_trace.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const format = blkparseFormat("%T.%t %d %S %n\\n");
 * const text = "0.000104512 R 2048 8\n";
 * const trace = await readTrace("x", new Blob([text]).stream(), { format });
 * for await (const batch of trace.batches) {
 *   assertEquals(batch.offsetBytes[0], 2048 * 512);
 * }
 * ```
 */
export function blkparseFormat(text: string): TraceFormat {
  const form = lineForm(text);
  return {
    id: text,
    name: "blkparse -f text",
    origin: `blkparse -f '${text}'`,
    source: "blkparse(1), TRACE FORMAT SPECIFIERS",
    hasEvents: form.specifiers.includes("a"),
    samples: [],
    tokens: [],
    detect: () => false,
    read: lineReader((name, options) =>
      new FormattedParser(name, form, options)
    ),
  };
}

function lineForm(text: string): LineForm {
  const refuse = (found: string, expected: string): never => {
    const shown = text.length > LONGEST_QUOTE
      ? `${text.slice(0, LONGEST_QUOTE)}...`
      : text;
    throw new RangeError(
      printableLine(
        `Cannot read text of blkparse -f "${shown}": found ${found}, expected ` +
          expected,
      ),
    );
  };
  if (text.length > LONGEST_FORMAT) {
    refuse(`${text.length} characters`, `at most ${LONGEST_FORMAT}`);
  }
  const specifiers: string[] = [];
  const has = (letter: string) => specifiers.includes(letter);
  let pattern = "";
  const plain = text.replaceAll(
    /\\(.)/g,
    (found, letter: string) =>
      ESCAPES[letter] ?? refuse(found, "\\n, \\t, \\r or \\b"),
  ).replace(/\n$/, "");
  if (plain.includes("\n")) refuse("several lines", "a format of one line");
  for (let at = 0; at < plain.length; at++) {
    const rest = plain.slice(at);
    const specifier = /^%-?\d*([A-Za-z])/.exec(rest);
    if (specifier !== null) {
      const letter = specifier[1] ?? "";
      const printed = PRINTED[letter];
      if (printed === undefined || !Object.hasOwn(PRINTED, letter)) {
        refuse(`%${letter}`, `one of %${Object.keys(PRINTED).join(", %")}`);
      }
      if (has(letter)) refuse(`%${letter} twice`, "each specifier once");
      specifiers.push(letter);
      // Widths fill with blanks, and devices end with some.
      pattern += `\\s*${printed}\\s*`;
      at += specifier[0].length - 1;
    } else if (rest.startsWith("%%")) {
      pattern += "%";
      at++;
    } else if (/^\s/.test(rest)) pattern += "\\s*";
    else pattern += plain[at]?.replace(/[.*+?^${}()|[\]\\/-]/, "\\$&") ?? "";
  }
  if (!has("S") || !(has("n") || has("N")) || !has("d")) {
    refuse(
      specifiers.length === 0
        ? "no specifiers"
        : specifiers.map((letter) => `%${letter}`).join(" "),
      "%d, %S, and %n or %N, so that an I/O can be recognised",
    );
  }
  // One blank of several would match in more ways than one.
  const single = pattern.replaceAll(/(\\s\*){2,}/g, "\\s*");
  return { specifiers, line: new RegExp(`^${single}$`, "d") };
}

class FormattedParser extends EventParser {
  readonly #form: LineForm;
  readonly #remarks = new BlkparseRemarks();
  readonly #values: Record<string, string> = {};

  constructor(
    name: string,
    form: LineForm,
    { events }: TraceReadOptions,
  ) {
    const hasActions = form.specifiers.includes("a");
    super({
      kind: "blkparse -f text",
      name,
      events: hasActions ? events : "Q",
    });
    this.#form = form;
  }

  override line(rows: BatchBuilder): void {
    const { cursor } = this;
    const start = cursor.at;
    cursor.restAsToken();
    const isLong = cursor.end - start > LONGEST_LINE_BYTES;
    const found = isLong
      ? null
      : this.#form.line.exec(cursor.tokenText().trimEnd());
    if (found === null) {
      if (this.#remarks.pass(cursor, rows)) return;
      // Messages have no format but the default one.
      if (/^\d+,\d+\s.*\sm\s/.test(cursor.tokenText())) {
        rows.skip("m event");
        return;
      }
      return cursor.fail("a line of the format that was given");
    }
    const values = this.#values;
    this.#form.specifiers.forEach((letter, index) => {
      values[letter] = found[index + 1] ?? "";
      if (letter === "d") {
        const [from = 0, to = 0] = found.indices?.[index + 1] ?? [];
        cursor.tokenStart = start + from;
        cursor.tokenEnd = start + to;
      }
    });
    const event = this.#letter(rows);
    if (event === undefined || !this.events.mayTake(rows, event)) return;
    this.#take(rows, event);
  }

  /** The event of the line; undefined, and counted, if it is not an I/O. */
  #letter(rows: BatchBuilder): IoEvent | undefined {
    const action = this.#values["a"];
    if (action === undefined) {
      rows.warn({
        code: "no-actions",
        message: "the format has no %a: every line is taken for an I/O",
        hint:
          "of a trace with several kinds of events each I/O counts several " +
          "times; print %a as well, or trace one kind (blktrace -a issue)",
      });
      return "Q";
    }
    const event = IO_EVENTS.find((letter) => letter === action);
    if (event !== undefined) return event;
    if (!EVENT_ACTIONS.includes(action)) {
      this.cursor.fail(`an action, one of ${EVENT_ACTIONS.join(", ")}`);
    }
    rows.skip(`${action} event`);
    return undefined;
  }

  #take(rows: BatchBuilder, event: IoEvent): void {
    const { cursor } = this;
    const values = this.#values;
    const io = this.io;
    const whole = (text: string | undefined, expected: string): number => {
      const value = Number(text);
      if (!Number.isSafeInteger(value)) cursor.fail(`${expected} below 2^53`);
      return value;
    };
    this.event.takeKind(); // the token
    const sectors = values["n"] === undefined
      ? Math.floor(whole(values["N"], "a number of bytes") / SECTOR_BYTES)
      : whole(values["n"], "a number of sectors");
    // blk_rq_pos() of a flush is -1.
    const sector = sectors === 0 ? 0 : whole(values["S"], "a sector");
    io.device = values["D"] ??
      (values["M"] === undefined ? "" : `${values["M"]},${values["m"] ?? ""}`);
    io.timeNs = this.#timeNs();
    if (this.event.take(io, rows, { sector, sectors })) {
      this.events.take(rows, event, io);
    }
  }

  #timeNs(): number {
    const { T: seconds = "0", t: nanos = "0" } = this.#values;
    const ns = blkparseNs(Number(seconds), Number(nanos));
    if (!(ns < 2 ** 64)) this.cursor.fail("a time below 2^64 ns");
    return ns;
  }
}
