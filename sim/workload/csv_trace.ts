/**
 * The csv traces that the storage community passes around differ in the order,
 * the unit and the words of the same few columns: a format is a list of its
 * columns, and this is the reader of all of them.
 */
import type { BatchBuilder } from "./batch.ts";
import { DeviceSpace } from "./device_space.ts";
import { type LineParser, lineReader } from "./line_batches.ts";
import { LineCursor } from "../text/line_cursor.ts";
import type { TraceFormat } from "./trace_format.ts";
import { headLines } from "./trace_head.ts";
import { TraceClock } from "./trace_clock.ts";

/** A column of a csv trace. */
export type CsvColumn =
  /** When the I/O was issued, in whole ticks; or in seconds with a fraction. */
  | { readonly kind: "time"; readonly tickNs: number }
  | { readonly kind: "seconds" }
  /** What names the device; several such columns are side by side. */
  | { readonly kind: "device"; readonly what: string }
  /** What the I/O does. */
  | { readonly kind: "operation" }
  /** First byte, and length, in units of this many bytes. */
  | { readonly kind: "offset"; readonly unitBytes: number }
  | { readonly kind: "length"; readonly unitBytes: number }
  /** A number or a text that the lab has no use for. */
  | { readonly kind: "number"; readonly what: string }
  | { readonly kind: "text"; readonly what: string };

export interface CsvFormat
  extends Pick<TraceFormat, "id" | "name" | "origin" | "source" | "samples"> {
  /** The first columns of the header line that copies have, in lower case. */
  readonly header: string;
  /** What only a row of this format looks like. */
  readonly row: RegExp;
  /** The columns in their order. */
  readonly columns: readonly CsvColumn[];
  /** Whether others may follow. */
  readonly hasMore?: boolean;
  /**
   * `WINDOW_OP` by the operation's text in lower case; for operations that are
   * left out, the reason.
   */
  readonly operations: Readonly<Record<string, number | string>>;
  /** What an operation should be, for errors. */
  readonly expectedOperation: string;
}

export function csvTrace(csv: CsvFormat): TraceFormat {
  const { id, name, origin, source, samples, header, row } = csv;
  return {
    ...{ id, name, origin, source, samples },
    tokens: [...Object.keys(csv.operations), ",", ",,", ".5", "-1", " , "],
    detect(head) {
      const first = (headLines(head)[0] ?? "").replaceAll(/[ \t]*,[ \t]*/g, ",")
        .trim();
      return first.toLowerCase().startsWith(header) || row.test(first);
    },
    read: lineReader((inputName) => new CsvParser(csv, inputName)),
  };
}

class CsvParser implements LineParser {
  readonly cursor: LineCursor;
  readonly #csv: CsvFormat;
  readonly #steps: readonly ((cursor: LineCursor) => void)[];
  readonly #devices: DeviceSpace;
  readonly #clock: TraceClock;
  readonly #operations: ReadonlyMap<string, number | string>;
  #lengthStart = 0;
  #lengthEnd = 0;
  readonly #io = { op: 0, offsetBytes: 0, lengthBytes: 0 };
  #timeNs = 0;
  #device = "";
  #deviceStart = 0;
  #operation: number | string = 0;
  #operationText: string | undefined;
  #mayBeHeader = true;

  constructor(csv: CsvFormat, name: string) {
    this.cursor = new LineCursor(csv.name, name);
    this.#csv = csv;
    this.#steps = csv.columns.map((column, index) => this.#step(column, index));
    this.#devices = new DeviceSpace("device", this.cursor);
    this.#clock = new TraceClock(this.cursor);
    this.#operations = new Map(Object.entries(csv.operations));
  }

  line(rows: BatchBuilder): void {
    const { cursor } = this;
    if (this.#mayBeHeader && this.#isHeader()) {
      rows.skip("header");
      return;
    }
    this.#deviceStart = -1;
    for (const step of this.#steps) step(cursor);
    if (cursor.at <= cursor.end && !this.#csv.hasMore) {
      cursor.emptyableField("the end of the line");
      cursor.fail("the end of the line");
    }
    const operation = this.#operation;
    if (typeof operation === "string") {
      rows.skip(operation);
      return;
    }
    this.#io.op = operation;
    // Errors of a range are reported at its length.
    cursor.tokenStart = this.#lengthStart;
    cursor.tokenEnd = this.#lengthEnd;
    const offset = this.#devices.offsetBytes(this.#device, this.#io, rows);
    rows.add(operation, offset, this.#io.lengthBytes, this.#timeNs);
  }

  /** Whether the first line that is not blank names the columns. */
  #isHeader(): boolean {
    const { cursor } = this;
    this.#mayBeHeader = false;
    cursor.restAsToken();
    const text = cursor.tokenText().replaceAll(/[ \t]*,[ \t]*/g, ",");
    return text.toLowerCase().startsWith(this.#csv.header);
  }

  /** What is done at a column, chosen once. */
  #step(column: CsvColumn, index: number): (cursor: LineCursor) => void {
    const { columns } = this.#csv;
    switch (column.kind) {
      case "time": {
        const what = `a timestamp in ticks of ${column.tickNs} ns`;
        return (cursor) => {
          cursor.commaField(what);
          this.#timeNs = this.#clock.ticks(column.tickNs, what);
        };
      }
      case "seconds": {
        const what = "a timestamp in seconds";
        return (cursor) => {
          cursor.commaField(what);
          this.#timeNs = this.#clock.seconds(what);
        };
      }
      case "device": {
        const isLast = columns[index + 1]?.kind !== "device";
        return (cursor) => {
          cursor.commaField(column.what);
          if (this.#deviceStart < 0) this.#deviceStart = cursor.tokenStart;
          if (!isLast) return;
          cursor.tokenStart = this.#deviceStart;
          this.#device = cursor.keptText();
        };
      }
      case "operation":
        return (cursor) => this.#readOperation(cursor);
      case "offset": {
        const what = `an offset in ${unitText(column.unitBytes)}`;
        return (cursor) => {
          cursor.commaField(what);
          this.#io.offsetBytes = this.#scaled(column.unitBytes, what);
        };
      }
      case "length": {
        const what = `a size in ${unitText(column.unitBytes)}`;
        return (cursor) => {
          cursor.commaField(what);
          this.#io.lengthBytes = this.#scaled(column.unitBytes, what);
          this.#lengthStart = cursor.tokenStart;
          this.#lengthEnd = cursor.tokenEnd;
        };
      }
      case "number":
        return (cursor) => {
          cursor.commaField(column.what);
          cursor.tokenInteger(column.what);
        };
      case "text":
        return (cursor) => cursor.emptyableField(column.what);
    }
  }

  #readOperation(cursor: LineCursor): void {
    const { expectedOperation } = this.#csv;
    cursor.emptyableField(expectedOperation);
    const text = cursor.tokenText();
    if (text !== this.#operationText) {
      const found = this.#operations.get(text.toLowerCase());
      if (found === undefined) cursor.fail(expectedOperation);
      this.#operation = found;
      this.#operationText = text;
    }
  }

  #scaled(unitBytes: number, what: string): number {
    const bytes = this.cursor.tokenInteger(what) * unitBytes;
    if (bytes > Number.MAX_SAFE_INTEGER) {
      this.cursor.fail(`${what} below 2^53 bytes`);
    }
    return bytes;
  }
}

function unitText(unitBytes: number): string {
  return unitBytes === 1 ? "bytes" : `sectors of ${unitBytes} bytes`;
}
